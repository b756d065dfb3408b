"""Letters about coming on newsletter lists. The newsletters themselves are no letters."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class NewsletterConfirm(Letter):
    """Sent when somebody asked for lists for this address: nothing is sent until they confirm."""

    forgets: ClassVar[bool] = True

    lists: str
    days: int
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            lists="Nieuwsbrief, Scholingsagenda",
            days=7,
            url="https://netwerk.example/newsletters/confirm/abc",
        )


@dataclass(frozen=True)
class NewsletterAlready(Letter):
    """Sent when somebody asked for lists this address is on: there is nothing to confirm."""

    forgets: ClassVar[bool] = True

    lists: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            lists="Nieuwsbrief",
            url="https://netwerk.example/newsletters/preferences/abc",
        )
