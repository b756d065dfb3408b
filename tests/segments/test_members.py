"""The board's list of members: right on the day, found as typed, and on record when taken along."""

import json

import httpx
import pytest

from server import clock
from server.actors import Actor
from server.database import execute
from server.people import service as people
from server.segments import queries
from server.segments.queries import Filters
from tables.memberships import Membership, MembershipType
from tests import factories
from tests.clients import sign_in, statements

pytestmark = pytest.mark.anyio
BOARD = Actor(name="Carla", roles=frozenset({"board"}))


async def joined(surname: str, kind: str, province: str = "", **values: object) -> int:
    found = await people.create_from(
        BOARD, {"surname": surname, "province": province, **values}, now=clock.now()
    )
    of = await MembershipType.objects().get_or_create(
        MembershipType.code == kind, {"name_nl": kind.title(), "name_en": kind.title()}
    )
    await Membership(person=found, type=of.id, number=found, starts_on=factories.LONG_AGO).save()
    return found


async def society() -> None:
    await joined("Berg", "gewoon", "UT", prefix="van der", initials="A.")
    await joined("Jansen", "gewoon", "LI")
    await joined("Smit", "belangstellend", "UT")
    await execute("UPDATE membership_type SET has_vote = false WHERE code = 'belangstellend'")


async def names(filters: Filters) -> list[str]:
    return [one.name for one in await queries.members(filters, clock.today())]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), ["A. van der Berg", "Jansen", "Smit"]),
        (Filters(votes=True), ["A. van der Berg", "Jansen"]),
        (Filters(types=("belangstellend",)), ["Smit"]),
        (Filters(provinces=("UT",)), ["A. van der Berg", "Smit"]),
        (Filters(provinces=("UT", "LI"), votes=True), ["A. van der Berg", "Jansen"]),
        (Filters(types=("x' OR 1=1 --",)), []),
        (Filters(words="vd berg"), ["A. van der Berg"]),
        (Filters(words="v.d. Berg"), ["A. van der Berg"]),
        (Filters(words="vanderberg"), ["A. van der Berg"]),
        (Filters(words="zz%"), []),
    ],
)
async def test_who_fits(db: None, filters: Filters, found: list[str]) -> None:
    await society()

    assert await names(filters) == found
    assert await queries.count(filters, clock.today()) == len(await names(filters))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE person SET deceased_on = current_date",
        "UPDATE person SET anonymised_at = now()",
        "UPDATE membership SET ends_on = current_date - 1",
        "UPDATE membership SET starts_on = current_date + 1",
        "INSERT INTO membership_suspension (person, from_on) SELECT id, current_date FROM person",
    ],
)
async def test_who_is_no_member_today_is_in_no_list(db: None, sql: str) -> None:
    await society()
    await execute(sql.replace("current_date", f"date '{clock.today()}'"))

    assert await names(Filters()) == []
    assert (await queries.counts(clock.today()))["all"] == 0


async def test_the_counts_are_the_lists(db: None) -> None:
    await society()

    assert await queries.counts(clock.today()) == {
        **{"all": 3, "votes": 2, "type:gewoon": 2, "type:belangstellend": 1},
        **{"province:UT": 2, "province:LI": 1},
    }


async def test_a_choice_is_kept_under_one_name_and_holds_no_names(
    client: httpx.AsyncClient,
) -> None:
    await society()
    await sign_in(client, await factories.carla())
    path = "/board/members?type=gewoon&province=UT&q=berg"
    first = await client.post(path, data={"name": "Utrecht"})
    again = await client.post(path, data={"name": "Utrecht"})
    empty = await client.post(path, data={"name": " "})
    page = await client.get(first.headers["location"])
    (row,) = await execute("SELECT id, filters FROM segment")

    assert [first.status_code, again.status_code, empty.status_code] == [303, 422, 422]
    assert ">Utrecht</a>" in page.text
    assert json.loads(row["filters"]) == {"types": ["gewoon"], "provinces": ["UT"], "votes": False}
    removed = await client.post(f"/board/members/segments/{row['id']}/removal")
    twice = await client.post(f"/board/members/segments/{row['id']}/removal")
    assert (removed.status_code, twice.status_code) == (303, 404)


async def test_a_list_taken_along_is_on_record(client: httpx.AsyncClient) -> None:
    await society()
    await sign_in(client, await factories.carla())

    file = await client.get("/board/members.csv?province=UT&lang=nl")
    sheet = await client.get("/board/members.xlsx?province=UT")

    lines = file.text.removeprefix("\ufeff").split("\r\n")
    assert lines[0].startswith("Lidnummer;Naam;E-mailadres;Soort lid")
    assert [line.split(";")[1] for line in lines[1:-1]] == ["A. van der Berg", "Smit"]
    assert sheet.content[:2] == b"PK"
    rows = await execute("SELECT after FROM audit_entry WHERE action = 'export' ORDER BY id")
    noted = [json.loads(row["after"]) for row in rows]
    assert [(one["file"], one["rows"]) for one in noted] == [
        ("members.csv", 2),
        ("members.xlsx", 2),
    ]


async def test_the_page_costs_as_many_statements_for_many_as_for_few(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.carla())
    few = await statements(client, "GET", "/board/members")
    for n in range(12):
        await joined(f"Lid{n}", "gewoon", "UT")

    assert await statements(client, "GET", "/board/members?province=UT") == few == 7


async def test_days_of_grace_are_days_of_a_member_in_every_list(db: None) -> None:
    await society()
    await execute("UPDATE membership_type SET grace_days = 30")
    await execute("UPDATE membership SET ends_on = current_date - 5")
    await execute(
        "INSERT INTO membership (person, type, number, starts_on)"
        " SELECT person, type, number, current_date FROM membership ORDER BY id LIMIT 1"
    )
    gone = "UPDATE membership SET ended_by = 'member' WHERE person = (SELECT max(id) FROM person)"
    await execute(gone)

    assert await names(Filters()) == ["A. van der Berg", "Jansen"]
    assert await names(Filters(votes=True)) == ["A. van der Berg", "Jansen"]


@pytest.mark.parametrize("asked", ["type=oud-lid", "province=XX", "type=oud-lid%00"])
async def test_an_unknown_choice_fits_nobody_rather_than_everybody(
    client: httpx.AsyncClient, asked: str
) -> None:
    await society()
    await sign_in(client, await factories.carla())

    file = await client.get(f"/board/members.csv?{asked}&lang=nl")

    assert len(file.text.strip().splitlines()) == 1


async def test_a_type_with_a_hyphen_is_a_choice_like_any_other(client: httpx.AsyncClient) -> None:
    await society()
    await joined("Vos", "oud-lid")
    await sign_in(client, await factories.carla())

    file = await client.get("/board/members.csv?type=oud-lid&lang=nl")

    assert [line.split(";")[1] for line in file.text.strip().splitlines()[1:]] == ["Vos"]
