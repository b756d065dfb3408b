"""Letters about membership."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class NoticeReceived(Letter):
    """Sent when a member gives notice: the last day, and where to stay if that can still be."""

    received: str
    last: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            received="donderdag 3 december 2026",
            last="donderdag 31 december 2026",
            url="https://netwerk.example/me/membership",
        )


@dataclass(frozen=True)
class NoticeWithdrawn(Letter):
    """Sent when a member takes a notice back."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url="https://netwerk.example/me/membership")


@dataclass(frozen=True)
class MembershipRenewed(Letter):
    """Sent when a membership goes on for another period."""

    last: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(last="vrijdag 31 december 2027", url="https://netwerk.example/me/membership")


@dataclass(frozen=True)
class MembershipRunsOut(Letter):
    """Sent a month before a membership ends by itself: one press and it goes on."""

    last: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(last="donderdag 31 december 2026", url="https://netwerk.example/me/membership")


@dataclass(frozen=True)
class MembershipRanOut(Letter):
    """Sent when a membership has ended by itself, and may still be renewed for some days."""

    last: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            last="donderdag 31 december 2026",
            until="zaterdag 30 januari 2027",
            url="https://netwerk.example/me/membership",
        )


@dataclass(frozen=True)
class MembershipConverted(Letter):
    """Sent when a membership goes on as another type."""

    old: str
    new: str
    first_day: str
    number: int
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            old="Aspirant-lid",
            new="Gewoon lid",
            first_day="vrijdag 1 januari 2027",
            number=1042,
            url="https://netwerk.example/me/membership",
        )


@dataclass(frozen=True)
class ConversionTakenBack(Letter):
    """Sent when a membership does not go on as another type after all."""

    wanted: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(wanted="Aspirant-lid", url="https://netwerk.example/me/membership")


@dataclass(frozen=True)
class MembershipEnded(Letter):
    """Sent when the association ends a membership, with its ground and its reason.

    `appeal` is empty unless the law gives one: after expulsion (BW 2:35 lid 4).
    """

    last: str
    ground: str
    reason: str
    appeal: str
    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            last="donderdag 31 december 2026",
            ground="U voldoet niet meer aan de eisen voor het lidmaatschap.",
            reason="Uw registratie in het BIG-register is verlopen.",
            appeal="",
        )


@dataclass(frozen=True)
class EndTakenBack(Letter):
    """Sent when the association takes back that it ended a membership.

    `last` is the last day of who had given notice themselves before, else empty.
    """

    last: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(last="", url="https://netwerk.example/me/membership")


@dataclass(frozen=True)
class MembershipSuspended(Letter):
    """Sent when a member loses the rights of a member for some days; `last` may be open."""

    first_day: str
    last: str
    reason: str
    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            first_day="vrijdag 1 januari 2027",
            last="woensdag 31 maart 2027",
            reason="De contributie van 2025 en 2026 is niet betaald.",
        )


@dataclass(frozen=True)
class RightsRestored(Letter):
    """Sent when a suspended member has the rights of a member again."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url="https://netwerk.example/me/membership")
