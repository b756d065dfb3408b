"""A raw message as its readers get it; pure. It comes from anybody: nothing in it is believed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

MOST_BYTES = 2 * 1024 * 1024
MOST_PARTS = 100
DEEPEST = 12
LONGEST_SUBJECT = 1_000
# Where a mail server notes for whom it took a message, and where the sender wrote it.
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")


class Unreadable(ValueError):
    """Too large, too deep, or no message at all."""


@dataclass(frozen=True)
class Inbound:
    """One message. `key` is the same for every copy of it."""

    message: Message
    key: bytes

    @property
    def addressed_to(self) -> list[str]:
        """The headers that say for whom it is."""
        return [text for name in ADDRESSED for text in headers(self.message, name)]

    def parts(self) -> Iterator[Message]:
        """Every part that holds something itself, from outside in. Raises Unreadable."""
        waiting, seen = [(self.message, 0)], 0
        while waiting:
            part, depth = waiting.pop(0)
            seen += 1
            if seen > MOST_PARTS or depth > DEEPEST:
                raise Unreadable("too many parts")
            if part.is_multipart():
                inside: list[Message] = part.get_payload()  # type: ignore[assignment]
                waiting += [(one, depth + 1) for one in inside]
            else:
                yield part


def read(raw: bytes) -> Inbound:
    """The message in these bytes. Raises Unreadable.

    By the lenient policy: the newer one fails on headers that break the rules.
    """
    if len(raw) > MOST_BYTES:
        raise Unreadable("too large")
    try:
        message: Message = message_from_bytes(raw, policy=policy.compat32)
    except (RecursionError, ValueError, LookupError) as problem:
        raise Unreadable(type(problem).__name__) from None
    if not message.keys():
        raise Unreadable("no headers")
    name = "".join(headers(message, "Message-ID")).strip()
    return Inbound(message, hashlib.sha256(name.encode(errors="replace") or raw).digest())


def content(part: Message, *, most: int) -> bytes | None:
    """The bytes of a part; None when there are none, or too many."""
    try:
        body = part.get_payload(decode=True)
    except (ValueError, LookupError):
        return None
    return body if isinstance(body, bytes) and 0 < len(body) <= most else None


def headers(message: Message, name: str) -> list[str]:
    """The values of a header as text, whatever bytes stand in it."""
    return [str(value) for value in message.get_all(name, [])]


def subject(message: Message) -> str:
    """The subject in letters, on one line, as far as it can be read."""
    given = " ".join(headers(message, "Subject"))[:LONGEST_SUBJECT]
    try:
        return " ".join(str(make_header(decode_header(given))).split())
    except (MessageError, ValueError, LookupError):
        return ""
