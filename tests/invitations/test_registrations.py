"""What the calendar of somebody who registers is told, mail by mail."""

from datetime import datetime, timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.calendars import entries
from server.clock import AMSTERDAM
from server.database import execute
from server.invitations import choice
from server.invitations.choice import Choice
from server.registrations import (
    choosing,
    organising,
    passing_on,
    places,
    service,
    strangers,
    taking_over,
)
from server.registrations.wishes import RegistrationForm
from tables.calendars import ComesBy
from tables.events import Event
from tables.people import Person
from tables.registrations import CapacityUnit, UnitKind
from tables.talks import Call, Proposal, ProposalSpeaker, ProposalState
from tests import factories
from tests.factories import acting
from tests.invitations.cast import Mail, send, told
from tests.outbox import owing
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY, register, stranger
from tests.talks import cast as talks

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def move(event_id: int, by: timedelta = DAY) -> None:
    event = await Event.objects().get(Event.id == event_id)
    assert event is not None
    values = {"starts_at": event.starts_at + by, "ends_at": event.ends_at + by}
    await organising.change_event(SYSTEM, event_id, values, now=EARLY)


async def in_feed(who: Person) -> list[tuple[str, int]]:
    """Status and SEQUENCE of what stands in somebody's own feed."""
    found = await entries.personal_entries(who.id, "nl", EARLY)
    return [(one.status.value, one.sequence) for one in found]


async def both(who: Person) -> None:
    """Somebody wants everything twice, so that the feed can be compared with the mails."""
    await choice.choose(acting(who), Choice(ComesBy.both, ComesBy.both), now=EARLY)


async def coming(mailbox: Mailbox, **values: object) -> tuple[Person, int, Mail]:
    """Anna has a place at an event, and its mail."""
    anna = await factories.anna()
    event, _ = await factories.open_event(5, **{"published_at": EARLY, **values})
    await register(anna, event.id)
    (mail,) = await send(mailbox, EARLY)
    return anna, event.id, mail


async def code_of(who: Person, event_id: int) -> str:
    """The code of somebody's registration."""
    rows = await execute(
        "SELECT code FROM registration WHERE person = $1 AND event = $2", who.id, event_id
    )
    return str(rows[0]["code"])


async def test_a_confirmed_place_stands_in_the_calendar_at_once(mailbox: Mailbox) -> None:
    _, event_id, mail = await coming(mailbox)

    (event,) = await execute("SELECT uid, slug FROM event WHERE id = $1", event_id)
    assert mail.told == ("REQUEST", 1)
    assert mail.lines[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Netwerk Pijnpsychologie//Agenda//NL",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    assert [
        line for line in mail.lines if line.startswith(("ATT", "ORG", "UID", "STA", "URL"))
    ] == [
        f"UID:event-{event['uid']}@netwerk.example",
        'ORGANIZER;CN="Netwerk Pijnpsychologie":mailto:netwerk@localhost.localdomain',
        "STATUS:CONFIRMED",
        f"URL:http://localhost:8000/events/{event['slug']}",
        "ATTENDEE;CN=Anna;CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
        ":mailto:anna@example.com",
    ]
    assert mail.value("DTSTAMP") == f"{EARLY:%Y%m%d}T090000Z"
    assert mail.message["From"] == ("Netwerk Pijnpsychologie <netwerk@localhost.localdomain>")


async def test_three_readers_agree_on_every_kind_of_mail(mailbox: Mailbox) -> None:
    anna, event_id, first = await coming(mailbox)
    await move(event_id)
    (moved,) = await send(mailbox, EARLY)
    await service.cancel(acting(anna), await code_of(anna, event_id), now=EARLY)
    (gone,) = await send(mailbox, EARLY)

    at = factories.NOON.timestamp()
    day, six_hours = DAY.total_seconds(), 6 * HOUR.total_seconds()
    assert first.moments() == {(at, at + six_hours)}
    assert moved.moments() == gone.moments() == {(at + day, at + day + six_hours)}


async def test_the_parts_stand_where_programs_look_for_them(mailbox: Mailbox) -> None:
    _, _, mail = await coming(mailbox, mode="online")

    def drawn(part: object) -> object:
        inside = [drawn(one) for one in part.iter_parts()]  # type: ignore[attr-defined]
        return (part.get_content_type(), inside) if inside else part.get_content_type()  # type: ignore[attr-defined]

    assert drawn(mail.message) == (
        "multipart/mixed",
        [
            ("multipart/alternative", ["text/plain", "text/html", "text/calendar"]),
            "application/ics",
        ],
    )
    raw = mail.raw.replace(b"\r\n ", b" ")
    (part,) = mail.parts
    assert part["Content-Transfer-Encoding"] == "base64"
    assert part["Content-Disposition"] is None
    assert b'Content-Type: text/calendar; charset="UTF-8"; method="REQUEST"\r\n' in raw
    assert b'Content-Type: application/ics; name="invite.ics"\r\n' in raw
    assert b'Content-Disposition: attachment; filename="invite.ics"\r\n' in raw
    assert mail.message.defects == []


async def test_the_letter_itself_names_what_and_where_and_the_page(mailbox: Mailbox) -> None:
    _, _, mail = await coming(mailbox, mode="online", slug="pijn")

    body = mail.message.get_body(("plain",))
    assert body is not None
    assert (
        "Deze e-mail zet de afspraak ook in uw agenda, of werkt haar daar bij: Pijndag, vrijdag 12"
        " maart 2027, 12.00–18.00 uur, Online.\n\n"
        "De afspraak op onze website:\nhttp://localhost:8000/events/pijn\n"
    ) in body.get_content().replace("\r\n", "\n")


async def test_the_joining_link_is_in_no_mail(mailbox: Mailbox) -> None:
    _, event_id, first = await coming(mailbox, mode="online", online_url="https://zoom.example/x")
    await move(event_id)
    (second,) = await send(mailbox, EARLY)

    for mail in (first, second):
        assert mail.told[0] == "REQUEST"
        for part in mail.message.walk():
            body = part.get_payload(decode=True) or b""
            assert isinstance(body, bytes)
            assert b"zoom.example" not in body


async def test_a_move_raises_the_sequence_under_the_same_uid(mailbox: Mailbox) -> None:
    anna, event_id, first = await coming(mailbox)
    await both(anna)

    await move(event_id)
    (second,) = await send(mailbox, EARLY + HOUR)

    assert second.subject == "Gewijzigd: Pijndag"
    assert [first.told, second.told] == [("REQUEST", 1), ("REQUEST", 2)]
    assert first.value("UID") == second.value("UID")
    assert second.value("DTSTART") == "20270313T120000"
    assert await in_feed(anna) == [("CONFIRMED", 2)]


async def test_an_event_that_does_not_go_on_is_cancelled(mailbox: Mailbox) -> None:
    anna, event_id, first = await coming(mailbox)
    await both(anna)

    await organising.cancel_event(SYSTEM, event_id, reason="Ziek", now=EARLY)
    (mail,) = await send(mailbox, EARLY)

    assert mail.told == ("CANCEL", 3)
    assert mail.value("STATUS") == "CANCELLED"
    assert mail.value("SUMMARY") == "Geannuleerd: Pijndag"
    assert mail.value("UID") == first.value("UID")
    assert await in_feed(anna) == [("CANCELLED", 3)]


async def test_who_cancels_is_uninvited_while_the_event_goes_on(mailbox: Mailbox) -> None:
    anna, event_id, _ = await coming(mailbox)
    await both(anna)
    view = await code_of(anna, event_id)

    await service.cancel(acting(anna), view, now=EARLY)
    (mail,) = await send(mailbox, EARLY)

    assert mail.told == ("CANCEL", 2)
    assert [line for line in mail.lines if line.startswith("STATUS")] == []
    assert [line for line in mail.lines if line.startswith("ATTENDEE")] == [
        "ATTENDEE;CN=Anna;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT:mailto:anna@example.com"
    ]
    assert await in_feed(anna) == [("CANCELLED", 2)]


async def test_who_cancels_and_comes_back_is_invited_above_that(mailbox: Mailbox) -> None:
    anna, event_id, _ = await coming(mailbox)
    await both(anna)
    await service.cancel(acting(anna), await code_of(anna, event_id), now=EARLY)
    (gone,) = await send(mailbox, EARLY)

    await register(anna, event_id)
    (back,) = await send(mailbox, EARLY)

    assert [gone.told, back.told] == [("CANCEL", 2), ("REQUEST", 3)]
    assert await in_feed(anna) == [("CONFIRMED", 3)]


async def test_who_waits_is_invited_once_there_is_a_place(mailbox: Mailbox) -> None:
    anna, dirk = await factories.anna(), await factories.dirk()
    event, _ = await factories.open_event(1, published_at=EARLY)
    first = await register(dirk, event.id)
    second = await register(anna, event.id)
    waiting = await send(mailbox, EARLY)
    assert await in_feed(anna) == [("TENTATIVE", 1)]

    await service.cancel(acting(dirk), first.code, now=EARLY)
    offered = await send(mailbox, EARLY)
    await service.accept(acting(anna), second.code, now=EARLY)
    (confirmed,) = await send(mailbox, EARLY)

    assert told(waiting) == [("REQUEST", 1), None]
    assert told(offered) == [("CANCEL", 2), None]
    assert confirmed.told == ("REQUEST", 3)


async def test_a_guest_without_an_account_is_invited_too(mailbox: Mailbox) -> None:
    event, _ = await factories.open_event(5, published_at=EARLY)
    view = await stranger("gast@example.com", event.id)
    (asked,) = await send(mailbox, EARLY)
    await strangers.verify(ANONYMOUS, view.code, now=EARLY)
    (confirmed,) = await send(mailbox, EARLY)

    assert told([asked]) == [None]
    assert confirmed.told[0] == "REQUEST"
    assert "mailto:gast@example.com" in confirmed.body.decode().replace("\r\n ", "")


async def test_who_chose_the_feed_gets_letters_without_a_calendar(mailbox: Mailbox) -> None:
    anna = await factories.anna()
    await choice.choose(acting(anna), Choice(ComesBy.feed, ComesBy.feed), now=EARLY)
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    (first,) = await send(mailbox, EARLY)
    await move(event.id)
    (second,) = await send(mailbox, EARLY)

    assert told([first, second]) == [None, None]
    assert first.message.get_content_type() == "multipart/alternative"
    assert await in_feed(anna) == [("CONFIRMED", 2)]


async def test_what_came_by_mail_is_kept_up_by_mail_whatever_is_chosen_since(
    mailbox: Mailbox,
) -> None:
    anna, event_id, _ = await coming(mailbox)
    await choice.choose(acting(anna), Choice(ComesBy.feed, ComesBy.feed), now=EARLY)

    await move(event_id)
    (moved,) = await send(mailbox, EARLY)
    await service.cancel(acting(anna), await code_of(anna, event_id), now=EARLY)
    (gone,) = await send(mailbox, EARLY)

    assert [moved.told, gone.told] == [("REQUEST", 2), ("CANCEL", 3)]


async def test_the_feed_leaves_out_what_came_by_mail_only(mailbox: Mailbox) -> None:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    before = await in_feed(anna)
    await send(mailbox, EARLY)
    after = await in_feed(anna)
    await service.cancel(acting(anna), await code_of(anna, event.id), now=EARLY)
    await send(mailbox, EARLY)

    assert [before, after, await in_feed(anna)] == [[("CONFIRMED", 1)], [], []]


async def test_two_moves_while_no_mail_leaves_end_in_the_newest(mailbox: Mailbox) -> None:
    anna, event_id, _ = await coming(mailbox)
    owing.send_by("smtp://127.0.0.1:9")
    await move(event_id)
    assert await send(mailbox, EARLY) == []
    await move(event_id, 7 * DAY)
    owing.send_by(mailbox.url)

    mails = await send(mailbox, EARLY + HOUR)

    assert [mail.subject for mail in mails] == ["Gewijzigd: Pijndag"] * 2
    assert told(mails) == [None, ("REQUEST", 3)]
    assert mails[1].value("DTSTART") == "20270320T120000"
    assert await told_sequence(anna) == 3


async def test_two_moves_around_a_broken_try_arrive_in_order(mailbox: Mailbox) -> None:
    _, event_id, _ = await coming(mailbox)
    mailbox.at_sender = ["421 not now"]
    await move(event_id)
    assert await send(mailbox, EARLY) == []
    await move(event_id, 7 * DAY)

    mails = await send(mailbox, EARLY + HOUR)

    assert told(mails) == [("REQUEST", 2), ("REQUEST", 3)]


async def told_sequence(who: Person) -> int:
    rows = await execute("SELECT sequence FROM calendar_invitation WHERE person = $1", who.id)
    return int(rows[0]["sequence"])


async def test_a_second_try_has_the_same_bytes_whatever_happened_since(mailbox: Mailbox) -> None:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    mailbox.hang_ups = 1
    (first,) = await send(mailbox, EARLY)
    assert [row["state"] for row in await execute("SELECT state FROM outbox_letter")] == ["retry"]

    await execute("UPDATE event SET title = 'Anders' WHERE id = $1", event.id)
    (again,) = await send(mailbox, EARLY + HOUR)

    assert again.body == first.body
    assert again.message["Message-ID"] == first.message["Message-ID"]


async def test_a_typing_error_is_no_update(mailbox: Mailbox) -> None:
    _, event_id, _ = await coming(mailbox)
    await organising.change_event(SYSTEM, event_id, {"online_url": "https://x.example"}, now=EARLY)
    await execute("UPDATE event SET title = 'Pijndagen' WHERE id = $1", event_id)

    assert told(await send(mailbox, EARLY)) == []


async def test_a_workshop_beside_the_seat_is_no_update(mailbox: Mailbox) -> None:
    anna, event_id, _ = await coming(mailbox)
    shop = CapacityUnit(event=event_id, kind=UnitKind.workshop, name_nl="W", capacity=5)
    await shop.save()
    code = await code_of(anna, event_id)
    await choosing.take(acting(anna), code, shop.id, now=EARLY)

    (mail,) = await send(mailbox, EARLY)
    assert told([mail]) == [None]


async def test_who_is_taken_off_by_the_organiser_is_uninvited(mailbox: Mailbox) -> None:
    _, _, _ = await coming(mailbox)
    (line,) = await execute("SELECT id FROM registration_line")
    await places.remove(SYSTEM, line["id"], now=EARLY)

    (mail,) = await send(mailbox, EARLY)
    assert mail.told == ("CANCEL", 2)


async def test_a_place_given_to_a_colleague_moves_from_one_calendar_to_the_other(
    mailbox: Mailbox,
) -> None:
    anna, event_id, _ = await coming(mailbox)
    code = await code_of(anna, event_id)
    await passing_on.ask(acting(anna), code, name="Dirk", email="dirk@example.com", now=EARLY)
    (asked,) = await send(mailbox, EARLY)
    body = asked.message.get_body(("plain",))
    assert body is not None
    token = body.get_content().partition("/hand-over/")[2].split()[0]
    await taking_over.take(ANONYMOUS, token, cents=0, now=EARLY)

    mails = await send(mailbox, EARLY)
    by_address = {str(mail.message["To"]): told([mail]) for mail in mails}
    assert by_address == {
        "anna@example.com": [("CANCEL", 2)],
        "dirk@example.com": [("REQUEST", 1)],
    }


async def test_an_event_put_off_is_in_doubt_until_its_new_date(mailbox: Mailbox) -> None:
    _, event_id, _ = await coming(mailbox)
    await organising.postpone_event(SYSTEM, event_id)
    (off,) = await send(mailbox, EARLY)
    await move(event_id, 30 * DAY)
    await organising.reschedule_event(SYSTEM, event_id, now=EARLY)
    mails = await send(mailbox, EARLY)

    assert off.told == ("REQUEST", 2)
    assert off.value("STATUS") == "TENTATIVE"
    assert mails[-1].told[0] == "REQUEST"
    assert mails[-1].value("STATUS") == "CONFIRMED"
    assert mails[-1].told[1] > off.told[1]


async def test_what_is_over_is_told_to_no_calendar(mailbox: Mailbox) -> None:
    _, event_id, _ = await coming(mailbox)
    await organising.cancel_event(SYSTEM, event_id, reason="Ziek", now=EARLY)

    (mail,) = await send(mailbox, factories.NOON + DAY)
    assert told([mail]) == [None]


async def test_a_speaker_with_a_place_hears_in_the_letter_about_the_talk(mailbox: Mailbox) -> None:
    els, congress = await talks.person("Els"), await talks.call()
    await talks.in_state(ProposalState.confirmed, els, congress)
    await CapacityUnit(event=congress.event_id).save()
    await service.register(els, congress.event_id, RegistrationForm(), now=EARLY)
    first = await send(mailbox, EARLY)
    await move(congress.event_id)

    (mail,) = await send(mailbox, EARLY)

    assert mail.subject == "Gewijzigd: Pijncongres"
    assert first[-1].told[0] == mail.told[0] == "REQUEST"
    assert mail.told[1] > first[-1].told[1]
    (letter,) = await execute("SELECT kind FROM outbox_letter ORDER BY id DESC LIMIT 1")
    assert letter["kind"] == "proposal_event_changed"


@pytest.mark.parametrize(
    ("starts", "written"),
    [
        (datetime(2027, 3, 28, 1, 30, tzinfo=AMSTERDAM), "TZID=Europe/Amsterdam:20270328T013000"),
        (datetime(2027, 3, 28, 3, 30, tzinfo=AMSTERDAM), "TZID=Europe/Amsterdam:20270328T033000"),
        (datetime(2027, 10, 31, 1, 30, tzinfo=AMSTERDAM), "TZID=Europe/Amsterdam:20271031T013000"),
        (datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM), "20271031T003000Z"),
        (datetime(2027, 10, 31, 2, 30, tzinfo=AMSTERDAM, fold=1), "20271031T013000Z"),
        (datetime(2027, 10, 31, 3, 30, tzinfo=AMSTERDAM), "TZID=Europe/Amsterdam:20271031T033000"),
    ],
)
async def test_the_nights_of_the_clock_are_told_right(
    mailbox: Mailbox, starts: datetime, written: str
) -> None:
    ends = datetime.fromtimestamp(starts.timestamp() + 3600, AMSTERDAM)
    _, _, mail = await coming(mailbox, starts_at=starts, ends_at=ends)

    (line,) = [
        line
        for line in mail.lines
        if line.startswith("DTSTART") and "1981" not in line and "1996" not in line
    ]
    assert line.replace("DTSTART;", "").replace("DTSTART:", "") == written
    assert mail.moments() == {(starts.timestamp(), ends.timestamp())}
    assert mail.told == ("REQUEST", 1)


async def test_no_name_or_title_adds_a_line_or_a_header(mailbox: Mailbox) -> None:
    evil = 'Pijn"\r\nATTENDEE:mailto:x@example.org\r\nBcc: x@example.org; ,\\ é😀\u2028\x07'
    name = 'Anna "A"; de, Vries\r\nBcc: x\r\nATTENDEE;é\u2028\x07'
    anna = await factories.member("Anna", display_name=name)
    event, _ = await factories.open_event(5, published_at=EARLY, title=evil, room=evil)
    await register(anna, event.id)

    (mail,) = await send(mailbox, EARLY)

    assert mail.told == ("REQUEST", 1)
    assert mail.message["Bcc"] is None
    assert [line for line in mail.lines if line.startswith("ATTENDEE")] == [
        "ATTENDEE;CN=\"Anna 'A'; de, Vries Bcc: x ATTENDEE;é\""
        ";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
        ":mailto:anna@example.com"
    ]


async def test_a_talk_that_is_left_of_a_place_stays_with_its_mail(mailbox: Mailbox) -> None:
    anna, event_id, _ = await coming(mailbox)
    call = Call(event=event_id, title="Oproep", opens_at=EARLY, closes_at=EARLY + DAY)
    await call.save()
    proposal = Proposal(call=call.id, code="P1", title="Slaap", state=ProposalState.confirmed)
    await proposal.save()
    await ProposalSpeaker(proposal=proposal.id, person=anna.id).save()

    await service.cancel(acting(anna), await code_of(anna, event_id), now=EARLY)
    mails = await send(mailbox, EARLY)

    assert [one and one[0] for one in told(mails)] == ["REQUEST"]
    assert await in_feed(anna) == []
