"""Letters about profiles in the directory."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter

SITE = "https://netwerk.example"


@dataclass(frozen=True)
class ProfilePublished(Letter):
    """Sent when the board publishes a profile."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url=f"{SITE}/directory/a-de-boer")


@dataclass(frozen=True)
class ProfileSentBack(Letter):
    """Sent when the board asks to mend a profile before it is published."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(reason="Wilt u uw werkplek erbij zetten?", url=f"{SITE}/me/directory")


@dataclass(frozen=True)
class ProfileHidden(Letter):
    """Sent when the board takes a profile out of the directory."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)
    reason: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(reason="De praktijk is volgens ons gesloten.", url=f"{SITE}/me/directory")


@dataclass(frozen=True)
class ProfileToConfirm(Letter):
    """Sent once a year: is everything in the profile still right?"""

    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(until="zaterdag 12 december 2026", url=f"{SITE}/me/directory")


@dataclass(frozen=True)
class ReferralsToRepeat(Letter):
    """Sent a week before what was said of referrals ceases to be shown."""

    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(until="zaterdag 12 december 2026", url=f"{SITE}/me/directory")


@dataclass(frozen=True)
class ProfileMessage(Letter):
    """Sent when somebody writes to a psychologist through the directory."""

    forgets = True
    paragraphs: ClassVar[tuple[str, ...]] = ("message",)
    answers_to: ClassVar[str] = "address"
    sender: str
    address: str
    message: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            sender="J. Smit, huisarts",
            address="smit@example.org",
            message="Kan ik iemand met chronische rugpijn naar u verwijzen?",
        )


@dataclass(frozen=True)
class ProfileArrived(Letter):
    """Sent to who decides about profiles when one is offered."""

    holder: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(holder="A. de Boer", url=f"{SITE}/board/profiles/a-de-boer")
