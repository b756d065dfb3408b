"""The door: each scan once, each person once, taken back, without a connection, by a helper."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.attendance import helpers, queries, rules, service
from server.attendance.queries import Guest
from server.attendance.service import Asked
from server.database import execute
from server.errors import Invalid, NotFound
from server.events import timetable
from server.events.refusals import PartWasHeld
from server.privacy import erasing
from server.registrations import codes, organising, tickets
from tables.accounts import Role, RoleGrant
from tables.attendance import Direction
from tests import factories
from tests.attendance.door import HOUR, PHONE, guest, inside, results, scan_of, today
from tests.clients import heading, sign_in, statements
from tests.factories import acting

pytestmark = pytest.mark.anyio


async def test_ticket_is_the_same_at_every_look(db: None) -> None:
    event_id, _ = await today()
    registration, code = await guest(event_id)

    again = await asyncio.gather(*(tickets.code_of(registration) for _ in range(5)))

    assert set(again) == {code}


async def test_the_same_scan_sent_again_says_the_same_and_counts_once(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    asked = scan_of(code)

    told = [await service.scan(SYSTEM, event_id, asked, now=clock.now()) for _ in range(3)]
    at_once = scan_of("nobody")
    await asyncio.gather(
        *(service.scan(SYSTEM, event_id, at_once, now=clock.now()) for _ in range(4))
    )

    assert {(one.id, one.result) for one in told} == {(told[0].id, "ok")}
    assert await results(event_id) == {"ok": 1, "unknown_code": 1}
    assert await inside(event_id) == 1


async def test_an_old_form_with_another_code_is_another_scan(db: None) -> None:
    (event_id, _), (other_id, _) = await today(), await today()
    (_, anna), (_, bram) = await guest(event_id, "Anna"), await guest(event_id, "Bram")
    nonce = uuid4()

    told = [
        await service.scan(SYSTEM, at_event, scan_of(code, nonce=nonce), now=clock.now())
        for at_event, code in ((event_id, anna), (event_id, bram), (other_id, anna))
    ]

    assert [(one.name, one.result) for one in told] == [
        ("Anna", "ok"),
        ("Bram", "ok"),
        ("", "other_event"),
    ]


async def test_each_day_of_an_event_begins_with_nobody_in(db: None) -> None:
    now = clock.now()
    whole = {"starts_at": now + HOUR, "ends_at": now + 54 * HOUR}
    event, _ = await factories.open_event(5, **whole)
    _, code = await guest(event.id)

    told = [
        (await service.scan(SYSTEM, event.id, scan_of(code), now=now + days * 24 * HOUR)).result
        for days in (0, 0, 1, 1)
    ]

    assert told == ["ok", "already_in", "ok", "already_in"]


async def scanned_by_two_desks(event_id: int, code: str) -> Counter[str]:
    await asyncio.gather(
        *(service.scan(SYSTEM, event_id, scan_of(code), now=clock.now()) for _ in range(6))
    )
    return await results(event_id)


async def test_two_desks_let_somebody_in_once(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)

    assert await scanned_by_two_desks(event_id, code) == {"ok": 1, "already_in": 5}


async def test_the_control_without_the_lock_lets_them_in_twice(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)

    async def unlocked(asked: Asked, part: int | None, *, since: datetime) -> Guest | None:
        found = await queries.by_code(asked.code, part, since=since)
        await asyncio.sleep(0.1)
        return found

    monkeypatch.setattr(service, "_held", unlocked)

    assert (await scanned_by_two_desks(event_id, code))["ok"] > 1


async def test_in_and_out_and_in_again_per_part(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    now = clock.now()
    values = {"title": "Workshop", "starts_at": now + HOUR, "ends_at": now + 2 * HOUR}
    part = await timetable.add(SYSTEM, event_id, values, now=now)

    told = []
    for direction, part_id in (
        ("in", None), ("in", None), ("out", part), ("in", part), ("out", None), ("in", None),
    ):  # fmt: skip
        asked = scan_of(code, direction=Direction(direction), part_id=part_id)
        told.append((await service.scan(SYSTEM, event_id, asked, now=clock.now())).result)

    assert told == ["ok", "already_in", "not_in", "ok", "ok", "ok"]
    other, _ = await today()
    elsewhere = await service.scan(SYSTEM, other, scan_of(code, part_id=part), now=clock.now())
    assert elsewhere.result == "unknown_part"


async def test_part_where_people_went_in_stays(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    now = clock.now()
    values = {"title": "Workshop", "starts_at": now + HOUR, "ends_at": now + 2 * HOUR}
    part = await timetable.add(SYSTEM, event_id, values, now=now)
    await service.scan(SYSTEM, event_id, scan_of(code, part_id=part), now=now)

    with pytest.raises(PartWasHeld):
        await timetable.remove(SYSTEM, part)

    assert [await inside(event_id), await inside(event_id, part)] == [0, 1]


async def test_scan_taken_back_is_as_if_it_had_not_been(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    first = await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())

    await service.undo(SYSTEM, first.id, event_id=event_id, now=clock.now())
    with pytest.raises(NotFound):
        await service.undo(SYSTEM, first.id, event_id=event_id, now=clock.now())

    assert await inside(event_id) == 0
    again = await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())
    assert again.is_ok


async def test_nobody_else_stands_at_the_desk(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    anna = acting(await factories.member("Els"))

    with pytest.raises(NotFound):
        await service.scan(anna, event_id, scan_of(code), now=clock.now())
    with pytest.raises(NotFound):
        await helpers.give(anna, event_id, "Els", now=clock.now())
    assert await results(event_id) == {}


async def test_helper_by_office_has_one_desk_and_makes_no_helpers(
    client: httpx.AsyncClient,
) -> None:
    (event_id, slug), (_, other) = await today(), await today()
    who = await factories.known("Els")
    await RoleGrant(
        person=who.id, role=Role.check_in, from_on=factories.LONG_AGO, event=event_id
    ).save()
    await sign_in(client, who)

    assert f"/board/events/{slug}/check-in" in (await client.get("/me")).text
    desk = await client.get(f"/board/events/{slug}/check-in")
    assert (desk.status_code, "/sheet" in desk.text, "/helpers" in desk.text) == (200, True, False)
    for path in (f"{slug}/check-in/helpers", f"{other}/check-in"):
        assert (await client.get(f"/board/events/{path}")).status_code == 404
    gave = await client.post(f"/board/events/{slug}/check-in/helpers", data={"label": ""})
    assert gave.status_code == 404


async def test_link_of_a_helper_opens_one_desk_until_it_ends(client: httpx.AsyncClient) -> None:
    (event_id, slug), (other_id, _) = await today(), await today()
    _, code = await guest(event_id)
    board = acting(await factories.carla(), roles=("board",))
    token = await helpers.give(board, event_id, " Jan  bij de deur ", now=clock.now())
    desk = f"/check-in/{token}"

    page = await client.get(desk)
    done = await client.post(desk, data={"code": code, "device": str(PHONE), "nonce": str(uuid4())})
    shown = await client.get(done.headers["location"])

    assert (page.status_code, "Ontvangst" in heading(page)) == (200, True)
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert ["Anna is binnen." in shown.text, "1 van 1 binnen" in shown.text] == [True, True]
    [scan] = await queries.latest(event_id)
    assert scan.by == "Jan bij de deur"
    assert f"{desk}/scans/{scan.id}/undoing" in shown.text
    helper, _ = await helpers.entered(token, now=clock.now())
    with pytest.raises(NotFound):
        await service.scan(helper, other_id, scan_of(code), now=clock.now())
    with pytest.raises(NotFound):
        await helpers.give(helper, event_id, "Vriend", now=clock.now())

    [link] = await helpers.open_ones(event_id, now=clock.now())
    await helpers.revoke(board, link.id, now=clock.now())
    assert (await client.get(desk)).status_code == 404
    late = await helpers.give(board, event_id, "Morgen", now=clock.now())
    with pytest.raises(NotFound):
        await helpers.entered(late, now=link.expires_at)
    for label, now in (("  ", clock.now()), ("Te laat", link.expires_at)):
        with pytest.raises(Invalid):
            await helpers.give(board, event_id, label, now=now)
    month = timedelta(days=30)
    moved = {"starts_at": clock.now() + month, "ends_at": clock.now() + month + HOUR}
    await organising.change_event(board, event_id, moved, now=clock.now())
    assert (await helpers.entered(late, now=clock.now() + month))[1] == slug


async def test_board_finds_by_name_and_the_script_gets_json(client: httpx.AsyncClient) -> None:
    event_id, slug = await today()
    await guest(event_id, "Anna")
    _, code = await guest(event_id, "Bram")
    await sign_in(client, await factories.carla())
    desk = f"/board/events/{slug}/check-in"

    named = await client.post(desk, data={"code": "anna"})
    found = await client.get(named.headers["location"])
    assert ["Gevonden bij" in found.text, "Anna" in found.text] == [True, True]
    [anna] = await queries.found(event_id, "anna", None, since=rules.day_began(clock.now()))
    registration = anna.registration_id
    await client.post(desk, data={"registration": str(registration), "nonce": str(uuid4())})
    sent = {"code": codes.shown(code), "device": str(PHONE), "nonce": str(uuid4())}
    early = (clock.now() - HOUR).isoformat()
    accept = {"accept": "application/json"}
    told = [
        (await client.post(desk, data={**sent, "at": early}, headers=accept)).json()
        for _ in range(2)
    ]

    assert told[0] == told[1]
    assert (told[0]["result"], told[0]["words"], told[0]["is_ok"]) == (
        "ok",
        "Bram is binnen.",
        True,
    )
    assert told[0]["at"].startswith(early[:16])
    long_name = await client.post(desk, data={"code": "Hendriks"})  # as long as a code
    assert long_name.headers["location"] == f"{desk}?q=Hendriks"
    assert "2 van 2 binnen" in (await client.get(desk)).text
    sheet = await client.get(f"{desk}/sheet")
    assert ["Anna" in sheet.text, "Bram" in sheet.text] == [True, True]
    empty = await client.post(desk, data={"code": " "})
    assert empty.headers["location"] == desk


async def test_desk_costs_as_much_for_a_thousand(client: httpx.AsyncClient) -> None:
    event_id, slug = await today(2000)
    await sign_in(client, await factories.carla())
    few = await statements(client, "GET", f"/board/events/{slug}/check-in?q=a")
    for n in range(30):
        await guest(event_id, f"Aanwezig{n}")
    await service.scan(SYSTEM, event_id, scan_of("x"), now=clock.now())

    assert await statements(client, "GET", f"/board/events/{slug}/check-in?q=a") == few


async def test_ticket_is_shown_to_a_confirmed_place_only(client: httpx.AsyncClient) -> None:
    event_id, _ = await today(1)
    _, code = await guest(event_id, "Anna")
    await guest(event_id, "Bram")
    rows = await execute("SELECT code FROM registration ORDER BY id")

    page = await client.get(f"/registrations/{rows[0]['code']}/ticket")
    paper = await client.get(f"/registrations/{rows[0]['code']}/ticket.pdf")
    waiting = await client.get(f"/registrations/{rows[1]['code']}/ticket")

    assert [codes.shown(code) in page.text, "<svg" in page.text] == [True, True]
    assert paper.content.startswith(b"%PDF")
    assert (page.headers["referrer-policy"], waiting.status_code) == ("no-referrer", 404)
    assert "/ticket" in (await client.get(f"/registrations/{rows[0]['code']}")).text
    assert "/ticket" not in (await client.get(f"/registrations/{rows[1]['code']}")).text


async def test_ticket_goes_and_presence_stays_when_somebody_is_erased(db: None) -> None:
    event_id, _ = await today()
    _, code = await guest(event_id)
    await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())
    await execute("UPDATE event SET starts_at = now() - interval '3 days',"
                  " ends_at = now() - interval '2 days'")  # fmt: skip
    await execute("UPDATE membership SET ends_on = current_date - 1")
    person = (await execute("SELECT person FROM registration"))[0]["person"]
    board = acting(await factories.carla(), roles=("board",))

    await erasing.erase(board, person, now=clock.now())

    assert await execute("SELECT 1 FROM ticket") == []
    assert (await execute("SELECT by FROM scan"))[0]["by"] == "systeem"
    await execute("UPDATE scan SET by = 'Bram'")
    await erasing.erase(board, (await factories.known("Bram")).id, now=clock.now())
    assert (await execute("SELECT by FROM scan"))[0]["by"] == ""
    [scan] = await execute("SELECT code, result FROM scan")
    assert scan == {"code": "", "result": "ok"}
