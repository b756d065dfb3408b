"""Meetings of a group, by mail for who chose so: planned, moved, off, and after leaving."""

import asyncio
from datetime import timedelta

import pytest

from server import worker
from server.actors import SYSTEM
from server.calendars import entries
from server.database import execute
from server.invitations import choice, meetings
from server.invitations.choice import Choice
from server.registrations import organising, service
from tables.calendars import ComesBy
from tables.events import Event
from tables.groups import WorkingGroup
from tables.people import Person
from tests import factories
from tests.factories import NOON, acting
from tests.invitations.cast import Mail, send, told
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DAY = timedelta(days=1)
LATER = {"starts_at": NOON + DAY, "ends_at": NOON + DAY + timedelta(hours=1)}


async def planned(
    how: ComesBy = ComesBy.invitation, **values: object
) -> tuple[Person, WorkingGroup, Event]:
    """Bram, his group, and a meeting of it; he chose how meetings come."""
    bram, group = await factories.bram()
    await choice.choose(acting(bram), Choice(ComesBy.invitation, how), now=EARLY)
    event, _ = await factories.open_event(
        5, group=group.id, kind="meeting", title="Overleg", published_at=EARLY, **values
    )
    return bram, group, event


async def tick(mailbox: Mailbox, *, at: timedelta = timedelta()) -> list[Mail]:
    await meetings.tick(EARLY + at)
    return await send(mailbox, EARLY + at)


async def leave(who: Person) -> None:
    await execute(
        "UPDATE group_membership SET until_on = $2 WHERE person = $1",
        *(who.id, EARLY.date() - DAY),
    )


async def test_a_planned_meeting_asks_for_an_answer(mailbox: Mailbox) -> None:
    await planned()

    (mail,) = await tick(mailbox)

    assert mail.subject == "Uitnodiging: Overleg"
    assert mail.told == ("REQUEST", 0)
    (line,) = [line for line in mail.lines if line.startswith("ATTENDEE")]
    assert "PARTSTAT=NEEDS-ACTION;ROLE=REQ-PARTICIPANT;RSVP=TRUE:" in line
    assert await tick(mailbox, at=DAY) == []


async def test_it_is_a_job_of_the_worker() -> None:
    assert [job.seconds for job in worker.JOBS if job.function is meetings.tick] == [60]


@pytest.mark.parametrize("how", [ComesBy.feed, None])
async def test_who_did_not_choose_mail_gets_none(mailbox: Mailbox, how: ComesBy | None) -> None:
    bram, _, _ = await planned(how or ComesBy.feed)
    if how is None:
        await execute("DELETE FROM calendar_choice")

    assert await tick(mailbox) == []
    assert len(await entries.personal_entries(bram.id, "nl", EARLY)) == 1


async def test_it_leaves_the_feed_of_who_wants_mail_only(mailbox: Mailbox) -> None:
    bram, _, _ = await planned()
    carla = await factories.known("Carla")
    before = await entries.personal_entries(bram.id, "nl", EARLY)
    await tick(mailbox)
    after = await entries.personal_entries(bram.id, "nl", EARLY)

    assert [len(before), len(after)] == [1, 0]
    assert await entries.personal_entries(carla.id, "nl", EARLY) == []


async def test_who_wants_both_has_one_uid_and_sequence_in_both(mailbox: Mailbox) -> None:
    bram, _, event = await planned(ComesBy.both)
    (mail,) = await tick(mailbox)
    await organising.change_event(SYSTEM, event.id, LATER, now=EARLY)
    (moved,) = await tick(mailbox, at=DAY)

    (shown,) = await entries.personal_entries(bram.id, "nl", EARLY)
    assert mail.value("UID") == moved.value("UID") == f"{shown.uid}@netwerk.example"
    assert moved.told == ("REQUEST", shown.sequence) == ("REQUEST", 1)


async def test_a_moved_meeting_moves_in_the_calendar(mailbox: Mailbox) -> None:
    _, _, event = await planned()
    await tick(mailbox)

    await organising.change_event(SYSTEM, event.id, LATER, now=EARLY)
    (mail,) = await tick(mailbox, at=DAY)

    assert mail.subject == "Gewijzigd: Overleg"
    assert mail.told == ("REQUEST", 1)
    assert mail.value("DTSTART") == "20270313T120000"
    assert await tick(mailbox, at=2 * DAY) == []


async def test_a_meeting_that_is_off_is_cancelled(mailbox: Mailbox) -> None:
    _, _, event = await planned()
    await tick(mailbox)

    await organising.cancel_event(SYSTEM, event.id, reason="Griep", now=EARLY)
    (mail,) = await tick(mailbox, at=DAY)

    assert mail.subject == "Geannuleerd: Overleg"
    assert mail.told == ("CANCEL", 1)
    assert mail.value("STATUS") == "CANCELLED"
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert "Griep" in body.get_content()
    assert await tick(mailbox, at=2 * DAY) == []


async def test_who_leaves_is_uninvited_and_invited_above_that_on_return(mailbox: Mailbox) -> None:
    bram, _, _ = await planned()
    await tick(mailbox)

    await leave(bram)
    (left,) = await tick(mailbox, at=DAY)
    again = await tick(mailbox, at=2 * DAY)
    await execute("UPDATE group_membership SET until_on = NULL")
    (back,) = await tick(mailbox, at=3 * DAY)

    assert left.subject == "Uit uw agenda: Overleg"
    assert [left.told, back.told] == [("CANCEL", 1), ("REQUEST", 2)]
    assert [line for line in left.lines if line.startswith("STATUS")] == []
    assert again == []


async def test_the_feed_never_falls_below_what_a_mail_told(mailbox: Mailbox) -> None:
    bram, _, event = await planned(ComesBy.both)
    await tick(mailbox)
    await leave(bram)
    await tick(mailbox, at=DAY)
    await execute("UPDATE group_membership SET until_on = NULL")
    await tick(mailbox, at=2 * DAY)
    (shown,) = await entries.personal_entries(bram.id, "nl", EARLY)
    await organising.change_event(SYSTEM, event.id, LATER, now=EARLY + 2 * DAY)
    (moved,) = await tick(mailbox, at=3 * DAY)
    (after,) = await entries.personal_entries(bram.id, "nl", EARLY)

    assert (shown.sequence, shown.changed_at) == (2, max(EARLY + 2 * DAY, shown.created_at))
    assert moved.told == ("REQUEST", 3)
    assert after.sequence == 3


async def test_who_registers_goes_by_the_letters_of_the_place(mailbox: Mailbox) -> None:
    bram, _, event = await planned()
    await tick(mailbox)
    view = await register(bram, event.id)
    (placed,) = await tick(mailbox, at=DAY)
    await service.cancel(acting(bram), view.code, now=EARLY)
    mails = await tick(mailbox, at=2 * DAY)

    assert placed.told == ("REQUEST", 1)
    assert "PARTSTAT=ACCEPTED" in placed.body.decode()
    assert told(mails) == [("CANCEL", 2)]
    assert mails[0].subject == "U bent afgemeld: Overleg"


async def test_two_workers_at_once_owe_one_letter(mailbox: Mailbox) -> None:
    await planned()
    await asyncio.gather(*(meetings.tick(EARLY) for _ in range(4)))

    assert len(await send(mailbox, EARLY)) == 1


async def test_who_has_no_address_died_or_was_erased_is_written_nothing(mailbox: Mailbox) -> None:
    bram, _, _ = await planned()
    for wrong in ("email = NULL", "deceased_on = '2027-01-01'", "anonymised_at = now()"):
        await execute(f"UPDATE person SET {wrong} WHERE id = $1", bram.id)
        assert await meetings.tick(EARLY) == 0
        await execute(
            "UPDATE person SET email = 'bram@example.com', deceased_on = NULL,"
            " anonymised_at = NULL WHERE id = $1",
            bram.id,
        )
    assert await meetings.tick(EARLY) == 1


@pytest.mark.parametrize("state", ["draft", "cancelled", "archived", "postponed"])
async def test_only_what_goes_on_is_planned(mailbox: Mailbox, state: str) -> None:
    await planned(state=state)

    assert await tick(mailbox) == []


async def test_what_is_over_is_left_alone(mailbox: Mailbox) -> None:
    await planned()

    assert await tick(mailbox, at=365 * DAY) == []


async def test_a_meeting_put_off_says_so_until_its_new_date(mailbox: Mailbox) -> None:
    _, _, event = await planned()
    await tick(mailbox)

    await organising.postpone_event(SYSTEM, event.id)
    (mail,) = await tick(mailbox, at=DAY)

    assert mail.told == ("REQUEST", 1)
    assert mail.value("STATUS") == "TENTATIVE"
    body = mail.message.get_body(("plain",))
    assert body is not None
    assert "is uitgesteld. De nieuwe datum volgt." in body.get_content()


@pytest.mark.parametrize(
    "values", ["starts_at = '20000-01-01', ends_at = '20001-01-01'", "ends_at = 'infinity'"]
)
async def test_a_meeting_at_an_absurd_time_keeps_no_other_waiting(
    unguarded: None, mailbox: Mailbox, values: str
) -> None:
    _, group, event = await planned()
    await factories.open_event(5, group=group.id, kind="meeting", published_at=EARLY)
    await execute(f"UPDATE event SET {values} WHERE id = $1", event.id)

    assert [mail.subject for mail in await tick(mailbox)] == ["Uitnodiging: Pijndag"]
