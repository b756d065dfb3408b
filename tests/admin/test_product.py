"""The product's own desks, through its own front door."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.accounts.service import sign_in_url
from server.admin import DESKS
from server.database import execute
from server.web.admin_kit import names
from server.web.admin_kit.links import admin_list, admin_row
from tables.accounts import Role, RoleGrant
from tests.admin.conftest import HOST
from tests.conftest import product
from tests.factories import NOON, event, person

pytestmark = pytest.mark.anyio
API = "/admin/api/tables"


@pytest.fixture
async def carla(db: None) -> AsyncIterator[httpx.AsyncClient]:
    """A board member, signed in by a link as everybody is."""
    row = await person("Bos")
    await RoleGrant(person=row.id, role=Role.board, from_on=date(2020, 1, 1)).save()
    app = product()
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        await browser.post(await sign_in_url(row.id, carries_proof=True, now=clock.now()))
        yield browser


async def test_every_desk_answers_every_question(carla: httpx.AsyncClient) -> None:
    wrong = []
    for desk in filter(None, (one.of(frozenset({"board"})) for one in DESKS)):
        address = f"{API}/{names.address('nl', desk.name)}"
        await execute("DELETE FROM rate_limit")  # nobody asks as much as this in a minute
        shown = (await carla.get(f"{address}/schema/")).json()["extra"]
        questions = ["", "new/", "count/", "ids/?limit=6&search=a", "references/", "csv/"]
        questions += [f"?__order={name}&__readable=true" for name in desk.list_columns]
        questions += [f"?{name}__operator=not_null" for name in shown["visible_filter_names"]]
        answers = [await carla.get(f"{address}/{question}") for question in questions]
        wrong += [(a.status_code, str(a.url)) for a in answers if a.status_code != 200]
        assert shown["link_column_name"] in shown["visible_column_names"]

    assert wrong == []


async def test_the_board_makes_an_event_and_publishes_it(carla: httpx.AsyncClient) -> None:
    day = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(hours=6)).isoformat()}
    new = (await carla.get(f"{API}/activiteiten/new/")).json()

    made = await carla.post(f"{API}/activiteiten/", json={**new, "title": "Pijndag", **day})
    (row,) = made.json()
    address = f"{API}/activiteiten/{row['id']}/"
    form = (await carla.get(address)).json()
    saved = await carla.patch(
        address, json={"revision": form["revision"], "state": "published", "room": "Aula"}
    )
    page = await carla.get(form["_page"])

    (event,) = await execute("SELECT state, room, published_at FROM event")
    lines = await execute(
        "SELECT action, actor FROM audit_entry WHERE entity = 'event' ORDER BY id"
    )
    assert (made.status_code, saved.status_code, page.status_code) == (201, 200, 200)
    assert (event["state"], event["room"]) == ("published", "Aula")
    assert event["published_at"] is not None
    assert [line["action"] for line in lines] == ["create", "change", "publish"]
    assert {line["actor"] for line in lines} == {"Bos"}


async def test_the_front_door_and_the_admin_agree_on_headers(carla: httpx.AsyncClient) -> None:
    answer = await carla.get("/admin/")

    names = [name for name, _ in answer.headers.multi_items()]
    assert answer.status_code == 200
    assert len(names) == len(set(names))
    assert "style-src 'self' 'unsafe-inline'" in answer.headers["content-security-policy"]


def test_a_page_can_say_where_its_row_stands() -> None:
    assert admin_row("event", 12) == "/admin/#/activiteiten/12/"
    assert admin_row("event", 12, "en") == "/admin/#/events/12/"
    assert admin_list("person") == "/admin/#/personen/"


async def test_accepting_in_the_admin_writes_to_the_speaker(carla: httpx.AsyncClient) -> None:
    els, day = await person("Els"), await event(title="Congres")
    await execute("UPDATE person SET email = 'els@example.org' WHERE id = $1", els.id)
    (call,) = await execute(
        "INSERT INTO call (event, title, opens_at, closes_at)"
        " VALUES ($1, 'Oproep', $2, $3) RETURNING id",
        *(day.id, NOON - timedelta(days=900), NOON - timedelta(days=800)),
    )
    (talk,) = await execute(
        "INSERT INTO proposal (call, code, state, told_state, title)"
        " VALUES ($1, 'ABC', 'submitted', 'submitted', 'Pijn en slaap') RETURNING id",
        call["id"],
    )
    await execute(
        "INSERT INTO proposal_speaker (proposal, person, agreed_at) VALUES ($1, $2, now())",
        *(talk["id"], els.id),
    )
    address = f"{API}/voorstellen/{talk['id']}/"

    answer = await carla.patch(address, json={"revision": 1, "state": "accepted"})

    letters = await execute("SELECT address, person FROM outbox_letter")
    assert (answer.status_code, answer.json().get("custom_form_error")) == (200, None)
    assert answer.json()["state"] == "accepted"
    assert letters == [{"address": "els@example.org", "person": els.id}]


async def test_the_audit_trail_is_in_words_and_leads_to_the_row(carla: httpx.AsyncClient) -> None:
    made = await carla.post(f"{API}/locaties/", json={"name": "Domus"})
    (venue,) = made.json()

    listed = (await carla.get(f"{API}/logboek/?entity=venue")).json()["rows"]
    line = (await carla.get(f"{API}/logboek/{listed[0]['id']}/")).json()

    assert [(row["action"], row["entity"]) for row in listed] == [("gemaakt", "locaties")]
    assert (line["action"], line["entity"]) == ("gemaakt", "locaties")
    assert line["_page"] == f"/admin/#/locaties/{venue['id']}/"
    assert line["_page_words"] == "Bekijk de rij"
