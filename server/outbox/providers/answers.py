"""What a provider says, and how one is spoken to."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol


@dataclass(frozen=True)
class Answer:
    """What a provider said: the status, the JSON when it was some, and its words."""

    status: int
    data: dict[str, Any]
    words: str


class Provider(Protocol):
    """How one provider is spoken to."""

    def request(self, message: EmailMessage) -> dict[str, Any]:
        """The arguments of the POST that hands a message over."""

    def is_taken(self, answer: Answer) -> bool:
        """Whether a 2xx really says that the message was taken."""

    def is_ours(self, answer: Answer) -> bool:
        """Whether a 400 or 422 says something of the account and nothing of this message."""
