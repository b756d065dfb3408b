"""Letters about signing in."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class SignInLinkLetter(Letter):
    """Sent when somebody asks to sign in. The link works once, for a few minutes."""

    forgets: ClassVar[bool] = True

    url: str
    minutes: int

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url="https://netwerk.example/sign-in/abc", minutes=10)


@dataclass(frozen=True)
class FactorChanged(Letter):
    """Sent when somebody's second step, recovery codes or password change."""

    what: str
    moment: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            what="Uw authenticator-app is gekoppeld",
            moment="zaterdag 14 november 2026, 09.30 uur",
            url="https://netwerk.example/me/security",
        )


@dataclass(frozen=True)
class RecoveryCodeUsed(Letter):
    """Sent when somebody comes in with a recovery code."""

    left: int
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(left=9, url="https://netwerk.example/me/security")


@dataclass(frozen=True)
class Invitation(Letter):
    """Sent when somebody who was never here is given an office. The link works once."""

    forgets: ClassVar[bool] = True

    office: str
    first_day: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            office="Secretaris",
            first_day="dinsdag 1 december 2026",
            until="dinsdag 8 december 2026, 09.30 uur",
            url="https://netwerk.example/sign-in/abc",
        )


@dataclass(frozen=True)
class OfficeGiven(Letter):
    """Sent when somebody who was here before is given an office."""

    office: str
    first_day: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            office="Secretaris",
            first_day="dinsdag 1 december 2026",
            url="https://netwerk.example/me/security",
        )


@dataclass(frozen=True)
class OfficeEnded(Letter):
    """Sent when the board ends somebody's office before its time."""

    office: str
    last_day: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(office="Secretaris", last_day="donderdag 31 december 2026")


@dataclass(frozen=True)
class AccountSuspended(Letter):
    """Sent when the board closes an account."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(reason="Iemand anders leest uw e-mail mee.")


@dataclass(frozen=True)
class SuspensionLifted(Letter):
    """Sent when the board opens a closed account again."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url="https://netwerk.example/sign-in")


@dataclass(frozen=True)
class TokenMade(Letter):
    """Sent when somebody makes an API token."""

    label: str
    scopes: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            label="Website van de praktijk",
            scopes="Activiteiten lezen; Uw gegevens lezen",
            until="donderdag 11 februari 2027",
            url="https://netwerk.example/me/tokens",
        )


@dataclass(frozen=True)
class TokenExpiring(Letter):
    """Sent two weeks before somebody's API token ends."""

    label: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            label="Website van de praktijk",
            until="donderdag 11 februari 2027",
            url="https://netwerk.example/me/tokens",
        )
