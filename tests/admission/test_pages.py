"""The pages of terms, codes, payments, one registration, a list and a place handed on."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, SYSTEM
from server.admission import codes, dues, terms
from server.database import execute
from server.events.terms import Terms
from server.registrations import queries, service
from server.registrations.wishes import RegistrationForm
from tables.accounts import Role, RoleGrant
from tables.events import Event
from tests import factories
from tests.clients import heading, human, sign_in, statements
from tests.factories import LONG_AGO

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("in_use")]


async def coming(capacity: int = 2, **values: object) -> Event:
    """An event in a month."""
    begins = clock.now() + timedelta(days=30)
    given = {"starts_at": begins, "ends_at": begins + timedelta(hours=6), **values}
    event, _ = await factories.open_event(capacity, **given)
    return event


async def comes(event: Event, name: str) -> queries.RegistrationView:
    who = factories.acting(await factories.known(name))
    return await service.register(who, event.id, RegistrationForm(), now=clock.now())


async def test_the_board_sets_terms_and_bad_ones_come_back_as_typed(
    client: httpx.AsyncClient,
) -> None:
    event = await coming()
    path = f"/board/events/{event.slug}/terms"
    await sign_in(client, await factories.carla())
    bad = {"member_price": "duur", "other_price": "95,00"}
    order = {"other_opens_at": "2027-02-02T10:00", "other_closes_at": "2027-02-01T10:00"}

    wrong, turned = await client.post(path, data=bad), await client.post(path, data=order)
    good = await client.post(path, data={"member_price": "€ 25", "other_price": "95.5"})
    shown = await client.get(path)
    page = await client.get(f"/events/{event.slug}")

    assert (wrong.status_code, turned.status_code, good.status_code) == (422, 422, 303)
    assert 'value="duur"' in wrong.text and 'value="95,00"' in wrong.text
    assert {one.ticket_class: one.price_cents for one in await terms.of_event(event.id)} == {
        **{"speaker": 0, "member": 2500},
        **{"partner": 0, "other": 9550},
    }
    assert 'value="95,50"' in shown.text
    assert "€ 95,50" in page.text.replace("\xa0", " ")


async def test_the_board_makes_a_code_and_somebody_comes_by_its_link(
    client: httpx.AsyncClient,
) -> None:
    event = await coming(members_only_registration=True)
    path = f"/board/events/{event.slug}/codes"
    await sign_in(client, await factories.carla())
    wrong = await client.post(path, data={"label": "", "ticket_class": "other", "uses": "0"})
    await client.post(path, data={"label": "Sponsor", "ticket_class": "partner", "uses": "1"})
    [code] = await codes.of_event(event.id)
    await client.post("/sign-out")

    register = f"/events/{event.slug}/registration"
    closed, opened = await client.get(register), await client.get(f"{register}?code={code.code}")
    typed = human(name="Sam", email="sam@example.net", code="FOUT", key="", remark="Ik kom.")
    refused = await client.post(register, data=typed)
    asked = await client.post(register, data={**typed, "code": code.code})

    assert wrong.status_code == 422
    assert ('name="email"' in closed.text, 'name="email"' in opened.text) == (False, True)
    assert refused.status_code == 422 and "Ik kom." in refused.text
    assert "kennen wij niet" in refused.text
    assert asked.headers["location"].endswith("/registration/asked")
    [row] = await execute("SELECT code, invitation FROM registration")
    assert (row["invitation"], [one.used for one in await codes.of_event(event.id)]) == (
        code.id,
        [0],
    )
    await client.post(f"/registrations/{row['code']}/verification")
    assert [one.used for one in await codes.of_event(event.id)] == [1]


async def test_the_treasurer_marks_on_the_page_and_nobody_else_sees_it(
    client: httpx.AsyncClient,
) -> None:
    event = await coming()
    await terms.set_all(SYSTEM, event.id, [Terms("other", price_cents=9500)], now=clock.now())
    await comes(event, "Gast")
    path = f"/board/events/{event.slug}/fees"
    await sign_in(client, await factories.dirk())
    refused = await client.get(path)
    treasurer = await factories.known("Penning")
    await RoleGrant(person=treasurer.id, role=Role.treasurer, from_on=LONG_AGO).save()
    await sign_in(client, treasurer)
    [due] = await dues.of_event(event.id)

    page = await client.get(path)
    empty = await client.post(f"{path}/{due.id}/waiver", data={"reason": ""})
    done = await client.post(f"{path}/{due.id}/marks/payment")
    twice = await client.post(f"{path}/{due.id}/marks/payment")

    assert refused.status_code == 404
    assert heading(page).startswith("Betalingen")
    assert (empty.status_code, done.status_code, twice.status_code) == (422, 303, 409)
    assert [one.state for one in await dues.of_event(event.id)] == ["paid"]


async def test_more_than_there_is_only_with_a_reason(client: httpx.AsyncClient) -> None:
    event = await coming(1)
    await comes(event, "Heeft")
    waits = await comes(event, "Wacht")
    path = f"/board/events/{event.slug}/registrations/{waits.id}"
    await sign_in(client, await factories.carla())
    unit = {"unit_id": str(waits.unit_id)}

    full = await client.post(f"{path}/place", data=unit)
    silent = await client.post(f"{path}/place", data={**unit, "over": "y", "reason": " "})
    done = await client.post(f"{path}/place", data={**unit, "over": "y", "reason": "Spreker."})

    assert (full.status_code, silent.status_code, done.status_code) == (409, 422, 303)
    assert (await queries.get(waits.code)).state == "confirmed"
    [row] = await execute("SELECT reason FROM audit_entry WHERE reason = 'Spreker.'")
    assert row["reason"]


async def test_who_asks_is_let_in_or_hears_why_not(client: httpx.AsyncClient) -> None:
    event = await coming(needs_approval=True)
    one, two = await comes(event, "Een"), await comes(event, "Twee")
    await sign_in(client, await factories.carla())
    path = f"/board/events/{event.slug}/registrations"

    board = await client.get("/board")
    silent = await client.post(f"{path}/{one.id}/rejection", data={"reason": ""})
    await client.post(f"{path}/{one.id}/rejection", data={"reason": "Vol."})
    await client.post(f"{path}/{two.id}/approval")

    assert "wacht op uw ja of nee" in board.text
    assert silent.status_code == 422
    states = [(await queries.get(view.code)).state for view in (one, two)]
    assert states == ["rejected", "confirmed"]


async def test_a_place_is_handed_on_by_its_link(client: httpx.AsyncClient) -> None:
    event = await coming()
    giver = await comes(event, "Gever")
    path = f"/registrations/{giver.code}/hand-over"

    page = await client.get(path)
    wrong = await client.post(path, data={"name": "Col Lega", "email": "nee"})
    await client.post(path, data={"name": "Col Lega", "email": "col@example.net"})
    [row] = await execute(
        "SELECT values->>'url' AS url FROM outbox_letter WHERE kind = 'place_for_you'"
    )
    link = "/hand-over/" + row["url"].rpartition("/")[2]
    looked = await client.get(link)
    taken = await client.post(f"{link}/acceptance")
    again = await client.post(f"{link}/acceptance")

    assert heading(page) == "Uw plaats aan een collega geven"
    assert (wrong.status_code, 'value="nee"' in wrong.text) == (422, True)
    assert "Gever" in looked.text
    assert (taken.status_code, again.status_code) == (303, 409)
    assert (await queries.get(giver.code)).state == "cancelled"


async def test_a_list_is_looked_at_and_then_registered(client: httpx.AsyncClient) -> None:
    event = await coming(1)
    path = f"/board/events/{event.slug}/registration/list"
    await sign_in(client, await factories.carla())
    csv = "Naam;E-mail\nEen;een@example.net\nTwee;twee@example.net\nDrie;geen\n"

    without = await client.post(path, files={"file": ("a.csv", b"")})
    strange = await client.post(path, files={"file": ("a.csv", b"A;B\n1;2\n")})
    looked = await client.post(path, files={"file": ("a.csv", csv.encode())})
    nobody = await queries.of_event(event.id)
    lines = looked.text.partition('name="lines" value="')[2].partition('"')[0]
    done = await client.post(path, data={"lines": lines.replace("&#34;", '"')})

    assert (without.status_code, strange.status_code, looked.status_code) == (422, 422, 200)
    assert (nobody, done.status_code) == ([], 200)
    assert "zijn er 2 aangemeld" in done.text and "Overgeslagen" in done.text
    assert [view.state for view in await queries.of_event(event.id)] == ["confirmed", "waiting"]


async def test_one_and_many_cost_the_same(client: httpx.AsyncClient) -> None:
    event = await coming(200)
    await terms.set_all(SYSTEM, event.id, [Terms("other", price_cents=9500)], now=clock.now())
    first = await comes(event, "P0")
    treasurer = await factories.carla()
    await sign_in(client, treasurer)
    await RoleGrant(person=treasurer.id, role=Role.treasurer, from_on=LONG_AGO).save()
    paths = [
        f"/board/events/{event.slug}/{at}" for at in ("fees", "codes", f"registrations/{first.id}")
    ]
    before = [await statements(client, "GET", path) for path in paths]
    for n in range(1, 30):
        await comes(event, f"P{n}")
        given_code = {"label": "x", "ticket_class": "other", "uses": None, "expires_at": None}
        await codes.make(SYSTEM, event.id, given_code, now=clock.now())

    assert [await statements(client, "GET", path) for path in paths] == before


async def test_wishes_are_kept_and_acted_on_at_once(client: httpx.AsyncClient) -> None:
    event = await coming(1)
    holder, waits = await comes(event, "Heeft"), await comes(event, "Wacht")

    await client.post(f"/registrations/{waits.code}/wishes", data={"auto_accept": "y"})
    await service.cancel(ANONYMOUS, holder.code, now=clock.now())

    assert (await queries.get(waits.code)).state == "confirmed"
