"""What arrives in somebody's mailbox, read as raw bytes by several programs."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import icalendar
import ics
import vobject

from server.invitations import enclosing as invitations
from server.outbox import delivery
from tests.calendars import grammar
from tests.outbox.mailbox import Mailbox


@dataclass(frozen=True)
class Mail:
    """One mail, and the calendar part that it brings, if any."""

    message: EmailMessage
    raw: bytes

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def parts(self) -> list[EmailMessage]:
        return [part for part in self.message.walk() if part.get_content_type() == "text/calendar"]

    @property
    def body(self) -> bytes:
        """The calendar part; the file beside it has the same bytes."""
        (part,) = self.parts
        body = part.get_payload(decode=True)
        (file,) = [p for p in self.message.walk() if p.get_content_type() == "application/ics"]
        assert isinstance(body, bytes)
        assert file.get_payload(decode=True) == body
        return body

    def value(self, name: str) -> str:
        """One property of the one entry."""
        (entry,) = grammar.entries(self.body)
        return grammar.value(entry, name)

    @property
    def lines(self) -> list[str]:
        return grammar.unfolded(self.body)

    @property
    def told(self) -> tuple[str, int]:
        """METHOD, in the header as in the calendar, and SEQUENCE."""
        (part,) = self.parts
        check(self.body)
        read = icalendar.Calendar.from_ical(self.body)
        assert str(read["METHOD"]) == str(part.get_param("method"))
        (event,) = read.walk("VEVENT")
        return str(read["METHOD"]), int(event["SEQUENCE"])

    def moments(self) -> set[tuple[float, float]]:
        """When it begins and ends, as each of three readers understands it."""
        text = self.body.decode()
        (event,) = icalendar.Calendar.from_ical(self.body).walk("VEVENT")
        other = vobject.readOne(text).vevent
        (third,) = ics.Calendar(text).events
        return {
            (event["DTSTART"].dt.timestamp(), event["DTEND"].dt.timestamp()),
            (other.dtstart.value.timestamp(), other.dtend.value.timestamp()),
            (third.begin.timestamp(), third.end.timestamp()),
        }


async def send(mailbox: Mailbox, now: datetime) -> list[Mail]:
    """Send what is owed; what arrived just now, in order."""
    before = len(mailbox.raw)
    await delivery.deliver(now, enclose=invitations.enclose)
    return [
        Mail(message_from_bytes(raw, _class=EmailMessage, policy=policy.default), raw)
        for raw in mailbox.raw[before:]
    ]


def told(mails: list[Mail]) -> list[tuple[str, int] | None]:
    """What each mail brings: method and sequence, or nothing."""
    return [mail.told if mail.parts else None for mail in mails]


def check(body: bytes) -> None:
    """What every strict client wants of an invitation, whatever stands in it."""
    assert body.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert body.endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert b"\r" not in body.replace(b"\r\n", b"")
    assert [line for line in body.split(b"\r\n") if len(line) > grammar.OCTETS] == []
    assert body.count(b"BEGIN:VTIMEZONE") == body.count(b"BEGIN:VEVENT") == 1
    assert [one for one in grammar.unfolded(body) if not grammar.LINE.match(one)] == []
    (entry,) = grammar.entries(body)
    names = [re.split("[;:]", line)[0] for line in entry]
    once = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "ORGANIZER", "ATTENDEE", "URL")
    assert [names.count(name) for name in once] == [1] * len(once)
    assert [one for one in entry if one.startswith("DT") and not grammar.dated(one)] == []
