"""Reads one message that came back: which letter it is about, and what became of it.

Headers are taken as they are: whoever wrote this message owes us no grammar.

Delivery reports (RFC 3464), complaints (ARF, RFC 5965) and automatic answers (RFC 3834); also the
plain words of Exim and qmail, which follow no standard. Reading never fails: what is none of
these says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from enum import StrEnum
from uuid import UUID

from server.inbound.reading import subject

LONGEST = 300
LONGEST_FIELD = 2_000  # searching an endless line would stop everything else
TEXT_READ = 20_000
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
REPLY = re.compile(r"\b([45]\d\d)[ -]")
OUR_ID = re.compile(r"([0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12})(?=@)", re.IGNORECASE)
HEADER = re.compile(r"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
RETURN = re.compile(r"\+b([0-9a-f]{32})@", re.IGNORECASE)
QMAIL = re.compile(r"This is the qmail-send program", re.IGNORECASE)
ADDRESSED = ("X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To")
AWAY = re.compile(
    r"^(automatisch antwoord|afwezig|out of office|automatic reply|autoreply|auto:)", re.IGNORECASE
)


class Kind(StrEnum):
    """What a message that came back says."""

    failed = "failed"
    delayed = "delayed"
    complaint = "complaint"
    automatic = "automatic"
    other = "other"


@dataclass(frozen=True)
class Report:
    """What was read. `status` is an enhanced code (RFC 3463) or empty; `letter` our Message-ID."""

    kind: Kind
    letter: UUID | None = None
    recipient: str = ""
    status: str = ""
    words: str = ""


def read(message: Message) -> Report:
    """What a message, read by the lenient policy, says of a letter of ours."""
    letter = _letter(message)
    if found := _delivery(message):
        kind, recipient, status, words = found
        return Report(kind, letter, recipient, status, words[:LONGEST])
    if recipient := _complaint(message):
        return Report(Kind.complaint, letter, recipient)
    if found := _plain(message):
        kind, recipient, status, words = found
        return Report(kind, letter, recipient, status, words[:LONGEST])
    return Report(Kind.automatic if _is_automatic(message) else Kind.other, letter)


def refusal(letter: UUID, recipient: str, words: str) -> Report:
    """What a mail server said when it took a letter of ours at once, or never."""
    return Report(Kind.failed, letter, recipient, _status("", words), words[:LONGEST])


Said = tuple[Kind, str, str, str]


def _delivery(message: Message) -> Said | None:
    """The worst that a delivery report says of a recipient; None when it is no such report."""
    found: Said | None = None
    for part in _parts(message, "message/delivery-status"):
        for fields in _blocks(part):
            action = _first(fields, "Action").lower()
            kind = {"failed": Kind.failed, "delayed": Kind.delayed}.get(action)
            if kind is None:
                continue
            words = _after(_first(fields, "Diagnostic-Code"))
            whom = _first(fields, "Original-Recipient") or _first(fields, "Final-Recipient")
            status = _status(_first(fields, "Status"), words)
            if found is None or kind is Kind.failed:
                found = (kind, _address(_after(whom)), status, words)
    return found


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields of a report, however it was taken apart."""
    payload = part.get_payload()
    yield from (
        (one for one in payload if isinstance(one, Message)) if isinstance(payload, list) else ()
    )


def _complaint(message: Message) -> str:
    """Who complained, by the report or by the letter that it returns; empty when it is none."""
    for part in _parts(message, "message/feedback-report"):
        for fields in _blocks(part):
            if _first(fields, "Feedback-Type").lower() not in ("abuse", "fraud", "other"):
                continue
            named = _first(fields, "Original-Rcpt-To")
            return _address(named) or _address(_first(_returned(message), "To"))
    return ""


def _returned(message: Message) -> Message:
    """The letter that a report sends back, whole or its headers only; without fields when none."""
    for part in _parts(message, "message/rfc822"):
        for inside in _blocks(part):
            return inside
    for part in _parts(message, "text/rfc822-headers"):
        return message_from_bytes(_content(part).encode())
    return Message()


def _plain(message: Message) -> Said | None:
    """Exim names who failed in a header; qmail says it in words."""
    text = _text(message)
    failed = _first(message, "X-Failed-Recipients")
    if failed:
        return Kind.failed, _address(failed.split(",")[0]), _status("", text), _reason(text)
    if QMAIL.search(text):
        whom = re.search(r"^<([^>]+)>:\s*(.+)", text, re.MULTILINE)
        if whom:
            return Kind.failed, _address(whom[1]), _status("", text), " ".join(whom[2].split())
    return None


def _is_automatic(message: Message) -> bool:
    """An answer that nobody wrote (RFC 3834), by its headers or by what programs call it."""
    submitted = _first(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True
    marks = ("X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress")
    if any(message[name] for name in marks[:2]) or _first(message, "Precedence") == "auto_reply":
        return True
    return bool(AWAY.match(subject(message)))


def _letter(message: Message) -> UUID | None:
    """Which letter: by the address it came back to, else by the Message-ID of what it returns."""
    for name in ADDRESSED:
        if found := RETURN.search(" ".join(map(str, message.get_all(name, ())))):
            return UUID(found[1])
    ids = (
        _first(message, "In-Reply-To"),
        _first(message, "References"),
        _first(_returned(message), "Message-ID"),
        *HEADER.findall(_text(message)),
    )
    return next((UUID(found[1]) for text in ids if (found := OUR_ID.search(text))), None)


def _status(given: str, words: str) -> str:
    """The most exact code: 5.0.0 says nothing when the words know more."""
    code = found[1] if (found := STATUS.search(given)) else ""
    if code and not code.endswith(".0.0"):
        return code
    if better := STATUS.search(words):
        return better[1]
    if code:
        return code
    return f"{reply[1][0]}.0.0" if (reply := REPLY.search(words)) else ""


def _reason(text: str) -> str:
    """The line of a plain report that gives the server's answer."""
    lines = [line.strip() for line in text.splitlines()]
    return next((line for line in lines if REPLY.search(line)), "")


def _parts(message: Message, kind: str) -> Iterator[Message]:
    return (part for part in message.walk() if part.get_content_type() == kind)


def _first(fields: Message, name: str) -> str:
    """A field on one line, without what no database keeps; empty when it is missing."""
    value = str(fields.get(name) or "")[:LONGEST_FIELD].replace("\x00", "")
    return " ".join(value.split())


def _after(value: str) -> str:
    """What stands behind the type: `rfc822; a@b`, `smtp; 550 …`."""
    return value.split(";", 1)[-1].strip()


def _address(value: str) -> str:
    found = re.search(r"[^\s<>;,@\"]+@[^\s<>;,\"]+", value[:LONGEST_FIELD])
    return found[0].lower() if found else ""


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return payload[:TEXT_READ].decode("utf-8", "replace").replace("\x00", "")


def _text(message: Message) -> str:
    """The words of a message that is one text."""
    return next((_content(part) for part in _parts(message, "text/plain")), "")
