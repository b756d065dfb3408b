"""What goes wrong with a calendar part keeps no letter back, and is never half remembered."""

from datetime import datetime

import pytest

from server.actors import SYSTEM
from server.calendars import entries
from server.database import execute, transaction
from server.invitations import enclosing as invitations
from server.outbox import delivery, enclosing
from server.outbox import service as outbox
from server.outbox.calendar_part import Enclosed
from server.outbox.enclosing import Lost
from server.outbox.message import Queued
from tests import factories
from tests.invitations.cast import send, told
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import states
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def owed() -> int:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    return int(event.id)


async def remembered() -> int:
    return len(await execute("SELECT 1 FROM calendar_invitation"))


async def test_a_part_that_cannot_be_made_is_left_out(mailbox: Mailbox) -> None:
    await owed()

    async def broken(letter: Queued, now: datetime) -> Enclosed | None:
        await invitations.enclose(letter, now)
        raise ZeroDivisionError

    await delivery.deliver(EARLY, enclose=broken)

    (message,) = mailbox.received
    assert message.get_content_type() == "multipart/alternative"
    assert await states() == ["sent"]
    assert await remembered() == 0


async def test_a_letter_that_another_worker_has_by_now_is_not_told(mailbox: Mailbox) -> None:
    await owed()
    (letter,) = await delivery.claim(EARLY)
    await execute("UPDATE outbox_letter SET claimed_at = claimed_at + interval '11 minutes'")

    with pytest.raises(Lost):
        await enclosing.enclosed(letter, invitations.enclose, EARLY)

    assert await remembered() == 0


async def test_a_letter_taken_over_while_it_was_prepared_is_sent_by_the_other_only(
    mailbox: Mailbox,
) -> None:
    await owed()

    async def slow(letter: Queued, now: datetime) -> Enclosed | None:
        await execute("UPDATE outbox_letter SET claimed_at = claimed_at + interval '1 second'")
        return await invitations.enclose(letter, now)

    await delivery.deliver(EARLY, enclose=slow)

    assert mailbox.received == []
    assert await states() == ["sending"]


async def test_a_letter_to_nobody_we_know_and_one_about_no_event_bring_nothing(
    mailbox: Mailbox,
) -> None:
    await owed()
    await execute("UPDATE outbox_letter SET person = NULL")
    assert told(await send(mailbox, EARLY)) == [None]
    await execute("UPDATE outbox_letter SET state = 'queued', event = NULL")
    await execute("UPDATE outbox_letter SET person = (SELECT id FROM person LIMIT 1)")

    await send(mailbox, EARLY)
    assert await remembered() == 0


async def test_what_the_letter_said_to_a_calendar_is_forgotten_with_it(mailbox: Mailbox) -> None:
    await owed()
    await send(mailbox, EARLY)

    assert [row["values"] for row in await execute("SELECT values FROM outbox_letter")] == ["{}"]


async def test_a_letter_held_back_by_the_board_stops_no_newer_one(mailbox: Mailbox) -> None:
    event_id = await owed()
    await execute("UPDATE outbox_letter SET state = 'held'")
    await again()

    (mail,) = await send(mailbox, EARLY)
    assert mail.told == ("REQUEST", 1)
    assert event_id


async def again() -> None:
    """The same letter once more, under another cause."""
    names = "kind, category, person, address, language, values, event, not_before, created_at"
    await execute(
        f"INSERT INTO outbox_letter ({names}, cause, message_id, state, attempts, last_error,"
        f" changed_at, revision, forgets_address) SELECT {names}, 'again', gen_random_uuid(),"
        " 'queued', 0, '', now(), 1, false FROM outbox_letter"
    )


async def test_an_event_that_breaks_calendars_is_in_no_mail(
    unguarded: None, mailbox: Mailbox
) -> None:
    await owed()
    await execute("UPDATE event SET ends_at = starts_at - interval '1 hour'")

    assert told(await send(mailbox, EARLY)) == [None]
    assert await remembered() == 0


async def test_who_could_not_be_mailed_has_the_event_in_the_feed(mailbox: Mailbox) -> None:
    await owed()
    ((person,),) = [row.values() for row in await execute("SELECT id FROM person")]
    mailbox.at_recipient.append("550 nobody of that name")
    assert await send(mailbox, EARLY) == []

    found = await entries.personal_entries(person, "nl", EARLY)
    assert [one.status.value for one in found] == ["CONFIRMED"]

    await execute("UPDATE outbox_letter SET state = 'queued'")
    assert told(await send(mailbox, EARLY)) == [("REQUEST", 1)]
    assert await entries.personal_entries(person, "nl", EARLY) == []

    await execute(
        "INSERT INTO bounce (message_id, email_key, verdict, came_at) SELECT message_id,"
        " lower(address), 'soft', $1 FROM outbox_letter",
        EARLY,
    )
    found = await entries.personal_entries(person, "nl", EARLY)
    assert [one.status.value for one in found] == ["CONFIRMED"]


async def test_nothing_is_remembered_of_who_was_erased_meanwhile(mailbox: Mailbox) -> None:
    await owed()
    (letter,) = await delivery.claim(EARLY)
    assert letter.person is not None
    async with transaction():
        await outbox.forget_person(SYSTEM, letter.person, addresses=[letter.address])

    await enclosing.enclosed(letter, invitations.enclose, EARLY)

    assert await execute("SELECT values FROM outbox_letter") == [{"values": "{}"}]
    assert await remembered() == 0
