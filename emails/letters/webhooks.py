"""Letters about webhooks, to the board."""

from dataclasses import dataclass
from typing import Self

from emails.letters import Letter


@dataclass(frozen=True)
class WebhookPaused(Letter):
    """Sent to the board when an address of a webhook is paused because messages do not arrive."""

    address: str
    description: str
    why: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            address="hooks.praktijk.example",
            description="Agenda van de praktijk",
            why="Vijf berichten na elkaar kwamen niet aan.",
            url="https://netwerk.example/board/webhooks/3",
        )
