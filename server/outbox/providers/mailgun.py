"""Mailgun (https://documentation.mailgun.com)."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote

from server.outbox.providers.answers import Answer


class Mailgun:
    """Mailgun's `POST /v3/DOMAIN/messages.mime`, which takes a message as it is."""

    def __init__(self, url: SplitResult) -> None:
        self._key = unquote(url.username or "")
        self._domain = url.path.strip("/")

    def request(self, message: EmailMessage) -> dict[str, Any]:
        """The message as it is, told not to follow anybody."""
        return {
            "url": f"/v3/{self._domain}/messages.mime",
            "data": {"to": message["To"].addresses[0].addr_spec, "o:tracking": "no"},
            "files": {"message": ("message.mime", message.as_bytes(), "message/rfc822")},
            "auth": ("api", self._key),
        }

    def is_taken(self, answer: Answer) -> bool:
        """It gave the message a name."""
        return bool(answer.data.get("id"))

    def is_ours(self, answer: Answer) -> bool:
        """A domain that may not send (yet)."""
        return "not allowed to send" in answer.words.lower()
