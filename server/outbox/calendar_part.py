"""What a letter carries for the reader's calendar, and where it stands in the message (RFC 6047).

Programs differ: Outlook takes `text/calendar; method=…` only from the first part, as the last
alternative; others want the same bytes as an attachment. Both are there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

KEY = "calendar"
FILE = "invite.ics"


@dataclass(frozen=True)
class Enclosed:
    """METHOD, the iCalendar text, the mailbox that answers go to, and what the letter says of it.

    It stands among the values of a letter: every further try has the same bytes, and what the
    letter said is forgotten whole.
    """

    method: str
    text: str
    sender: str
    note: str


def of(values: Mapping[str, object]) -> Enclosed | None:
    """What goes along with a letter, if anything."""
    kept = values.get(KEY)
    return Enclosed(**kept) if isinstance(kept, dict) else None


def add_alternative(message: EmailMessage, enclosed: Enclosed) -> None:
    """The third way to read the letter: base64, so that no line is broken, and no file name."""
    message.add_alternative(
        enclosed.text.encode(),
        maintype="text",
        subtype="calendar",
        params={"charset": "UTF-8", "method": enclosed.method},
    )


def add_file(message: EmailMessage, enclosed: Enclosed) -> None:
    """The same bytes as a file; it makes the message multipart/mixed."""
    message.add_attachment(
        enclosed.text.encode(),
        maintype="application",
        subtype="ics",
        filename=FILE,
        params={"name": FILE},
    )
