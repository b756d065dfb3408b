"""The parts of a message, for providers that build their own of them."""

import base64
from email.headerregistry import Address
from email.message import EmailMessage

OWN_FIELDS = (
    *("from", "to", "subject", "reply-to", "mime-version", "date"),
    *("content-type", "content-transfer-encoding", "content-language"),
)


def bodies(message: EmailMessage) -> tuple[str, str]:
    """What is read: the text and the HTML."""
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return (text.get_content() if text else ""), (html.get_content() if html else "")


def files(message: EmailMessage) -> list[EmailMessage]:
    """What goes along: pictures of the HTML, calendar entries and attachments, each once."""
    found: dict[bytes, EmailMessage] = {}
    for part in message.walk():
        if part.get_content_maintype() in ("multipart", "message"):
            continue
        if part.get_content_type() not in ("text/plain", "text/html") or part.is_attachment():
            found.setdefault(content(part), part)
    return list(found.values())


def content(part: EmailMessage) -> bytes:
    """The bytes of a part."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def encoded(part: EmailMessage) -> str:
    """What a file holds, as JSON can carry it."""
    return base64.b64encode(content(part)).decode()


def content_id(part: EmailMessage) -> str:
    """The name by which the HTML shows a picture; empty for what it does not show."""
    return str(part["Content-ID"] or "").strip("<>")


def file_name(part: EmailMessage) -> str:
    """The name a file goes by; a calendar entry without one is called as mail programs expect."""
    return part.get_filename() or (
        "invite.ics" if "calendar" in part.get_content_type() else "file"
    )


def own_headers(message: EmailMessage) -> list[tuple[str, str]]:
    """What no field of a provider holds: Message-ID, List-*, Auto-Submitted and the like."""
    return [(name, str(value)) for name, value in message.items() if name.lower() not in OWN_FIELDS]


def is_bulk(message: EmailMessage) -> bool:
    """Whether it is mail to a list."""
    return str(message["Precedence"] or "").lower() == "bulk"


def mailbox(address: Address) -> dict[str, str]:
    """An address as Brevo writes it."""
    found = {"email": address.addr_spec}
    return {**found, "name": address.display_name} if address.display_name else found
