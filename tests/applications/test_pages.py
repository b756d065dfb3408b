"""The pages of applying: words, kept input, links that act on POST only, secrets kept."""

import httpx
import pytest

from server.database import execute
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.applications.cast import EMAIL, kind, token
from tests.clients import heading, human, last_letter, letters, sign_in
from tests.factories import LONG_AGO

pytestmark = pytest.mark.anyio


async def posted(client: httpx.AsyncClient, **values: str) -> httpx.Response:
    rows = await execute("SELECT id FROM membership_type LIMIT 1")
    type_id = rows[0]["id"] if rows else await kind()
    form = {"type": str(type_id), "surname": "Eland", "initials": "E.", "email": EMAIL}
    return await client.post("/join", data=human(**{**form, **values}))


async def applied(client: httpx.AsyncClient) -> str:
    """The path of the applicant's own page."""
    await posted(client)
    answer = await client.post(f"/join/confirm/{await token()}")
    return str(answer.headers["location"])


async def desk_of(path: str) -> str:
    """The board's page of the application with this page of its applicant."""
    code = path.rpartition("/")[2]
    rows = await execute("SELECT id FROM membership_application WHERE code = $1", code)
    return f"/board/applications/{rows[0]['id']}"


async def test_a_stranger_applies_confirms_and_sees_how_it_stands(
    client: httpx.AsyncClient,
) -> None:
    await kind()
    assert heading(await client.get("/join")) == "Word lid"

    asked = await posted(client)
    link = await token()
    looked = await client.get(f"/join/confirm/{link}")
    path = (await client.post(f"/join/confirm/{link}")).headers["location"]
    mine = await client.get(path)

    assert (asked.status_code, asked.headers["location"]) == (303, "/join/asked")
    assert heading(looked) == "Bevestig uw aanmelding"
    assert "Het bestuur bekijkt uw aanmelding" in mine.text
    for answer in (looked, mine):
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"


async def test_looking_at_the_link_confirms_nothing(client: httpx.AsyncClient) -> None:
    await kind()
    await posted(client)

    await client.get(f"/join/confirm/{await token()}")

    assert await execute("SELECT state FROM membership_application") == [{"state": "draft"}]


async def test_zero_that_was_lost_is_proposed(client: httpx.AsyncClient) -> None:
    await kind(needs_register=True)

    answer = await posted(client, register="BIG", number="9012345625")
    bare = await posted(client, register="", number="9012345625")

    assert (answer.status_code, "Bedoelt u 09012345625?" in answer.text) == (422, True)
    assert (bare.status_code, "Bedoelt u" in bare.text) == (422, False)
    assert await execute("SELECT 1 FROM membership_application") == []


async def test_wrong_input_is_said_at_once_and_kept(client: httpx.AsyncClient) -> None:
    await kind()

    answer = await posted(client, surname="", email="x", phone="12", motivation="Ik werk met pijn")

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') >= 2
    assert "Ik werk met pijn" in answer.text
    assert await letters() == []


async def test_every_problem_of_a_rule_is_beside_its_field(client: httpx.AsyncClient) -> None:
    await kind()

    answer = await posted(client, phone="12", register="BIG", number="9012345625")

    assert answer.status_code == 422
    assert "Dit telefoonnummer kan niet bestaan" in answer.text
    assert "Een BIG-nummer heeft precies 11 cijfers" in answer.text
    assert 'value="9012345625"' in answer.text


async def test_the_answer_is_the_same_for_a_member_a_known_and_an_unknown_address(
    client: httpx.AsyncClient,
) -> None:
    await kind()
    anna = await factories.anna()
    await posted(client)
    await client.post(f"/join/confirm/{await token()}")

    answers = [
        await posted(client, email=email) for email in (EMAIL, str(anna.email), "new@example.com")
    ]

    assert len({(one.status_code, one.headers["location"], one.content) for one in answers}) == 1


async def test_the_applicant_answers_and_withdraws(client: httpx.AsyncClient) -> None:
    await kind()
    path = await applied(client)
    board = await factories.carla()
    await sign_in(client, board)
    desk = await desk_of(path)
    empty = await client.post(f"{desk}/question", data={"question": ""})
    await client.post(f"{desk}/question", data={"question": "Waar werkt u?"})
    client.cookies.clear()

    assert empty.status_code == 422
    assert "Waar werkt u?" in (await client.get(path)).text
    assert (await client.post(f"{path}/answer", data={"answer": ""})).status_code == 422
    await client.post(f"{path}/answer", data={"answer": "In Zwolle"})
    await client.post(f"{path}/withdrawal")
    assert "U trok uw aanmelding in" in (await client.get(path)).text
    assert (await client.post(f"{path}/withdrawal")).status_code == 409
    assert (await letters())[-1] == ("application_withdrawn", EMAIL)


async def test_the_board_admits_and_the_newcomer_is_welcomed(client: httpx.AsyncClient) -> None:
    await kind()
    its_desk = await desk_of(await applied(client))
    await sign_in(client, await factories.carla())
    listed = await client.get("/board/applications")
    desk = await client.get(its_desk)
    values = {"starts_on": "2026-12-01", "person": "0"}
    values["type"] = str((await execute("SELECT id FROM membership_type LIMIT 1"))[0]["id"])

    wrong = await client.post(f"{its_desk}/approval", data={"starts_on": "x"})
    done = await client.post(f"{its_desk}/approval", data=values)

    assert "E. Eland" in listed.text
    assert "Wij vonden niemand" in desk.text
    assert wrong.status_code == 422
    assert done.status_code == 303
    assert (await last_letter())["first_day"] == "dinsdag 1 december 2026"
    assert "Laat toe als lid" not in (await client.get(its_desk)).text


async def test_the_desk_is_for_offices_of_people_and_a_draft_is_nobodys(
    client: httpx.AsyncClient,
) -> None:
    await kind()
    await posted(client)
    draft = (await execute("SELECT id, code FROM membership_application"))[0]

    assert (await client.get(f"/join/{draft['code']}")).status_code == 404
    for who, status in ((await factories.anna(), 404), (await factories.carla(), 200)):
        await sign_in(client, who)
        assert (await client.get("/board/applications")).status_code == status
        assert (await client.get(f"/board/applications/{draft['id']}")).status_code == 404
    assert (await client.get("/board/applications?shelf=x")).status_code == 404


async def test_who_only_looks_never_learns_the_address_of_the_applicants_page(
    client: httpx.AsyncClient,
) -> None:
    await kind()
    await factories.carla()
    treasurer = await factories.known("Penning")
    await RoleGrant(person=treasurer.id, role=Role.treasurer, from_on=LONG_AGO).save()
    path = await applied(client)
    code, desk = path.rpartition("/")[2], await desk_of(path)
    await sign_in(client, treasurer)
    row = desk.rpartition("/")[2]

    seen = [
        await client.get(page)
        for page in (
            "/board/applications",
            desk,
            f"/api{desk.removeprefix('/board')}",
            "/api/applications",
            f"/admin/api/tables/membership_application/{row}/",
            "/admin/api/tables/membership_application/",
        )
    ]

    assert [page.status_code for page in seen] == [200] * 6
    assert [code in page.text for page in seen] == [False] * 6
    rows = await execute("SELECT \"values\" FROM outbox_letter WHERE kind = 'application_arrived'")
    assert [code in one["values"] for one in rows] == [False]


async def test_who_is_known_writes_nothing_twice(client: httpx.AsyncClient) -> None:
    await kind()
    who = {"prefix": "van der", "phone": "+31612345678", "postcode": "8011 AB", "city": "Zwolle"}
    await sign_in(client, await factories.known("Eland", **who))

    page = await client.get("/join")

    shown = ("Eland", "van der", "06 12345678", "8011 AB", "Zwolle", "eland@example.com")
    assert [one for one in shown if f'value="{one}"' not in page.text] == []
    assert "public" not in page.headers.get("cache-control", "")
