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
