"""Postmark (https://postmarkapp.com/developer/api/email-api)."""

from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote

from server.outbox.providers import parts
from server.outbox.providers.answers import Answer

# No such key, sender unknown or unconfirmed, no credit, account pending or closed, no such stream.
OURS = (10, 400, 401, 405, 412, 413, 1235, 1236)


class Postmark:
    """Postmark's `POST /email`; bulk mail takes the stream that was named for it."""

    def __init__(self, url: SplitResult) -> None:
        self._token = unquote(url.username or "")
        self._bulk = parse_qs(url.query).get("bulk", ["broadcast"])[0]

    def request(self, message: EmailMessage) -> dict[str, Any]:
        """The letter as JSON; bulk mail takes the stream that was named for it."""
        text, html = parts.bodies(message)
        headers = [{"Name": name, "Value": value} for name, value in parts.own_headers(message)]
        data = {
            "From": str(message["From"]),
            "To": str(message["To"]),
            "Subject": str(message["Subject"]),
            "TextBody": text,
            "HtmlBody": html,
            "Headers": [*headers, {"Name": "X-PM-KeepID", "Value": "true"}],
            "Attachments": [self._attachment(part) for part in parts.files(message)],
            "MessageStream": self._bulk if parts.is_bulk(message) else "outbound",
            "TrackOpens": False,
            "TrackLinks": "None",
        }
        if message["Reply-To"]:
            data["ReplyTo"] = str(message["Reply-To"])
        head = {"X-Postmark-Server-Token": self._token, "Accept": "application/json"}
        return {"url": "/email", "json": data, "headers": head}

    def _attachment(self, part: EmailMessage) -> dict[str, str]:
        made = {
            "Name": parts.file_name(part),
            "Content": parts.encoded(part),
            "ContentType": str(part["Content-Type"]),
        }
        if name := parts.content_id(part):
            made["ContentID"] = f"cid:{name}"
        return made

    def is_taken(self, answer: Answer) -> bool:
        """It gave the message a name."""
        return answer.data.get("ErrorCode", 0) == 0 and bool(answer.data.get("MessageID"))

    def is_ours(self, answer: Answer) -> bool:
        """By its codes of errors."""
        return answer.data.get("ErrorCode") in OURS
