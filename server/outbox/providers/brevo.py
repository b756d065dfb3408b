"""Brevo (https://developers.brevo.com/reference/sendtransacemail)."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote

from server.outbox.providers import parts
from server.outbox.providers.answers import Answer


class Brevo:
    """Brevo's `POST /v3/smtp/email`. It knows no pictures within a letter: they become data."""

    def __init__(self, url: SplitResult) -> None:
        self._key = unquote(url.username or "")

    def request(self, message: EmailMessage) -> dict[str, Any]:
        """The letter as JSON; pictures, which it knows none of within a letter, become data."""
        text, html = parts.bodies(message)
        attached = []
        for part in parts.files(message):
            content = parts.encoded(part)
            if name := parts.content_id(part):
                shown = f"data:{part.get_content_type()};base64,{content}"
                html = html.replace(f"cid:{name}", shown)
            attached.append({"name": parts.file_name(part), "content": content})
        data: dict[str, Any] = {
            "sender": parts.mailbox(message["From"].addresses[0]),
            "to": [parts.mailbox(message["To"].addresses[0])],
            "subject": str(message["Subject"]),
            "textContent": text,
            "htmlContent": html,
            "headers": dict(parts.own_headers(message)),
        }
        if attached:
            data["attachment"] = attached
        if message["Reply-To"]:
            data["replyTo"] = parts.mailbox(message["Reply-To"].addresses[0])
        return {"url": "/v3/smtp/email", "json": data, "headers": {"api-key": self._key}}

    def is_taken(self, answer: Answer) -> bool:
        """It gave the message a name."""
        return bool(answer.data.get("messageId"))

    def is_ours(self, answer: Answer) -> bool:
        """A sender it does not know, or an account that may not send (yet)."""
        return "sender" in answer.words.lower() or "account" in str(answer.data.get("code"))
