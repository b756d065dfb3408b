"""Answers as calendars send them, byte for byte."""

from base64 import b64encode

CALENDAR = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20270312T110000Z
DTEND:20270312T170000Z
DTSTAMP:{stamp}
ORGANIZER;CN=Netwerk Pijnpsychologie:mailto:{organiser}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Anna;X-NUM-GUESTS=0:
 mailto:{attendee}
{sequence}STATUS:CONFIRMED
SUMMARY:Pijndag
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


def calendar(
    uid: str,
    organiser: str,
    *,
    partstat: str = "DECLINED",
    attendee: str = "anna@example.com",
    stamp: str = "20270202T090000Z",
    sequence: int | None = 1,
) -> bytes:
    """A METHOD:REPLY."""
    text = CALENDAR.format(
        uid=uid,
        organiser=organiser,
        partstat=partstat,
        attendee=attendee,
        stamp=stamp,
        sequence="" if sequence is None else f"SEQUENCE:{sequence}\n",
    )
    return text.replace("\n", "\r\n").encode()


def google(body: bytes, to: str, *, name: str = "<a1@calendar.google.example>") -> bytes:
    """As Google sends it: alternative within mixed, and a file."""
    return b"\r\n".join(
        [
            b"MIME-Version: 1.0",
            b"Reply-To: Anna <anna@example.com>",
            b"Sender: Google Calendar <calendar-notification@google.example>",
            f"Message-ID: {name}".encode(),
            b"Date: Tue, 02 Feb 2027 09:00:00 +0000",
            b"Subject: Declined: Pijndag @ Fri Mar 12, 2027",
            b"From: Anna <anna@example.com>",
            f"To: {to}".encode(),
            b'Content-Type: multipart/mixed; boundary="000"',
            b"",
            b"--000",
            b'Content-Type: multipart/alternative; boundary="001"',
            b"",
            b"--001",
            b'Content-Type: text/plain; charset="UTF-8"',
            b"",
            b"Anna has declined this invitation.",
            b"--001",
            b'Content-Type: text/calendar; charset="UTF-8"; method=REPLY',
            b"Content-Transfer-Encoding: 7bit",
            b"",
            body,
            b"--001--",
            b"--000",
            b'Content-Type: application/ics; name="invite.ics"',
            b'Content-Disposition: attachment; filename="invite.ics"',
            b"Content-Transfer-Encoding: base64",
            b"",
            b64encode(body),
            b"--000--",
            b"",
        ]
    )


def outlook(body: bytes, to: str, *, name: str = "<b1@outlook.example>") -> bytes:
    """As Outlook sends it: the calendar in base64, within alternative."""
    return b"\r\n".join(
        [
            b"From: Anna <anna@example.com>",
            f"To: Netwerk Pijnpsychologie <{to}>".encode(),
            b"Subject: =?utf-8?B?R2V3ZWlnZXJkOiBQaWpuZGFn?=",
            f"Message-ID: {name}".encode(),
            b'Content-Type: multipart/alternative; boundary="_000_"',
            b"MIME-Version: 1.0",
            b"",
            b"--_000_",
            b'Content-Type: text/plain; charset="iso-8859-1"',
            b"",
            b"",
            b"--_000_",
            b'Content-Type: text/calendar; charset="utf-8"; method=REPLY',
            b"Content-Transfer-Encoding: base64",
            b"",
            b64encode(body),
            b"--_000_--",
            b"",
        ]
    )


def apple(body: bytes, to: str, *, name: str = "<c1@icloud.example>") -> bytes:
    """As Apple sends it: the whole message is the calendar."""
    return b"\r\n".join(
        [
            b"From: anna@example.com",
            f"To: {to}".encode(),
            f"Message-ID: {name}".encode(),
            b"Subject: Re: Pijndag",
            b'Content-Type: text/calendar; method=REPLY; charset="UTF-8"',
            b"Content-Transfer-Encoding: 8bit",
            b"",
            body,
        ]
    )


def nested(raw: bytes, to: str, depth: int) -> bytes:
    """A message that was passed on so many times, each time within another."""
    for number in range(depth):
        mark = f"n{number}".encode()
        raw = b"\r\n".join(
            [
                f"To: {to}".encode(),
                b'Content-Type: multipart/mixed; boundary="' + mark + b'"',
                b"",
                b"--" + mark,
                b"Content-Type: message/rfc822",
                b"",
                raw,
                b"--" + mark + b"--",
                b"",
            ]
        )
    return raw
