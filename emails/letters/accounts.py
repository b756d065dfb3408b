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
