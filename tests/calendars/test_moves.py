"""Whose calendar still shows the time that an event had, and the one letter about it."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM, Actor
from server.calendars import keeping, moves, service
from server.database import execute, transaction
from server.errors import NotFound
from server.registrations import organising
from tables.events import Event
from tables.groups import GroupMembership, WorkingGroup
from tables.people import Person
from tables.registrations import LineState
from tables.talks import Call, Proposal, ProposalSpeaker, ProposalState
from tests import factories
from tests.calendars.test_feeds import change
from tests.calendars.test_personal import path, published, registered, signed_in

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
GOOGLE = {"user-agent": "Google-Calendar-Importer"}
TRAIL = "FROM audit_entry WHERE action = 'write_to_outdated'"
BOARD = Actor(person_id=None, name="Carla", roles=frozenset({"board"}))


def begins() -> datetime:
    """Three weeks from now, at noon."""
    return (
        (clock.now() + 21 * DAY).astimezone(UTC).replace(hour=11, minute=0, second=0, microsecond=0)
    )


async def coming_event(number: int = 1, **values: object) -> Event:
    starts = begins()
    given: dict[str, object] = {
        "starts_at": starts,
        "ends_at": starts + 6 * HOUR,
        "title": "Pijndag",
    }
    given["visibility"] = "public"
    return await published(number, **{**given, **values})


async def move(event: Event, by: timedelta) -> None:
    """As anybody moves it: a service, the admin, an operator."""
    await execute(
        "UPDATE event SET starts_at = starts_at + $2, ends_at = ends_at + $2,"
        " sequence = sequence + 1 WHERE id = $1",
        *(event.id, by),
    )


async def reader(name: str, *scopes: str) -> tuple[Person, str]:
    """Somebody with an address of mail and a secret address."""
    person = await factories.known(name)
    given = scopes or ("registrations", "meetings", "talks", "deadlines")
    return person, await service.create_token(signed_in(person), "x", given, now=clock.now())


async def behind() -> list[tuple[str, list[str]]]:
    return [
        (one.title_nl, [person.name for person in one.behind])
        for one in await moves.coming(clock.now())
    ]


async def test_who_fetched_before_the_move_and_not_since_is_behind(
    client: httpx.AsyncClient,
) -> None:
    event = await coming_event()
    (anna, of_anna), (bram, of_bram) = await reader("Anna"), await reader("Bram")
    els, _never_fetched = await reader("Els")
    for person in (anna, bram, els):
        await registered(event, person, LineState.confirmed)
    for token in (of_anna, of_bram):
        await client.get(path(token), headers=GOOGLE)
    before = await behind()

    await move(event, HOUR)
    after = await behind()
    await client.get(path(of_bram))
    later = await behind()
    (found,) = await moves.coming(clock.now())

    assert before == []
    assert after == [("Pijndag", ["Anna", "Bram"])]
    assert later == [("Pijndag", ["Anna"])]
    (one,) = found.behind
    assert (one.client, one.was) == ("Google", (event.starts_at, event.ends_at))
    assert found.becomes == (event.starts_at + HOUR, event.ends_at + HOUR)


async def test_a_head_or_an_answer_that_nothing_changed_counts_as_what_it_is(
    client: httpx.AsyncClient,
) -> None:
    event = await coming_event()
    anna, token = await reader("Anna")
    await registered(event, anna, LineState.confirmed)
    first = await client.get(path(token))
    await move(event, HOUR)

    await client.head(path(token))
    after_head = await behind()
    second = await client.get(path(token), headers={"if-none-match": first.headers["etag"]})

    assert after_head == [("Pijndag", ["Anna"])]
    assert second.status_code == 200
    assert await behind() == [("Pijndag", [])]


async def test_of_two_programs_the_one_that_is_behind_counts(client: httpx.AsyncClient) -> None:
    event = await coming_event()
    anna, telephone = await reader("Anna")
    google = await service.create_token(signed_in(anna), "Google", now=clock.now())
    await registered(event, anna, LineState.confirmed)
    await client.get(path(telephone))
    await client.get(path(google), headers=GOOGLE)

    await move(event, HOUR)
    await client.get(path(telephone))

    assert await behind() == [("Pijndag", ["Anna"])]
    await execute(
        "UPDATE feed_token SET fetched_on = $1 WHERE client = 'Google'", clock.today() - 31 * DAY
    )  # a program that nobody uses any more
    assert await behind() == [("Pijndag", [])]


async def test_only_who_has_the_event_in_that_calendar(client: httpx.AsyncClient) -> None:
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    event = await coming_event(group=group.id)
    call = Call(event=event.id, title="Oproep", opens_at=clock.now(), closes_at=clock.now() + DAY)
    await call.save()
    cast = {}
    for name, scopes in (
        ("Registered", ["registrations"]),
        ("Cancelled", ["registrations", "meetings"]),
        ("Otherwise", ["talks"]),
        ("Member", ["meetings"]),
        ("Deaf", ["registrations"]),
        ("Speaker", ["talks"]),
        ("Ended", ["registrations"]),
        ("Closed", ["registrations"]),
        ("Stranger", ["registrations", "meetings", "talks"]),
    ):
        cast[name] = await reader(name, *scopes)
    people = {name: person for name, (person, _) in cast.items()}
    for name in ("Registered", "Otherwise", "Ended", "Closed"):
        await registered(event, people[name], LineState.waiting)
    line = await registered(event, people["Cancelled"], LineState.confirmed)
    for name in ("Cancelled", "Member", "Deaf"):
        since = clock.today() - DAY
        await GroupMembership(
            group=group.id, person=people[name].id, state="active", from_on=since
        ).save()
    proposal = Proposal(call=call.id, code="P1", title="Slaap", state=ProposalState.confirmed)
    await proposal.save()
    await ProposalSpeaker(proposal=proposal.id, person=people["Speaker"].id).save()
    for _, token in cast.values():
        await client.get(path(token))
    await execute("UPDATE registration_line SET state = 'cancelled' WHERE id = $1", line.id)
    await execute("UPDATE feed_token SET revoked_at = now() WHERE person = $1", people["Ended"].id)
    await execute("INSERT INTO suspension (person) VALUES ($1)", people["Closed"].id)

    await move(event, HOUR)

    assert await behind() == [("Pijndag", ["Registered", "Member", "Speaker"])]


async def test_who_was_given_bytes_without_the_event_is_not_behind(
    client: httpx.AsyncClient,
) -> None:
    """What came by invitation, say, is left out of the feed: the bytes decide."""
    event = await coming_event()
    anna, token = await reader("Anna")
    await registered(event, anna, LineState.confirmed)
    await client.get(path(token))
    await execute("UPDATE feed_state SET body = 'BEGIN:VCALENDAR' WHERE key LIKE 'personal:%'")

    await move(event, HOUR)

    assert await behind() == [("Pijndag", [])]


async def test_a_move_there_and_back_leaves_nobody_behind(client: httpx.AsyncClient) -> None:
    event = await coming_event()
    (anna, of_anna), (bram, of_bram) = await reader("Anna"), await reader("Bram")
    for person in (anna, bram):
        await registered(event, person, LineState.confirmed)
    await client.get(path(of_anna))
    await move(event, HOUR)
    await client.get(path(of_bram))

    await move(event, -HOUR)
    (found,) = await moves.coming(clock.now())

    assert [one.name for one in found.behind] == ["Bram"]
    assert found.behind[0].was == (event.starts_at + HOUR, event.ends_at + HOUR)


async def test_of_two_moves_each_is_told_what_they_see(client: httpx.AsyncClient) -> None:
    event = await coming_event()
    (anna, of_anna), (bram, of_bram) = await reader("Anna"), await reader("Bram")
    for person in (anna, bram):
        await registered(event, person, LineState.confirmed)
    await client.get(path(of_anna))
    await move(event, HOUR)
    await client.get(path(of_bram))
    await move(event, DAY)

    (found,) = await moves.coming(clock.now())

    shown = {one.name: one.was[0] - event.starts_at for one in found.behind}
    assert shown == {"Anna": timedelta(), "Bram": HOUR}
    assert found.becomes[0] == event.starts_at + HOUR + DAY


@pytest.mark.parametrize("state", ["draft", "announced", "cancelled", "completed"])
async def test_what_no_feed_shows_on_a_new_time_does_not_move(
    client: httpx.AsyncClient, state: str
) -> None:
    event = await coming_event(state=state)
    await move(event, HOUR)

    assert await execute("SELECT 1 FROM event_move") == []


async def test_an_event_that_is_over_or_off_is_listed_no_more(client: httpx.AsyncClient) -> None:
    over, off = await coming_event(1), await coming_event(2)
    for event in (over, off):
        await move(event, HOUR)
    assert len(await behind()) == 2

    await move(over, -60 * DAY)
    await execute("UPDATE event SET state = 'cancelled' WHERE id = $1", off.id)

    assert await behind() == []


async def test_a_save_that_keeps_the_time_is_no_move(client: httpx.AsyncClient) -> None:
    event = await coming_event()
    event.title = "Pijndag met een andere naam"
    await event.save()
    await change(event, lock_seq=3)

    assert await execute("SELECT 1 FROM event_move") == []


async def test_the_services_of_events_note_a_move_in_their_transaction(
    client: httpx.AsyncClient,
) -> None:
    event = await coming_event()
    later = {"starts_at": event.starts_at + DAY, "ends_at": event.ends_at + DAY}
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await organising.change_event(SYSTEM, event.id, later, now=clock.now())
            _ = 1 / 0
    assert await execute("SELECT 1 FROM event_move") == []

    await organising.change_event(SYSTEM, event.id, later, now=clock.now())

    (row,) = await execute("SELECT was_starts_at, starts_at, mailed_at FROM event_move")
    assert tuple(row.values()) == (event.starts_at, event.starts_at + DAY, None)


async def test_an_event_that_moves_and_is_deleted_at_once_leaves_no_trace(db: None) -> None:
    event = await coming_event()
    async with transaction():
        await move(event, HOUR)
        await execute("DELETE FROM event WHERE id = $1", event.id)

    assert await execute("SELECT 1 FROM event_move") == []


async def moved_for(client: httpx.AsyncClient, *names: str) -> tuple[Event, int]:
    """An event that moved, with people who fetched before."""
    event = await coming_event(title_en="Pain day")
    for name in names:
        person, token = await reader(name)
        await registered(event, person, LineState.confirmed)
        await client.get(path(token), headers=GOOGLE)
    await move(event, HOUR)
    return event, (await moves.coming(clock.now()))[0].id


async def letters() -> list[str]:
    rows = await execute(
        "SELECT address FROM outbox_letter WHERE kind = 'calendar_out_of_date' ORDER BY id"
    )
    return [row["address"] for row in rows]


async def test_exactly_they_are_written_to_once(client: httpx.AsyncClient) -> None:
    event, move_id = await moved_for(client, "Anna", "Bram")
    await execute("UPDATE person SET language = 'en' WHERE surname = 'Bram'")
    _, of_els = await reader("Els")
    await client.get(path(of_els))

    assert await moves.mail(BOARD, move_id, now=clock.now()) == 2
    with pytest.raises(moves.NobodyBehind):
        await moves.mail(BOARD, move_id, now=clock.now())

    assert await letters() == ["anna@example.com", "bram@example.com"]
    (dutch, english) = await execute("SELECT values FROM outbox_letter ORDER BY id")
    assert "Pijndag" in dutch["values"]
    assert "Pain day" in english["values"]
    assert "Google" in dutch["values"]
    (line,) = await execute(f"SELECT entity, entity_id, after {TRAIL}")
    assert (line["entity"], line["entity_id"]) == ("event_move", move_id)
    assert '"people": 2' in str(line["after"])
    (found,) = await moves.coming(clock.now())
    assert [one.is_mailed for one in found.behind] == [True, True]
    assert found.mailed_at is not None
    assert event.id == found.event_id


async def test_who_comes_to_light_later_gets_theirs_and_the_others_no_second(
    client: httpx.AsyncClient,
) -> None:
    event, move_id = await moved_for(client, "Anna")
    bram = await factories.known("Bram", email=None, email_key=None)
    token = await service.create_token(signed_in(bram), "x", now=clock.now())
    await registered(event, bram, LineState.confirmed)
    await client.get(path(token))
    await execute(
        "UPDATE feed_token SET served_at = now() - interval '1 hour' WHERE person = $1", bram.id
    )
    await moves.mail(BOARD, move_id, now=clock.now())
    assert await letters() == ["anna@example.com"]

    await execute("UPDATE person SET email = 'bram@example.com' WHERE id = $1", bram.id)
    await moves.mail(BOARD, move_id, now=clock.now())
    await move(event, DAY)
    (again,) = await moves.coming(clock.now())
    await moves.mail(BOARD, again.id, now=clock.now())

    assert await letters() == [f"{name}@example.com" for name in ("anna", "bram", "anna", "bram")]


async def test_a_move_that_was_overtaken_is_not_written_about(client: httpx.AsyncClient) -> None:
    event, move_id = await moved_for(client, "Anna")
    await move(event, DAY)

    with pytest.raises(moves.MovedAgain):
        await moves.mail(BOARD, move_id, now=clock.now())

    assert await letters() == []


async def test_only_who_manages_the_event_may(client: httpx.AsyncClient) -> None:
    event, move_id = await moved_for(client, "Anna")
    treasurer = Actor(person_id=None, roles=frozenset({"treasurer"}))
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    await execute('UPDATE event SET "group" = $2 WHERE id = $1', event.id, group.id)

    for actor in (Actor(person_id=1), treasurer, Actor(person_id=1, chairs=frozenset({0}))):
        with pytest.raises(NotFound):
            await moves.mail(actor, move_id, now=clock.now())
    with pytest.raises(NotFound):
        await moves.mail(BOARD, move_id + 1, now=clock.now())

    chair = Actor(person_id=1, chairs=frozenset({group.id}))
    assert (await moves.one(chair, move_id, now=clock.now())).event_id == event.id


async def test_two_who_press_at_once_write_once(client: httpx.AsyncClient) -> None:
    _, move_id = await moved_for(client, "Anna", "Bram", "Els")

    came = await asyncio.gather(
        *(moves.mail(BOARD, move_id, now=clock.now()) for _ in range(4)), return_exceptions=True
    )

    names = sorted(str(one) if isinstance(one, int) else type(one).__name__ for one in came)
    assert names == ["3", "NobodyBehind", "NobodyBehind", "NobodyBehind"]
    assert len(await letters()) == 3
    assert len(await execute(f"SELECT 1 {TRAIL}")) == 1


async def test_without_the_lock_both_would_say_that_they_wrote(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the letters stay single by their cause, the trail and the count do not."""
    _, move_id = await moved_for(client, "Anna", "Bram", "Els")
    both = asyncio.Barrier(2)

    async def no_lock(_event_id: int) -> None:
        await both.wait()

    posted = moves.outbox.post

    async def post(*arguments: object, **more: object) -> None:
        if "anna" in str(arguments[1]):
            await both.wait()
        await posted(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(moves.line, "lock", no_lock)
    monkeypatch.setattr(moves.outbox, "post", post)
    came = await asyncio.gather(
        *(moves.mail(BOARD, move_id, now=clock.now()) for _ in range(2)), return_exceptions=True
    )

    assert came == [3, 3]
    assert len(await letters()) == 3
    assert len(await execute(f"SELECT 1 {TRAIL}")) == 2


async def test_a_move_in_the_midst_of_the_writing_waits_for_it(client: httpx.AsyncClient) -> None:
    """Whoever is written to is told a time that is still true when the letter is owed."""
    event, move_id = await moved_for(client, "Anna")
    (lock, go) = (asyncio.Event(), asyncio.Event())

    async def write() -> None:
        async with transaction():
            await moves.mail(BOARD, move_id, now=clock.now())
            lock.set()
            await go.wait()

    writing = asyncio.create_task(write())
    await lock.wait()
    moving = asyncio.create_task(move(event, DAY))
    await asyncio.sleep(0.1)
    waits = not moving.done()
    go.set()
    await asyncio.gather(writing, moving)

    assert waits
    (found,) = await moves.coming(clock.now())
    assert [one.is_mailed for one in found.behind] == [False]  # of the newest move


async def test_whole_days_are_told_as_days(client: httpx.AsyncClient) -> None:
    said = moves.when(
        (datetime(2026, 11, 3, 23, tzinfo=UTC), datetime(2026, 11, 5, 23, tzinfo=UTC)),
        "nl",
        all_day=True,
    )

    assert said == "woensdag 4 november 2026 – donderdag 5 november 2026"


async def test_moves_of_long_ago_are_forgotten(client: httpx.AsyncClient) -> None:
    event = await coming_event()
    await move(event, HOUR)
    await keeping.tick(clock.now() + 399 * DAY)
    kept = await execute("SELECT 1 FROM event_move")
    await keeping.tick(clock.now() + 401 * DAY)

    assert [len(kept), len(await execute("SELECT 1 FROM event_move"))] == [1, 0]


@pytest.mark.parametrize(
    "values",
    [
        "starts_at = '20000-01-01', ends_at = '20001-01-01'",
        "ends_at = 'infinity'",
        "starts_at = '-infinity'",
    ],
)
async def test_a_move_to_an_absurd_time_hides_no_other(
    unguarded: None, client: httpx.AsyncClient, values: str
) -> None:
    event, absurd = await coming_event(1), await coming_event(2)
    await execute(f"UPDATE event SET {values} WHERE id = $1", absurd.id)
    await move(event, DAY)

    assert {one.event_id for one in await moves.coming(clock.now())} == {event.id, absurd.id}
