"""The door over the API: batches that count once, with a token that opens the door alone."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from server import clock
from server.accounts import api_tokens
from server.accounts.api_tokens import TokenForm
from server.actors import SYSTEM, Actor
from server.attendance import service
from server.database import execute
from tables.accounts import Role, RoleGrant
from tables.attendance import ScanResult
from tables.people import Person
from tests import factories
from tests.attendance.door import HOUR, PHONE, guest, inside, results, scan_of, today
from tests.attendance.test_door_parts import workshop_of

pytestmark = pytest.mark.anyio
FAR = timedelta(days=30)


async def scanner(who: Person, **holds: frozenset[object]) -> dict[str, str]:
    """The header of a token of somebody's for doors, and for nothing else."""
    now = clock.now()
    owner = Actor(person_id=who.id, signed_in_at=now, proved_at=now, **holds)  # type: ignore[arg-type]
    token = await api_tokens.make(owner, TokenForm("Scanner", ("check-in",), 30), now=now)
    return {"authorization": f"Bearer {token}"}


async def helper_of(event_id: int) -> dict[str, str]:
    """The token of a helper at the door of one event."""
    who = await factories.known("Els")
    grant = RoleGrant(person=who.id, role=Role.check_in, from_on=factories.LONG_AGO)
    grant.event = event_id
    await grant.save()
    return await scanner(who, checks_in=frozenset({event_id}))


async def test_a_batch_sent_again_gets_the_same_answers_and_counts_once(
    client: httpx.AsyncClient,
) -> None:
    (event_id, slug), (_, elsewhere) = await today(), await today()
    (_, anna), (_, bram) = await guest(event_id, "Anna"), await guest(event_id, "Bram")
    token = await helper_of(event_id)
    at = clock.now() - 3 * HOUR  # by a clock that is an hour slow
    marks = [str(uuid4()) for _ in range(4)]
    scans = [
        {"nonce": mark, "code": code, "at": at.isoformat()}
        for mark, code in zip(marks, (anna, anna.lower(), bram, "ZZZZ 9999"), strict=True)
    ]
    batch = {"device": str(PHONE), "sent_at": (clock.now() - HOUR).isoformat(), "scans": scans}

    told = [
        await client.post(f"/api/events/{slug}/scans", json=batch, headers=token) for _ in range(2)
    ]

    assert [one.status_code for one in told] == [200, 200]
    assert told[0].json() == told[1].json()
    assert [(one["nonce"], one["result"], one["name"]) for one in told[0].json()] == [
        (marks[0], "ok", "Anna"),
        (marks[1], "already_in", "Anna"),
        (marks[2], "ok", "Bram"),
        (marks[3], "unknown_code", ""),
    ]
    assert told[0].json()[0]["words"] == "Anna is binnen."
    [first] = await execute("SELECT at FROM scan ORDER BY id LIMIT 1")
    assert abs(first["at"] - (clock.now() - 2 * HOUR)) < timedelta(minutes=1)
    assert await results(event_id) == {"ok": 2, "already_in": 1, "unknown_code": 1}
    other = await client.post(f"/api/events/{elsewhere}/scans", json=batch, headers=token)
    assert other.status_code == 404


async def test_page_and_program_share_one_list_of_reasons_and_one_count(
    client: httpx.AsyncClient,
) -> None:
    event_id, slug = await today()
    _, code = await guest(event_id)
    part, _ = await workshop_of(event_id)
    token = await helper_of(event_id)
    asked = scan_of(code)
    by_page = await service.scan(SYSTEM, event_id, asked, now=clock.now())

    scans = [
        {"nonce": str(asked.nonce), "code": code},
        {"nonce": str(uuid4()), "code": code, "part_id": part},
        {"nonce": str(uuid4()), "code": code, "part_id": 2**40},
    ]
    batch = {"device": str(asked.device), "scans": scans}
    told = await client.post(f"/api/events/{slug}/scans", json=batch, headers=token)
    seen = (await client.get(f"/api/events/{slug}/door", headers=token)).json()

    assert [one["result"] for one in told.json()] == ["ok", "not_for_part", "unknown_part"]
    assert told.json()[0]["id"] == by_page.id
    assert {one["result"] for one in told.json()} <= {one.value for one in ScanResult}
    assert (seen["expected"], seen["inside"]) == (1, 1)
    assert [(one["id"], one["asks_place"]) for one in seen["parts"]] == [(part, True)]
    assert "Anna" not in str(seen)


async def test_a_scan_is_taken_back_once_and_at_its_own_door(client: httpx.AsyncClient) -> None:
    (event_id, slug), (other_id, other) = await today(), await today()
    _, code = await guest(event_id)
    token = await helper_of(event_id)
    who = await factories.carla()
    board = await scanner(who, held=frozenset({"board"}), roles=frozenset({"board"}))
    scan = await service.scan(SYSTEM, event_id, scan_of(code), now=clock.now())

    answers = [
        (await client.post(f"/api/events/{at}/scans/{scan.id}/undoing", headers=by)).status_code
        for at, by in ((other, board), (slug, token), (slug, token))
    ]

    assert answers == [404, 204, 404]
    assert (await inside(event_id), await results(other_id)) == (0, {})


async def test_a_token_for_doors_opens_no_other_and_nothing_else(
    client: httpx.AsyncClient,
) -> None:
    _, slug = await today()
    who = await factories.carla()
    token = await scanner(who, held=frozenset({"board"}), roles=frozenset({"board"}))
    door = f"/api/events/{slug}/door"

    held = await client.get(door, headers=token)
    others = [
        (await client.get("/api/me", headers=token)).status_code,
        (await client.post(f"/api/events/{slug}/cancellation", headers=token, json={})).status_code,
        (await client.get(f"/api/fees/{clock.today().year}", headers=token)).status_code,
    ]

    assert (held.status_code, others) == (200, [403, 403, 403])
    assert (await client.get(door)).status_code == 401
    await execute("UPDATE role_grant SET until_on = current_date - 3")
    assert (await client.get(door, headers=token)).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"scans": [{"nonce": "x", "code": "A"}]},
        {"scans": [{"nonce": str(uuid4()), "direction": "up"}]},
        {"scans": [{"nonce": str(uuid4())}] * 201},
        {"scans": [{"nonce": str(uuid4()), "code": "A" * 201}]},
        {"scans": [{"nonce": str(uuid4()), "registration_id": 1}]},
        {"device": "mine", "scans": []},
    ],
)
async def test_what_is_no_scan_is_refused_whole(
    client: httpx.AsyncClient, wrong: dict[str, object]
) -> None:
    event_id, slug = await today()
    token = await helper_of(event_id)

    told = await client.post(f"/api/events/{slug}/scans", json=wrong, headers=token)

    assert (told.status_code, await results(event_id)) == (400, {})
