"""Letters about membership."""

from dataclasses import dataclass
from typing import Self

from emails.letters import Letter


@dataclass(frozen=True)
class NoticeReceived(Letter):
    """Sent when a member gives notice: the last day stands in it."""

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
