"""Who was there: drawn up from scans, ticked, corrected, objected to, settled; each step told."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import Actor
from server.attendance import correcting, drawing_up, objecting, presence
from server.attendance.correcting import Correction
from server.attendance.refusals import (
    ListSettled,
    NoListYet,
    NotOverYet,
    ObjectedAlready,
    ObjectionsOpen,
    StillTimeToObject,
    TooLateToObject,
)
from server.database import execute
from server.errors import Invalid, NotFound, WrongState
from server.events import timetable
from server.events.refusals import PartWasHeld, WasHeld
from server.privacy import erasing
from server.registrations import organising
from tests import factories
from tests.attendance.cast import BOARD, IN, OUT, Day, day
from tests.clients import heading, letters, sign_in, statements

pytestmark = pytest.mark.anyio
WEEK = timedelta(days=8)


async def minutes_of(event: Day) -> dict[str, int]:
    return {one.display_name: one.minutes for one in await presence.of_event(event.id)}


async def kinds() -> list[str]:
    return sorted(kind for kind, _ in await letters())


async def objected(event: Day, name: str, words: str = "Ik was er wel.") -> None:
    who = event.people[name]
    await objecting.make(Actor(name=name), event.id, who, words, now=clock.now())


async def shown() -> Day:
    event = await day()
    await event.comes("Anna", (0, IN), (4, OUT))
    await event.comes("Bram")
    await event.drawn_up()
    await drawing_up.show(BOARD, event.id, now=clock.now())
    return event


async def test_list_is_made_of_scans_and_takes_in_what_comes_later(db: None) -> None:
    event = await day()
    await event.comes("Anna", (0, IN), (4, OUT))
    await event.comes("Bram", (-0.5, IN))
    await event.comes("Cora")

    first = await event.drawn_up()
    await event.scan("Cora", 3.5)
    second = await event.drawn_up()
    third = await event.drawn_up()

    assert (first, second, third) == (3, 1, 0)
    assert await minutes_of(event) == {"Anna": 180, "Bram": 240, "Cora": 90}
    (anna, *_) = await presence.of_event(event.id)
    assert [(p.minutes, p.presence) for p in anna.parts] == [
        (120, "present"),
        (60, "present"),
        (60, "partly"),
    ]
    assert "presence_shown" not in await kinds()


async def test_a_way_in_that_comes_in_after_the_way_out_counts(db: None) -> None:
    event = await day()
    await event.comes("Anna")
    await event.scan("Anna", 4, OUT)  # refused: nobody had heard of the way in yet
    await event.scan("Anna", 0, IN)
    await event.drawn_up()

    assert await minutes_of(event) == {"Anna": 180}


async def test_list_is_made_after_the_event_and_by_who_manages_it(db: None) -> None:
    event = await day()
    nobody = Actor(name="Dirk", roles=frozenset())
    before = event.starts_at + timedelta(hours=1)

    with pytest.raises(NotOverYet):
        await drawing_up.draw_up(BOARD, event.id, now=before)
    with pytest.raises(NotFound):
        await drawing_up.draw_up(nobody, event.id, now=clock.now())
    with pytest.raises(NoListYet):
        await drawing_up.show(BOARD, event.id, now=clock.now())


async def test_who_cancelled_since_is_not_on_it(db: None) -> None:
    event = await day()
    who = await event.comes("Anna", (0, IN))
    await event.drawn_up()
    await execute("UPDATE registration_line SET state = 'cancelled' WHERE person = $1", who)

    await event.drawn_up()

    assert await minutes_of(event) == {}


async def test_an_event_without_parts_is_one_whole(db: None) -> None:
    event = await day()
    await execute("DELETE FROM event_part")
    await event.comes("Anna", (1, IN))
    await event.drawn_up()
    await event.drawn_up()

    assert await minutes_of(event) == {"Anna": 240}


async def test_two_who_draw_up_at_once_make_one_list(db: None) -> None:
    event = await day()
    for name in ("Anna", "Bram", "Cora"):
        await event.comes(name, (0, IN))

    await asyncio.gather(*(event.drawn_up() for _ in range(4)))

    rows = await execute("SELECT count(*) AS n FROM attendance")
    assert rows[0]["n"] == 9


async def test_paper_list_changes_only_what_was_changed_on_it(db: None) -> None:
    event = await day()
    anna, bram = await event.comes("Anna", (0, IN)), await event.comes("Bram")
    await event.drawn_up()
    first, second = event.parts["first"], event.parts["second"]
    was = {(anna, first), (anna, second)}

    ticked = {(anna, first), (bram, first)}
    done = await correcting.tick_off(BOARD, event.id, ticked, was=was, now=clock.now())
    await event.drawn_up()

    assert done == 2
    assert await minutes_of(event) == {"Anna": 120, "Bram": 120}


async def test_who_left_the_list_meanwhile_stops_no_paper_list(db: None) -> None:
    event = await day()
    anna, bram = await event.comes("Anna"), await event.comes("Bram")
    await event.drawn_up()
    await execute("UPDATE registration_line SET state = 'cancelled' WHERE person = $1", bram)
    await event.drawn_up()

    ticked = {(person, event.parts["first"]) for person in (anna, bram)}
    done = await correcting.tick_off(BOARD, event.id, ticked, was=set(), now=clock.now())

    assert done == 1
    assert await minutes_of(event) == {"Anna": 120}


async def test_a_part_that_came_later_stops_no_correction(db: None) -> None:
    event = await day()
    anna = await event.comes("Anna", (0, IN))
    await event.drawn_up()
    part = {"kind": "content", "title": "Napraten"}
    part |= {"starts_at": event.starts_at, "ends_at": event.starts_at + timedelta(hours=1)}
    await timetable.add(BOARD, event.id, part, now=clock.now())

    excused = Correction({}, "Had zich afgemeld.", is_excused=True)
    await correcting.correct(BOARD, event.id, anna, excused, now=clock.now())

    assert await minutes_of(event) == {"Anna": 0}


async def test_who_was_at_all_of_a_part_that_was_shorter_was_there(db: None) -> None:
    event = await day()
    await event.comes("Anna", (0, IN), (1, OUT))
    await event.drawn_up()
    shorter = {"ends_at": event.starts_at + timedelta(hours=1)}
    await timetable.change(BOARD, event.parts["first"], shorter, now=clock.now())

    await event.drawn_up()

    (anna,) = await presence.of_event(event.id)
    assert [(part.minutes, part.presence) for part in anna.content] == [
        (60, "present"),
        (0, "absent"),
    ]


async def test_everybody_hears_their_own_minutes_once(db: None) -> None:
    event = await shown()
    rows = await execute(
        """SELECT kind, "values" ->> 'minutes' AS said FROM outbox_letter
        WHERE kind LIKE 'presence%' ORDER BY id"""
    )

    assert [tuple(row.values()) for row in rows] == [
        ("presence_shown", "3 uur"),
        ("presence_missed", None),
    ]
    with pytest.raises(WrongState):
        await drawing_up.show(BOARD, event.id, now=clock.now())


async def test_whose_minutes_change_after_that_is_told(db: None) -> None:
    event = await shown()
    await event.scan("Bram", 0)
    await event.drawn_up()
    await event.drawn_up()

    assert (await kinds()).count("presence_corrected") == 1


async def test_who_comes_on_the_list_later_hears_their_own_then(db: None) -> None:
    event = await shown()
    await event.comes("Cora", (0, IN))
    await event.drawn_up()
    await event.drawn_up()

    assert sorted(k for k in await kinds() if k.startswith("presence")) == [
        "presence_missed",
        "presence_shown",
        "presence_shown",
    ]


async def test_a_correction_needs_a_reason_and_fits_the_part(db: None) -> None:
    event = await shown()
    bram, first = event.people["Bram"], event.parts["first"]

    for there, reason in ((60, " "), (121, "x"), (-1, "x")):
        wrong = Correction({first: there}, reason)
        with pytest.raises(Invalid):
            await correcting.correct(BOARD, event.id, bram, wrong, now=clock.now())
    right = Correction({first: 60}, "Stond op papier.")
    await correcting.correct(BOARD, event.id, bram, right, now=clock.now())
    await correcting.correct(BOARD, event.id, bram, right, now=clock.now())

    assert (await minutes_of(event))["Bram"] == 60
    assert (await kinds()).count("presence_corrected") == 1
    await event.scan("Bram", 0)
    await event.drawn_up()
    sheet = await presence.of_person(event.id, bram)
    assert [part.minutes for part in sheet.parts] == [60, 60, 120]


async def test_an_objection_is_accepted_by_a_correction(db: None) -> None:
    event = await shown()
    await objected(event, "Bram")
    with pytest.raises(ObjectedAlready):
        await objected(event, "Bram")
    with pytest.raises(ObjectionsOpen):
        await drawing_up.settle(BOARD, event.id, now=clock.now() + WEEK)

    excused = Correction({}, "U had zich afgemeld.", is_excused=True)
    await correcting.correct(BOARD, event.id, event.people["Bram"], excused, now=clock.now())
    await drawing_up.settle(BOARD, event.id, now=clock.now() + WEEK)

    (found,) = await objecting.of_event(event.id)
    assert (found.state, found.answer) == ("accepted", "U had zich afgemeld.")
    assert (await presence.of_person(event.id, event.people["Bram"])).is_excused


async def test_an_objection_is_declined_with_a_reason(db: None) -> None:
    event = await shown()
    await objected(event, "Bram")
    (found,) = await objecting.of_event(event.id)

    with pytest.raises(Invalid):
        await objecting.decline(BOARD, found.id, "  ", now=clock.now())
    await objecting.decline(BOARD, found.id, "U stond nergens op.", now=clock.now())
    with pytest.raises(WrongState):
        await objecting.decline(BOARD, found.id, "Nog eens.", now=clock.now())

    assert "objection_declined" in await kinds()


async def test_it_settles_by_itself_once_nobody_may_object(db: None) -> None:
    event = await shown()

    with pytest.raises(StillTimeToObject):
        await drawing_up.settle(BOARD, event.id, now=clock.now())
    assert await drawing_up.tick(clock.now()) == 0
    assert await drawing_up.tick(clock.now() + WEEK) == 1
    assert await drawing_up.tick(clock.now() + WEEK) == 0

    assert await presence.is_settled(event.id)
    with pytest.raises(TooLateToObject):
        await objected(event, "Bram")
    with pytest.raises(ListSettled):
        await event.drawn_up()
    with pytest.raises(ListSettled):
        await correcting.tick_off(BOARD, event.id, set(), was=set(), now=clock.now())


async def test_settling_and_objecting_at_once_never_leave_an_objection_unread(db: None) -> None:
    for n in range(4):
        event = await day()
        await event.comes(f"Anna{n}")
        await event.drawn_up()
        await drawing_up.show(BOARD, event.id, now=clock.now())
        anna, later = event.people[f"Anna{n}"], clock.now() + WEEK
        await asyncio.gather(
            objecting.make(Actor(name="A"), event.id, anna, "x", now=clock.now()),
            drawing_up.settle(BOARD, event.id, now=later),
            return_exceptions=True,
        )
        has_open = any(one.is_open for one in await objecting.of_event(event.id))
        assert has_open != await presence.is_settled(event.id)


async def test_a_part_that_somebody_was_at_is_not_taken_away(db: None) -> None:
    event = await shown()

    with pytest.raises(PartWasHeld):
        await timetable.remove(BOARD, event.parts["second"])


async def test_what_was_held_is_neither_moved_nor_called_off(db: None) -> None:
    event = await shown()
    later, over = clock.now() + WEEK, event.starts_at + timedelta(hours=5)
    shorter = {"ends_at": event.starts_at + timedelta(minutes=90)}

    for refused in (
        organising.change_event(BOARD, event.id, {"ends_at": later}, now=clock.now()),
        organising.postpone_event(BOARD, event.id),
        organising.cancel_event(BOARD, event.id, reason="Te weinig.", now=clock.now()),
    ):
        with pytest.raises(WasHeld):
            await refused
    await timetable.change(BOARD, event.parts["first"], shorter, now=clock.now())
    words = {"title": "Pijndag 2026", "ends_at": over + timedelta(minutes=30)}
    await organising.change_event(BOARD, event.id, words, now=clock.now())


async def test_once_it_is_settled_its_times_stay_and_its_words_may_change(db: None) -> None:
    event = await shown()
    await drawing_up.settle(BOARD, event.id, now=clock.now() + WEEK)
    first, over = event.parts["first"], event.starts_at + timedelta(hours=5)
    part = {"kind": "content", "title": "Napraten", "starts_at": event.starts_at, "ends_at": over}

    for refused in (
        organising.change_event(
            BOARD, event.id, {"ends_at": over + timedelta(minutes=30)}, now=clock.now()
        ),
        timetable.change(BOARD, first, {"kind": "lunch"}, now=clock.now()),
        timetable.add(BOARD, event.id, part, now=clock.now()),
    ):
        with pytest.raises(WasHeld):
            await refused
    await timetable.change(BOARD, first, {"title": "Pijn en slaap"}, now=clock.now())
    await organising.change_event(BOARD, event.id, {"title": "Pijndag"}, now=clock.now())


async def test_who_is_erased_leaves_minutes_without_words(db: None) -> None:
    event = await shown()
    await objected(event, "Bram")
    bram = event.people["Bram"]
    reason = Correction({event.parts["first"]: 10}, "Bram was ziek.")
    await correcting.correct(BOARD, event.id, bram, reason, now=clock.now())

    await execute("DELETE FROM membership WHERE person = $1", bram)
    await erasing.erase(BOARD, bram, now=clock.now())

    rows = await execute("SELECT sum(minutes)::int AS n, max(reason) AS r FROM attendance"
                         " WHERE person = $1", bram)  # fmt: skip
    assert rows == [{"n": 10, "r": ""}]
    assert not await execute("SELECT 1 FROM presence_objection")


async def test_board_goes_through_it_page_by_page(client: httpx.AsyncClient) -> None:
    event = await day()
    await event.comes("Anna", (0, IN), (4, OUT))
    await event.comes("Bram")
    await sign_in(client, await factories.carla())
    base = f"/board/events/{event.slug}/presence"
    bram = event.people["Bram"]

    before = await client.get(base)
    await client.post(f"{base}/drawing-up")
    paper = await client.get(f"{base}/list")
    cell = f"{bram}-{event.parts['first']}"
    await client.post(f"{base}/list", data={"here": [cell, "x-y", "-"], "was": []})
    await client.post(f"{base}/showing")
    one = await client.get(f"{base}/{bram}")
    form = {f"minutes-{part}": "0" for part in event.parts.values()}
    odd = {**form, f"minutes-{event.parts['first']}": "veel", "reason": "Later."}
    wrong = await client.post(f"{base}/{bram}", data=odd)
    await client.post(f"{base}/{bram}", data={**form, "reason": "Later."})
    after = await client.get(base)

    assert "Maak de lijst uit de scans" in before.text
    assert heading(paper) == "Papieren lijst afvinken"
    assert "Overgenomen van de papieren lijst" in one.text
    assert wrong.status_code == 422
    assert "hele getallen" in wrong.text
    assert 'value="veel"' in wrong.text
    assert "kan bezwaar maken" in after.text or "bezwaar maken tot" in after.text
    assert await minutes_of(event) == {"Anna": 180, "Bram": 0}


async def test_participant_looks_and_objects_by_the_link(client: httpx.AsyncClient) -> None:
    event = await day()
    await event.comes("Anna", (0, IN), (4, OUT))
    await event.drawn_up()
    path = f"/registrations/{event.codes['Anna']}/presence"

    hidden = await client.get(path)
    await drawing_up.show(BOARD, event.id, now=clock.now())
    page = await client.get(path)
    empty = await client.post(f"{path}/objection", data={"words": " "})
    sent = await client.post(f"{path}/objection", data={"words": "Ik ging pas om vijf uur weg."})
    again = await client.get(path)
    own = await client.get(f"/registrations/{event.codes['Anna']}")

    assert hidden.status_code == 404
    assert heading(page) == "Uw aanwezigheid"
    assert "Samen 3 uur van 4 uur; pauzes tellen niet mee." in page.text
    assert empty.status_code == 422
    assert "Schrijf wat er niet klopt." in empty.text
    assert sent.status_code == 303
    assert "Ik ging pas om vijf uur weg." in again.text
    assert "<textarea" not in again.text
    assert f"{path}" in own.text


async def test_list_asks_as_many_statements_for_many(client: httpx.AsyncClient) -> None:
    event = await day()
    await event.comes("Anna", (0, IN))
    await sign_in(client, await factories.carla())
    await event.drawn_up()
    path = f"/board/events/{event.slug}/presence"
    few = await statements(client, "GET", path)
    for n in range(6):
        await event.comes(f"P{n}", (0, IN))
    await event.drawn_up()

    assert await statements(client, "GET", path) == few
