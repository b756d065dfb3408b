"""What visitors, members, the group and the board see of a group."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS
from server.database import STATEMENTS, execute
from server.groups import queries, seats, service
from tables.events import Event
from tests.groups.cast import BEGAN, CARLA, as_member, chaired_group, group, seat
from tests.newsletters.cast import heading, member, person, sign_in

pytestmark = pytest.mark.anyio


def names(page: str) -> list[str]:
    found = re.findall(r'<th scope="row">(?:<a [^>]*>)?(.*?)(?:</a>)?</th>', page)
    return [html.unescape(n) for n in found]


async def meeting(group_id: int, title: str, visibility: str, state: str = "published") -> None:
    starts_at = clock.now() + timedelta(days=3)
    await Event(
        title=title,
        slug=title.lower(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        group=group_id,
        visibility=visibility,
        state=state,
        uid=uuid4(),
    ).save()


def meetings(page: str) -> list[str]:
    return re.findall(r'<li><a href="/events/\w+">(.*?)</a>, <time', page)


async def test_groups_are_listed_with_chair_and_count(client: httpx.AsyncClient) -> None:
    group_id, _, _ = await chaired_group(mission="Wij leren.")
    await seat(group_id, (await member("anna@example.org", starts_on=BEGAN)).id)
    await group("Geheim", is_public=False)
    ended = await group("Voorbij")
    await service.move(CARLA, ended, "conclude")

    page = await client.get("/groups")

    assert re.findall(r'<h2><a href="/groups/(.*?)">', page.text) == ["scholing"]
    assert "Voorzitter: Bram" in page.text
    assert "2 leden" in page.text


async def test_no_groups_says_so(client: httpx.AsyncClient) -> None:
    page = await client.get("/groups")

    assert "Er zijn nog geen groepen." in page.text


async def test_visitor_sees_the_mission_only(client: httpx.AsyncClient) -> None:
    group_id, _, _ = await chaired_group(mission="Wij **leren**.")
    await seat(group_id, (await member("anna@example.org", starts_on=BEGAN)).id)
    await meeting(group_id, "Open", "public")
    await meeting(group_id, "Leden", "members")
    await meeting(group_id, "Intern", "group")
    await meeting(group_id, "Concept", "public", "draft")

    page = await client.get("/groups/scholing")

    assert heading(page.text) == "Scholing"
    assert "Wij <strong>leren</strong>." in page.text
    assert names(page.text) == []
    assert "Anna" not in page.text
    assert "@example.org" not in page.text
    assert meetings(page.text) == ["Open"]


async def test_member_sees_the_roster_and_may_ask(client: httpx.AsyncClient) -> None:
    group_id, _, _ = await chaired_group()
    await meeting(group_id, "Leden", "members")
    await meeting(group_id, "Intern", "group")
    await sign_in(client, await member("anna@example.org", starts_on=BEGAN))

    page = await client.get("/groups/scholing")

    assert names(page.text) == ["Bram"]
    assert "bram-1@example.org" not in page.text
    assert meetings(page.text) == ["Leden"]
    assert 'action="/groups/scholing/seats"' in page.text


async def test_group_sees_its_own_addresses(client: httpx.AsyncClient) -> None:
    group_id, _, _ = await chaired_group()
    await meeting(group_id, "Intern", "group")
    anna = await member("anna@example.org", starts_on=BEGAN)
    seat_id = await seat(group_id, anna.id)
    await sign_in(client, anna)

    page = await client.get("/groups/scholing")

    assert re.findall(r"mailto:(.*?)\"", page.text) == ["bram-1@example.org", "anna@example.org"]
    assert meetings(page.text) == ["Intern"]
    assert f'action="/groups/scholing/seats/{seat_id}/end"' in page.text


async def test_dirk_sees_no_roster_and_cannot_ask(client: httpx.AsyncClient) -> None:
    await chaired_group()
    await sign_in(client, await person("dirk@example.org", "Dirk"))

    page = await client.get("/groups/scholing")
    asked = await client.post("/groups/scholing/seats")

    assert (names(page.text), "/seats" in page.text) == ([], False)
    assert asked.status_code == 409


@pytest.mark.parametrize("path", ["", "/seats/1/admission", "/seats/1/decline", "/seats/1/end"])
async def test_hidden_group_does_not_exist(client: httpx.AsyncClient, path: str) -> None:
    await chaired_group(is_public=False)
    await sign_in(client, await member("anna@example.org", starts_on=BEGAN))

    address = f"/groups/scholing{path}"
    answer = await (client.post(address) if path else client.get(address))

    assert answer.status_code == 404


async def test_seat_of_another_group_is_not_found(client: httpx.AsyncClient) -> None:
    _, bram, _ = await chaired_group()
    _, _, elsewhere = await chaired_group("Onderzoek")
    await sign_in(client, bram)

    answer = await client.post(f"/groups/scholing/seats/{elsewhere}/end")

    assert answer.status_code == 404


async def test_from_question_to_seat(client: httpx.AsyncClient) -> None:
    _, bram, _ = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    await sign_in(client, anna)
    asked = await client.post("/groups/scholing/seats")
    assert (asked.status_code, asked.headers["location"]) == (303, "/groups/scholing")
    assert "De voorzitter beslist daarover." in (await client.get("/groups/scholing")).text

    await sign_in(client, bram)
    page = await client.get("/groups/scholing")
    seat_id = re.findall(r"/seats/(\d+)/admission", page.text)
    admitted = await client.post(f"/groups/scholing/seats/{seat_id[0]}/admission")

    assert admitted.status_code == 303
    assert names((await client.get("/groups/scholing")).text) == ["Bram", "Anna"]


@pytest.mark.parametrize("path", ["seats", "seats/1/admission", "seats/1/decline", "seats/1/end"])
async def test_stranger_is_asked_to_sign_in(client: httpx.AsyncClient, path: str) -> None:
    await chaired_group()

    answer = await client.post(f"/groups/scholing/{path}")

    assert answer.status_code in (303, 401)


async def test_english_page(client: httpx.AsyncClient) -> None:
    await chaired_group(name_en="Education", mission_en="We learn.")

    page = await client.get("/groups/scholing?lang=en")

    assert heading(page.text) == "Education"
    assert "We learn." in page.text


async def test_list_costs_the_same_with_many_groups(client: httpx.AsyncClient) -> None:
    await chaired_group()
    one = await statements()
    for n in range(10):
        await chaired_group(f"Groep {n}")

    assert (one, await statements()) == (1, 1)


async def statements() -> int:
    counter = [0]
    token = STATEMENTS.set(counter)
    await queries.listed(ANONYMOUS, clock.today())
    STATEMENTS.reset(token)
    return counter[0]


async def test_the_chair_hands_over_and_leaves(client: httpx.AsyncClient) -> None:
    group_id, bram, own = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    theirs = await seat(group_id, anna.id)
    await sign_in(client, bram)

    listed = await client.get("/groups/scholing")
    shown = await client.get(f"/groups/scholing/seats/{theirs}")
    wrong = await client.post(f"/groups/scholing/seats/{theirs}/role", data={"role": "koning"})
    alone = await client.post(f"/groups/scholing/seats/{own}/role", data={"role": "member"})
    given = await client.post(f"/groups/scholing/seats/{theirs}/role", data={"role": "chair"})
    stale = await client.post(f"/groups/scholing/seats/{theirs}/role", data={"role": "adviser"})
    ended = await client.post(f"/groups/scholing/seats/{own}/end")

    assert f'href="/groups/scholing/seats/{theirs}"' in listed.text
    assert heading(shown.text) == "Anna in Scholing"
    assert (wrong.status_code, alone.status_code) == (422, 409)
    assert (given.status_code, stale.status_code, ended.status_code) == (303, 404, 303)
    rows = await execute(
        "SELECT role, until_on IS NULL AS runs FROM group_membership WHERE person = $1 ORDER BY id",
        anna.id,
    )
    assert rows == [{"role": "member", "runs": False}, {"role": "chair", "runs": True}]


async def test_who_does_not_manage_a_group_changes_no_role(client: httpx.AsyncClient) -> None:
    group_id, _, own = await chaired_group()
    anna = await member("anna@example.org", starts_on=BEGAN)
    theirs = await seat(group_id, anna.id)
    await sign_in(client, anna)

    listed = await client.get("/groups/scholing")
    seen = [await client.get(f"/groups/scholing/seats/{one}") for one in (own, theirs)]
    done = await client.post(f"/groups/scholing/seats/{theirs}/role", data={"role": "chair"})

    assert "/groups/scholing/seats/" + str(own) not in listed.text
    assert [one.status_code for one in (*seen, done)] == [404, 404, 404]


async def test_a_seat_is_one_of_its_own_group_and_no_request(client: httpx.AsyncClient) -> None:
    group_id, bram, _ = await chaired_group()
    other, _, elsewhere = await chaired_group("Ander")
    anna = await member("anna@example.org", starts_on=BEGAN)
    asked = await seats.request_seat(as_member(anna), group_id, now=clock.now())
    await sign_in(client, bram)

    answers = [
        await client.post(f"/groups/scholing/seats/{one}/role", data={"role": "adviser"})
        for one in (elsewhere, asked, 2147483647)
    ]

    assert group_id != other
    assert [one.status_code for one in answers] == [404, 404, 404]
