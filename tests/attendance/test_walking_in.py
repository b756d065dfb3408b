"""Who comes to the door without a place: unknown, waiting, unanswered, and when it is full."""

from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS
from server.attendance import helpers, queries, rules, walking_in
from server.attendance.walking_in import WalkIn
from server.database import execute
from server.errors import NotFound
from server.registrations import service as registrations
from server.registrations import strangers
from server.registrations.refusals import Full
from server.registrations.wishes import RegistrationForm
from tests import factories
from tests.attendance.door import guest, inside, results, today
from tests.clients import letters, sign_in, statements
from tests.factories import acting

pytestmark = pytest.mark.anyio


async def board() -> object:
    return acting(await factories.carla(), roles=("board",))


def somebody(name: str = "Els Vos", reason: str = "") -> WalkIn:
    address = name.lower().replace(" ", ".") + "@example.org"
    return WalkIn(key=uuid4(), name=name, email=address, reason=reason)


async def kinds() -> list[tuple[str, str]]:
    rows = await execute("SELECT kind, state FROM outbox_letter ORDER BY id")
    return [(row["kind"], row["state"]) for row in rows]


async def waits(event_id: int, name: str) -> int:
    who = acting(await factories.member(name))
    view = await registrations.register(who, event_id, RegistrationForm(), now=clock.now())
    await execute("UPDATE person SET search_key = $2 WHERE id = $1", who.person_id, name.lower())
    assert view.state == "waiting"
    return int(view.id)


async def test_a_stranger_gets_a_place_and_is_in_once(db: None) -> None:
    event_id, _ = await today()
    who, actor = somebody(), await board()

    first = await walking_in.walk_in(actor, event_id, who, now=clock.now())
    again = await walking_in.walk_in(actor, event_id, who, now=clock.now())

    assert (first.name, first.result, again.id) == ("Els Vos", "ok", first.id)
    assert await inside(event_id) == 1
    assert await kinds() == [("registration_confirmed", "queued")]


async def test_a_full_door_asks_why_and_keeps_nothing_without_a_reason(db: None) -> None:
    event_id, _ = await today(1)
    await guest(event_id)
    actor = await board()
    before = await execute("SELECT count(*) FROM person")

    with pytest.raises(Full):
        await walking_in.walk_in(actor, event_id, somebody(), now=clock.now())

    assert await execute("SELECT count(*) FROM person") == before
    done = await walking_in.walk_in(actor, event_id, somebody(reason="Spreker"), now=clock.now())
    assert (done.result, await inside(event_id)) == ("ok", 1)
    kept = await execute("SELECT reason FROM audit_entry WHERE action = 'place'")
    assert kept == [{"reason": "Spreker"}]
    assert (await kinds())[1:] == [
        ("registration_waiting", "dropped"),
        ("registration_confirmed", "queued"),
    ]


async def test_who_waits_is_given_a_free_place_at_the_door(db: None) -> None:
    event_id, _ = await today(1)
    first, _ = await guest(event_id)
    bram = await waits(event_id, "Bram")
    actor = await board()

    with pytest.raises(Full):
        await walking_in.admit(actor, event_id, bram, key=uuid4(), now=clock.now())
    await execute("UPDATE capacity_unit SET capacity = 2")
    done = await walking_in.admit(actor, event_id, bram, key=uuid4(), now=clock.now())

    assert (done.name, done.result) == ("Bram", "ok")
    other, _ = await today()
    with pytest.raises(NotFound):
        await walking_in.admit(actor, other, first, key=uuid4(), now=clock.now())


async def test_who_did_not_answer_the_mail_is_let_in_by_who_sees_them(db: None) -> None:
    event_id, _ = await today()
    await execute("UPDATE event SET registration_closes_at = now() + interval '1 hour'")
    form = RegistrationForm(name="Els Vos", email="els.vos@example.org")
    await strangers.ask(ANONYMOUS, event_id, form, now=clock.now())

    done = await walking_in.walk_in(await board(), event_id, somebody(), now=clock.now())

    assert done.result == "ok"
    assert await execute("SELECT state FROM registration_line") == [{"state": "confirmed"}]


async def test_helpers_see_who_waits_and_let_nobody_in_without_a_place(
    client: httpx.AsyncClient,
) -> None:
    event_id, _ = await today(1)
    await guest(event_id)
    bram = await waits(event_id, "Bram")
    actor = await board()
    token = await helpers.give(actor, event_id, "Jan", now=clock.now())

    found = await client.get(f"/check-in/{token}?q=bram")
    assert "Wachtlijst" in found.text
    assert ["admission" in found.text, "walk-in" in found.text] == [False, False]
    helper, _ = await helpers.entered(token, now=clock.now())
    for tried in (
        walking_in.walk_in(helper, event_id, somebody(), now=clock.now()),
        walking_in.admit(helper, event_id, bram, key=uuid4(), now=clock.now()),
    ):
        with pytest.raises(NotFound):
            await tried
    assert await results(event_id) == {}


async def test_the_board_does_it_in_the_browser(client: httpx.AsyncClient) -> None:
    event_id, slug = await today(1)
    await sign_in(client, await factories.carla())
    desk = f"/board/events/{slug}/check-in"

    nobody = await client.get(f"{desk}?q=nemo")
    assert f"{desk}/walk-in" in nobody.text
    typed = {"name": "Els Vos", "email": "els", "language": "nl", "key": str(uuid4())}
    wrong = await client.post(f"{desk}/walk-in", data=typed)
    assert (wrong.status_code, 'value="Els Vos"' in wrong.text) == (422, True)
    done = await client.post(f"{desk}/walk-in", data=typed | {"email": "els@example.org"})
    assert "Els Vos is binnen." in (await client.get(done.headers["location"])).text

    await waits(event_id, "Bram")
    full = {**typed, "name": "Sam Bos", "email": "sam@example.org", "key": str(uuid4())}
    asked = await client.post(f"{desk}/walk-in", data=full)
    assert (asked.status_code, "Er is geen plaats vrij." in asked.text) == (422, True)
    assert await execute("SELECT 1 FROM person WHERE email = 'sam@example.org'") == []
    why = await client.post(f"{desk}/walk-in", data=full | {"reason": "Komt invallen"})
    assert why.status_code == 303

    await execute("UPDATE capacity_unit SET capacity = 9")
    shown = await client.get(f"{desk}?q=bram")
    [bram] = await queries.found(event_id, "bram", None, since=rules.day_began(clock.now()))
    path = f"{desk}/admission/{bram.registration_id}"
    assert path in shown.text
    await client.post(path, data={"nonce": str(bram.nonce)})
    assert await inside(event_id) == 3
    assert len(await letters()) > 0


async def test_who_is_not_in_yet_is_a_list_of_as_many_statements_for_many(
    client: httpx.AsyncClient,
) -> None:
    event_id, slug = await today(50)
    await sign_in(client, await factories.carla())
    desk = f"/board/events/{slug}/check-in?missing=1"
    few = await statements(client, "GET", desk)
    assert "Er heeft nog niemand een plaats." in (await client.get(desk)).text
    for n in range(10):
        await guest(event_id, f"Afwezig{n}")

    assert await statements(client, "GET", desk) == few
    assert (await client.get(desk)).text.count(">Afwezig") >= 10


async def test_who_takes_part_from_home_is_not_missed_at_the_door(db: None) -> None:
    event_id, _ = await today(5)
    await guest(event_id)
    since = rules.day_began(clock.now())
    await execute("UPDATE event SET mode = 'hybrid'")
    assert len(await queries.missing(event_id, None, since=since)) == 1

    await execute("UPDATE capacity_unit SET kind = 'online'")

    assert await queries.missing(event_id, None, since=since) == []
    assert (await queries.numbers(event_id, None, since=since)).expected == 0
    assert await queries.expected(event_id) == []
    await execute("UPDATE event SET mode = 'online'")
    assert (await queries.numbers(event_id, None, since=since)).expected == 1
