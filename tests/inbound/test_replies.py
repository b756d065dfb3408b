"""Answers of calendars: a hint when they are genuine and new, and nothing at all when not."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest

from server import settings
from server.actors import SYSTEM
from server.database import execute
from server.inbound import reading, service
from server.outbox import answer_address
from server.readers import READERS
from server.registrations import organising
from tests import factories
from tests.factories import NOON
from tests.inbound import raw
from tests.inbound.conftest import Invited, take
from tests.invitations.cast import send
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY

pytestmark = pytest.mark.anyio
Make = Callable[[bytes, str], bytes]


async def test_the_mailbox_of_the_invitation_knows_whom_it_is_for(invited: Invited) -> None:
    assert invited.to.startswith(f"agenda+{invited.person_id}-")
    assert invited.to.endswith("@example.org")
    assert f"mailto:{invited.to}" in invited.mail.body.decode().replace("\r\n ", "")
    assert str(invited.mail.message["From"]) == f"Netwerk Pijnpsychologie <{invited.to}>"
    assert str(invited.mail.message["Reply-To"]) == "netwerk@localhost.localdomain"


@pytest.mark.parametrize("make", [raw.google, raw.outlook, raw.apple])
async def test_every_program_is_understood(invited: Invited, make: Make) -> None:
    taken = await take(make(invited.reply(), invited.to))

    assert (taken.reader, taken.outcome) == ("calendar answers", "declined")
    assert await invited.answer() == "declined"


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
async def test_an_answer_is_a_hint_and_never_a_cancellation(
    invited: Invited, partstat: str
) -> None:
    taken = await take(raw.google(invited.reply(partstat), invited.to))

    assert taken.outcome == await invited.answer() == partstat.lower()
    assert await invited.state() == "confirmed"


async def test_an_answer_read_twice_counts_once(invited: Invited) -> None:
    message = raw.google(invited.reply(), invited.to)
    first, again = await take(message), await take(message)

    assert (first.outcome, again.outcome) == ("declined", "declined")
    assert (first.is_new, again.is_new) == (True, False)
    assert [row["n"] for row in await execute("SELECT count(*) AS n FROM inbound_message")] == [1]


async def test_two_processes_that_read_the_same_note_it_once(invited: Invited) -> None:
    message = raw.google(invited.reply(), invited.to)

    found = await asyncio.gather(*(take(message) for _ in range(6)))

    assert sorted(one.is_new for one in found) == [False] * 5 + [True]
    (row,) = await execute("SELECT revision FROM calendar_invitation")
    assert row["revision"] == 2


async def test_the_newest_answer_counts_in_whatever_order_they_come(invited: Invited) -> None:
    late = invited.reply("ACCEPTED", stamp="20270203T090000Z")
    early = invited.reply("DECLINED", stamp="20270202T090000Z")

    assert (await take(raw.apple(late, invited.to, name="<2@x>"))).outcome == "accepted"
    assert (await take(raw.apple(early, invited.to, name="<1@x>"))).outcome == "outdated"

    assert await invited.answer() == "accepted"


async def test_an_answer_to_what_was_since_changed_does_not_count(
    invited: Invited, mailbox: Mailbox
) -> None:
    await take(raw.apple(invited.reply("ACCEPTED"), invited.to))
    day = factories.timedelta(days=1)
    values = {"starts_at": NOON + day, "ends_at": NOON + 2 * day}
    await organising.change_event(SYSTEM, invited.event_id, values, now=EARLY)
    await send(mailbox, EARLY)
    assert await invited.answer() == "none"

    old = await take(raw.apple(invited.reply("DECLINED", sequence=1), invited.to, name="<2@x>"))
    new = invited.reply("TENTATIVE", sequence=2)
    fresh = await take(raw.apple(new, invited.to, name="<3@x>"))

    assert [old.outcome, fresh.outcome] == ["outdated", "tentative"]


async def test_an_answer_without_a_sequence_is_taken_for_the_newest(invited: Invited) -> None:
    taken = await take(raw.apple(invited.reply(sequence=None), invited.to))

    assert taken.outcome == "declined"


async def test_a_clock_that_is_ahead_shuts_out_no_later_answer(invited: Invited) -> None:
    far = invited.reply("ACCEPTED", stamp="20990101T000000Z")
    await take(raw.apple(far, invited.to, name="<1@x>"))
    (row,) = await execute("SELECT answered_at FROM calendar_invitation")

    assert row["answered_at"] == NOON


@pytest.mark.parametrize(
    "to",
    [
        "agenda@example.org",
        "agenda+1-aaaaaaaaaaaaaaaa@example.org",
        "agenda+999999999999-aaaaaaaaaaaaaaaa@example.org",
        "",
    ],
)
async def test_without_a_genuine_code_nothing_is_believed(invited: Invited, to: str) -> None:
    taken = await take(raw.google(invited.reply(), to))

    assert (taken.outcome, await invited.answer()) == ("stranger", "none")


async def test_the_code_of_another_answers_for_nobody_else(invited: Invited) -> None:
    dirk = await factories.dirk()
    theirs = answer_address.of_person(dirk.id)

    foreign = await take(raw.google(invited.reply(), theirs, name="<1@x>"))
    other = invited.reply(attendee="dirk@example.com")
    wrong = await take(raw.google(other, invited.to, name="<2@x>"))

    assert [foreign.outcome, wrong.outcome] == ["not_invited", "stranger"]
    assert await invited.answer() == "none"


async def test_a_host_in_other_letters_answers_in_ascii(invited: Invited) -> None:
    await execute("UPDATE person SET email_key = 'anna@müsterzorg.example'")
    body = invited.reply(attendee="Anna@XN--msterzorg-q9a.example")

    assert (await take(raw.apple(body, invited.to))).outcome == "declined"


async def test_who_has_no_address_any_more_is_answered_by_nobody(invited: Invited) -> None:
    await execute("UPDATE person SET email_key = NULL")

    assert (await take(raw.apple(invited.reply(), invited.to))).outcome == "stranger"


async def test_the_code_is_found_where_the_mail_server_noted_it(invited: Invited) -> None:
    message = raw.google(invited.reply(), "agenda@example.org")
    noted = f"Delivered-To: {invited.to.upper()}\r\n".encode() + message

    assert (await take(noted)).outcome == "declined"


async def test_an_old_key_of_the_installation_still_counts(invited: Invited) -> None:
    using = settings.current()
    renewed = msgspec.structs.replace(
        using, secret_key="n" * 40, secret_key_before=using.secret_key
    )
    settings.use(renewed)

    assert (await take(raw.google(invited.reply(), invited.to))).outcome == "declined"


async def test_who_was_merged_answers_for_who_they_are_now(invited: Invited) -> None:
    els = await factories.known("Els")
    merged = "UPDATE person SET email_key = NULL, merged_into = $2 WHERE id = $1"
    await execute(merged, invited.person_id, els.id)
    await execute("UPDATE person SET email_key = 'anna@example.com' WHERE id = $1", els.id)
    await execute("UPDATE calendar_invitation SET person = $1", els.id)

    assert (await take(raw.google(invited.reply(), invited.to))).outcome == "declined"


async def test_an_unknown_event_and_one_that_was_cancelled_are_answered_in_vain(
    invited: Invited, mailbox: Mailbox
) -> None:
    uid = "event-00000000-0000-0000-0000-000000000000@netwerk.example"
    body = raw.calendar(uid, invited.to)
    unknown = await take(raw.apple(body, invited.to, name="<1@x>"))
    await organising.cancel_event(SYSTEM, invited.event_id, reason="Ziek", now=EARLY)
    await send(mailbox, EARLY)
    over = await take(raw.apple(invited.reply(sequence=9), invited.to, name="<2@x>"))

    assert [unknown.outcome, over.outcome] == ["not_invited", "not_invited"]


BROKEN = {
    "no end": b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n",
    "rubbish": b"METHOD:REPLY\r\n\x00\xff\xfe;;;:::",
    "two events": None,
    "no attendee": None,
    "two attendees": None,
    "no partstat": None,
    "delegated": None,
    "foreign uid": None,
    "number": None,
}


def broken(kind: str, good: bytes) -> bytes:
    """One thing wrong with a good answer."""
    event = good[good.index(b"BEGIN:VEVENT") : good.index(b"END:VCALENDAR")]
    line = good[good.index(b"ATTENDEE") : good.index(b"SEQUENCE")]
    return (
        BROKEN[kind]
        or {
            "two events": good.replace(event, event + event),
            "no attendee": good.replace(line, b""),
            "two attendees": good.replace(line, line + line),
            "no partstat": good.replace(b"PARTSTAT=DECLINED", b"X-P=1"),
            "delegated": good.replace(b"PARTSTAT=DECLINED", b"PARTSTAT=DELEGATED"),
            "foreign uid": good.replace(b"@netwerk.example", b"@elders.example"),
            "number": good.replace(b"SEQUENCE:1", b"SEQUENCE:een"),
        }[kind]
    )


@pytest.mark.parametrize("kind", BROKEN)
async def test_a_broken_answer_changes_nothing(invited: Invited, kind: str) -> None:
    taken = await take(raw.apple(broken(kind, invited.reply()), invited.to))

    assert (taken.outcome, await invited.answer()) == ("unclear", "none")


@pytest.mark.parametrize(
    "change",
    [
        (b"METHOD:REPLY", b"METHOD:REQUEST"),
        (b"METHOD:REPLY", b"METHOD:COUNTER"),
        (b"METHOD:REPLY\r\n", b""),
    ],
)
async def test_what_is_no_answer_is_left_to_people(
    invited: Invited, change: tuple[bytes, bytes]
) -> None:
    taken = await take(raw.apple(invited.reply().replace(*change), invited.to))

    assert (taken.reader, taken.outcome, await invited.answer()) == ("", "", "none")


async def test_a_mail_of_a_person_is_left_to_people(invited: Invited) -> None:
    words = b"From: anna@example.com\r\nTo: " + invited.to.encode() + b"\r\n\r\nIk kom niet.\r\n"

    assert (await take(words)).reader == ""


@pytest.mark.parametrize(("depth", "outcome"), [(3, "declined"), (30, "unreadable")])
async def test_an_answer_in_a_mail_in_a_mail(invited: Invited, depth: int, outcome: str) -> None:
    message = raw.nested(raw.google(invited.reply(), invited.to), invited.to, depth)

    taken = await take(message)

    assert taken.outcome == outcome


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x00\x01\x02",
        b"no headers at all",
        b"X: 1\r\n\r\n" + b"x" * reading.MOST_BYTES,
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\na\r\n" * 500 + b"--x--",
        b"Content-Type: text/calendar; charset=klingon\r\nContent-Transfer-Encoding: x\r\n\r\n?",
        b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n=A=B=C==\xff",
        b"Subject: \xff\xfe\r\nTo: \xe9@x\r\nContent-Type: \xff/\xff\r\n\r\nMETHOD:REPLY",
        b"Message-ID: \xff\r\nContent-Type: text/calendar\r\n\r\nMETHOD:REPLY\r\n",
    ],
)
async def test_rubbish_is_put_aside_and_never_fails(invited: Invited, message: bytes) -> None:
    taken = await take(message)

    assert (taken.reader, await invited.answer()) in (("", "none"), ("calendar answers", "none"))


async def test_a_huge_calendar_is_not_read(invited: Invited) -> None:
    body = invited.reply().replace(b"SUMMARY:", b"SUMMARY:" + b"x" * 300_000)

    assert (await take(raw.apple(body, invited.to))).reader == ""


async def test_without_a_message_id_the_bytes_themselves_count_once(invited: Invited) -> None:
    message = raw.apple(invited.reply(), invited.to).replace(
        b"Message-ID: <c1@icloud.example>\r\n", b""
    )

    found = [await take(message), await take(message)]

    assert [one.is_new for one in found] == [True, False]


async def test_a_crash_between_reading_and_noting_loses_nothing(
    invited: Invited, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = raw.apple(invited.reply(), invited.to)

    async def crash(*_: object) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await service.take(message, [service.Reader("x", crash)], now=NOON)
    assert await execute("SELECT 1 FROM inbound_message") == []

    assert (await service.take(message, READERS, now=NOON)).outcome == "declined"


async def test_what_was_read_long_ago_is_forgotten(invited: Invited) -> None:
    await take(raw.apple(invited.reply(), invited.to))
    await service.forget(NOON + factories.timedelta(days=89))
    assert len(await execute("SELECT 1 FROM inbound_message")) == 1

    await service.forget(NOON + factories.timedelta(days=91))
    assert await execute("SELECT 1 FROM inbound_message") == []
