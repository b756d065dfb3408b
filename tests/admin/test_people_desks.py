"""The desks of people, memberships, groups and knowledge: the admin speaks with their verbs."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest

from server import clock
from server.accounts.service import sign_in_url
from server.actors import SYSTEM
from server.database import execute
from server.people import service as people
from server.web.admin_kit import names
from tables.accounts import Role, RoleGrant
from tables.memberships import MembershipType
from tests.admin.conftest import HOST
from tests.conftest import product
from tests.factories import person

pytestmark = pytest.mark.anyio
FROM = "2026-01-01"


@pytest.fixture
async def carla(db: None) -> AsyncIterator[httpx.AsyncClient]:
    row = await person("Bos")
    await RoleGrant(person=row.id, role=Role.board, from_on=date(2020, 1, 1)).save()
    transport = httpx.ASGITransport(app=product())
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        await browser.post(await sign_in_url(row.id, carries_proof=True, now=clock.now()))
        yield browser


def address(table: str) -> str:
    return f"/admin/api/tables/{names.address('nl', table)}/"


async def make(carla: httpx.AsyncClient, table: str, **values: object) -> httpx.Response:
    new = (await carla.get(f"{address(table)}new/")).json()
    return await carla.post(address(table), json={**new, **values})


async def made(carla: httpx.AsyncClient, table: str, **values: object) -> int:
    answer = await make(carla, table, **values)
    assert answer.status_code == 201, answer.text
    return int(answer.json()[0]["id"])


async def save(
    carla: httpx.AsyncClient, table: str, row_id: int, **values: object
) -> httpx.Response:
    path = f"{address(table)}{row_id}/"
    form = (await carla.get(path)).json()
    return await carla.patch(path, json={"revision": form["revision"], **values})


async def row(table: str, row_id: int, *columns: str) -> tuple[Any, ...]:
    rows = await execute(f'SELECT * FROM "{table}" WHERE id = $1', row_id)
    return tuple(rows[0][name] for name in columns)


async def test_person_gets_names_and_keys_from_the_rules(carla: httpx.AsyncClient) -> None:
    person_id = await made(
        carla, "person", surname="Berg", prefix="Van der", initials="A.", email="A@Example.org"
    )

    saved = await save(carla, "person", person_id, surname="Dam")

    assert saved.status_code == 200
    assert await row("person", person_id, "display_name", "sort_key", "email_key") == (
        "A. van der Dam",
        "dam a van der",
        "a@example.org",
    )


async def test_second_person_with_an_address_is_refused_in_words(carla: httpx.AsyncClient) -> None:
    await made(carla, "person", surname="Berg", email="a@example.org")

    answer = await make(carla, "person", surname="Vos", email="A@example.org")

    assert answer.status_code in (400, 409, 422)
    assert "Dit e-mailadres hoort al bij iemand anders." in answer.text


async def test_ones_own_address_is_not_changed_here(carla: httpx.AsyncClient) -> None:
    (bos,) = await execute("SELECT id FROM person WHERE surname = 'Bos'")

    answer = await save(carla, "person", bos["id"], email="dief@example.org")

    assert answer.status_code in (400, 409, 422)
    assert "Uw eigen e-mailadres wijzigt u bij “Mijn gegevens”" in answer.text
    assert await row("person", bos["id"], "email") == (None,)


async def test_membership_begins_and_ends_with_a_reason(carla: httpx.AsyncClient) -> None:
    await MembershipType(code="gewoon", name_nl="Gewoon", name_en="Ordinary").save()
    smit = await person("Smit")
    membership_id = await made(carla, "membership", person=smit.id, type=1, starts_on=FROM)

    refused = await save(
        carla, "membership", membership_id, ends_on="2026-12-31", ended_by="association"
    )
    ended = await save(
        carla,
        "membership",
        membership_id,
        ends_on="2026-12-31",
        ended_by="association",
        ground="requirements",
        reason="Contributie niet betaald",
    )

    assert "Schrijf de reden op" in refused.text
    assert ended.status_code == 200
    assert await row("membership", membership_id, "number", "ends_on", "ended_by") == (
        1001,
        date(2026, 12, 31),
        "association",
    )


async def test_group_with_its_chair(carla: httpx.AsyncClient) -> None:
    group_id = await made(carla, "working_group", name="Werkgroep Slaap")
    chair = await made(
        carla, "group_membership", group=group_id, person=1, role="chair", from_on=FROM
    )
    els = await person("Els")
    await made(carla, "group_membership", group=group_id, person=els.id, from_on=FROM)

    left = await save(carla, "group_membership", chair, state="ended")
    rested = await save(carla, "working_group", group_id, state="dormant")

    assert "Wijs eerst een andere voorzitter aan." in left.text
    assert rested.status_code == 200
    assert await row("working_group", group_id, "slug", "state") == ("werkgroep-slaap", "dormant")
    assert await row("group_membership", chair, "state") == ("active",)


async def test_resource_must_be_citable(carla: httpx.AsyncClient) -> None:
    resource_id = await made(carla, "resource", code="X-1", title="Pijn")

    refused = await save(carla, "resource", resource_id, people="{}")
    saved = await save(carla, "resource", resource_id, people='[{"surname": "Vos"}]', year=2020)

    assert "Geef een lijst van mensen" in refused.text
    assert saved.status_code == 200
    page = await carla.get("/library/X-1")
    assert "Vos (2020). <cite>Pijn</cite>." in page.text


async def test_term_is_retired(carla: httpx.AsyncClient) -> None:
    term_id = await made(
        carla,
        "vocabulary_term",
        vocabulary="setting",
        code="home",
        label_nl="thuis",
        label_en="at home",
    )

    saved = await save(carla, "vocabulary_term", term_id, valid_to="2026-12-31")

    assert saved.status_code == 200
    assert await row("vocabulary_term", term_id, "valid_to") == (date(2026, 12, 31),)


@pytest.mark.parametrize("typed", ["vd berg", "v.d. Berg", "vanderberg", "van der berg", "Floor"])
async def test_people_are_found_as_names_are_typed(carla: httpx.AsyncClient, typed: str) -> None:
    values = {"first_name": "Floor", "prefix": "van der", "surname": "Berg"}
    floor = await people.create_from(SYSTEM, values, now=clock.now())
    await person("Bergsma")

    answer = await carla.get(address("person"), params={"display_name": typed})

    assert [row["id"] for row in answer.json()["rows"]] == [floor]
