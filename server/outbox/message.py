"""A letter as an RFC 5322 message: one recipient, text first, the same Message-ID at every try.

The message is multipart/alternative. What is for calendars (RFC 6047) becomes a third alternative,
after the HTML, and a file; such a letter comes from the mailbox that reads the answers. A picture
goes along with the HTML (multipart/related, RFC 2387) and is named by its Content-ID: no mail
program asks us, or anybody, for it.
"""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import urlsplit
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from emails import blocks, gallery, rendering
from server import settings
from server.outbox import calendar_part

SENDER_NAME = "Netwerk Pijnpsychologie"


class BadAddress(ValueError):
    """Not exactly one address that mail can be sent to."""


@dataclass(frozen=True)
class Queued:
    """A claimed letter, as it stands in the outbox."""

    id: int
    kind: str
    category: str
    address: str
    language: str
    values: dict[str, object]
    message_id: UUID
    attempts: int
    claimed_at: datetime
    person: int | None = None
    event: int | None = None


def sender() -> str:
    """The address letters come from: MAIL_FROM, else `netwerk@` our host."""
    given = settings.current().mail_from
    return given or f"netwerk@{host()}"


def read_by_program() -> str:
    """The address whose mail the program reads, where it reads any; else people do."""
    using = settings.current()
    return (using.agenda_address if using.reads_mail else "") or sender()


def host() -> str:
    """The domain in our addresses and Message-IDs."""
    name = urlsplit(settings.current().base_url).hostname or "localhost"
    return name if "." in name else "localhost.localdomain"


def build(letter: Queued, now: datetime) -> EmailMessage:
    """The message. Raises BadAddress, and whatever a letter that cannot be filled in raises."""
    rendered = rendering.render(letter.kind, letter.language, letter.values, letter.category)
    message = EmailMessage(policy=SMTP)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{letter.message_id}@{host()}>"
    calendar = calendar_part.of(letter.values)
    comes_from = calendar.sender if calendar else sender()
    message["From"] = Address(SENDER_NAME, addr_spec=comes_from)
    message["To"] = one_address(letter.address)
    answers_to = gallery.answers_to(letter.kind)
    if answers_to:
        message["Reply-To"] = one_address(str(letter.values[answers_to]))
    elif comes_from != sender():
        message["Reply-To"] = sender()  # people write to people; programs answer the organiser
    message["Subject"] = rendered.subject
    if letter.category == "service":
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if rendered.picture:
        _, html = message.iter_parts()
        html.add_related(
            rendered.picture, "image", "png", cid=f"<{blocks.PICTURE}>", filename="code.png",
            disposition="inline",
        )  # fmt: skip
    if calendar:
        calendar_part.add_alternative(message, calendar)
        calendar_part.add_file(message, calendar)
    message["Content-Language"] = letter.language  # given earlier, it would move into the text
    return message


def one_address(text: str) -> str:
    """The address with its host in ASCII. Raises BadAddress for none, two or an odd one."""
    try:
        found = validate_email(
            text, check_deliverability=False, test_environment=True, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise BadAddress(str(error)) from None
    return found.ascii_email or found.normalized
