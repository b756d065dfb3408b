"""Letters about fees."""

from dataclasses import dataclass
from typing import Self

from emails.letters import Letter


@dataclass(frozen=True)
class AboutFee(Letter):
    """What every letter about a fee says."""

    number: str
    amount: str
    due_day: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            number="2026-0042",
            amount="€ 75,00",
            due_day="zondag 31 januari 2027",
            url="https://netwerk.example/me/fees",
        )


class InvoiceSent(AboutFee):
    """Sent with an invoice for the fee of a year."""


class FeeReminder(AboutFee):
    """Sent two and five weeks after a fee should have been paid."""
