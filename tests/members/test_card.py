"""The card of one person: what is shown, what can be decided, over pages and API alike."""

from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from tables.memberships import MembershipType
from tests import factories
from tests.clients import heading, letters, sign_in, statements
from tests.factories import LONG_AGO

pytestmark = pytest.mark.anyio
STATEMENTS = 6
Given = dict[str, object]


async def desk(client: httpx.AsyncClient) -> int:
    """The board is in; the id of a member who stands before it."""
    who = await factories.member("Anna")
    await MembershipType(code="ander", name_nl="Ander lid", name_en="Other").save()
    await sign_in(client, await factories.carla())
    return int(who.id)


async def other_type() -> int:
    return int((await execute("SELECT id FROM membership_type WHERE code = 'ander'"))[0]["id"])


async def test_card_says_where_somebody_stands(client: httpx.AsyncClient) -> None:
    person_id = await desk(client)

    cost = await statements(client, "GET", f"/board/people/{person_id}")
    page = await client.get(f"/board/people/{person_id}")

    assert (page.status_code, heading(page)) == (200, "Anna")
    assert [word in page.text for word in ("Loopt door", "Schorsen", "Overlijden melden")] == [
        True
    ] * 3
    assert cost == STATEMENTS


async def test_contact_has_a_card_without_membership_decisions(client: httpx.AsyncClient) -> None:
    await desk(client)
    dirk = await factories.dirk()

    page = await client.get(f"/board/people/{dirk.id}")

    assert "Deze persoon is nooit lid geweest." in page.text
    assert ["Schorsen" in page.text, "Overlijden melden" in page.text] == [False, True]
    assert (await client.post(f"/board/people/{dirk.id}/renewal")).status_code == 404


@pytest.mark.parametrize("way", ["page", "api"])
async def test_every_decision_is_made_on_page_and_api(client: httpx.AsyncClient, way: str) -> None:
    person_id = await desk(client)
    today = clock.today()
    decisions: list[tuple[str, Given, Given, str | None]] = [
        (
            "conversion",
            {"type": str(await other_type()), "from_on": today.isoformat()},
            {"type": "ander", "from_on": today.isoformat()},
            "membership_converted",
        ),
        (
            "suspension",
            {"first_on": today.isoformat(), "why": "Schuld."},
            {"from_on": today.isoformat(), "reason": "Schuld."},
            "membership_suspended",
        ),
        ("suspensions/1/restoration", {}, {}, "rights_restored"),
        (
            "ending",
            {"ground": "expulsion", "reason": "Fraude."},
            {"ground": "expulsion", "reason": "Fraude."},
            "membership_ended",
        ),
        ("ending-withdrawal", {}, {}, "end_taken_back"),
        ("death", {"died_on": today.isoformat()}, {"died_on": today.isoformat()}, None),
        ("death-withdrawal", {}, {}, None),
        ("death", {"died_on": today.isoformat()}, {"died_on": today.isoformat()}, None),
        ("settlement", {}, {}, None),
    ]
    for verb, form, body, letter in decisions:
        before = len(await letters())
        if way == "page":
            answer = await client.post(f"/board/people/{person_id}/{verb}", data=form)
            assert answer.status_code == 303, (verb, answer.text)
        else:
            answer = await client.post(f"/api/people/{person_id}/{verb}", json=body)
            assert answer.status_code == 200, (verb, answer.text)
        told = [kind for kind, _ in (await letters())[before:]]
        assert told == ([letter] if letter else []), verb

    shown = (await client.get(f"/api/people/{person_id}")).json()
    assert (shown["status"], shown["open_ends"]) == ("deceased", [])
    assert [p["ended_by"] for p in shown["periods"]] == ["death", "conversion"]


@pytest.mark.parametrize(
    ("verb", "form", "fault"),
    [
        ("conversion", {"from_on": "2020-01-01"}, "Kies een van de mogelijkheden"),
        ("ending", {"ground": "expulsion"}, "Schrijf de reden op"),
        ("ending", {"reason": "Zo."}, "Kies de grond"),
        (
            "suspension",
            {"first_on": "2027-01-02", "until_on": "2027-01-01", "why": "Zo."},
            "eerste",
        ),
        ("death", {"died_on": "2099-01-01"}, "moet nog komen"),
    ],
)
async def test_what_was_typed_comes_back_with_a_clear_sentence(
    client: httpx.AsyncClient, verb: str, form: Given, fault: str
) -> None:
    person_id = await desk(client)

    answer = await client.post(f"/board/people/{person_id}/{verb}", data=form)

    assert answer.status_code == 422
    assert fault in answer.text
    assert all(str(value) in answer.text for value in form.values())
    assert await letters() == []


async def test_renewal_by_the_board(client: httpx.AsyncClient) -> None:
    person_id = await desk(client)
    await execute("UPDATE membership_type SET period_kind = 'rolling', grace_days = 30")
    last = clock.today() - timedelta(days=3)
    await execute("UPDATE membership SET ends_on = $2 WHERE person = $1", person_id, last)

    shown = (await client.get(f"/api/people/{person_id}")).json()
    page = await client.get(f"/board/people/{person_id}")
    answer = await client.post(f"/board/people/{person_id}/renewal")

    assert (shown["status"], shown["periods"][0]["renewable"]) == ("grace", True)
    assert "Dit lidmaatschap loopt vanzelf af" in page.text
    assert answer.status_code == 303
    again = await client.post(f"/api/people/{person_id}/renewal")
    assert again.status_code == 409


async def test_treasurer_looks_and_decides_nothing(client: httpx.AsyncClient) -> None:
    who = await factories.member("Anna")
    treasurer = await factories.known("Penning")
    await execute(
        "INSERT INTO role_grant (person, role, from_on) VALUES ($1, 'treasurer', $2)",
        treasurer.id,
        LONG_AGO,
    )
    await sign_in(client, treasurer)

    page = await client.get(f"/board/people/{who.id}")
    answer = await client.post(
        f"/board/people/{who.id}/death", data={"died_on": date(2026, 1, 1).isoformat()}
    )

    assert (page.status_code, "Schorsen" in page.text) == (200, False)
    assert answer.status_code == 404
    assert await execute("SELECT deceased_on FROM person WHERE deceased_on IS NOT NULL") == []


async def test_own_card_offers_no_decisions(client: httpx.AsyncClient) -> None:
    await desk(client)
    carla = (await execute("SELECT id FROM person WHERE surname LIKE 'Carla%'"))[0]["id"]

    page = await client.get(f"/board/people/{carla}")
    answer = await client.post(
        f"/board/people/{carla}/death", data={"died_on": clock.today().isoformat()}
    )

    assert "Overlijden melden" not in page.text
    assert answer.status_code == 409


async def test_death_of_a_contact_noted_by_mistake_is_taken_back_on_the_page(
    client: httpx.AsyncClient,
) -> None:
    await desk(client)
    dirk = await factories.dirk()
    said = {"died_on": clock.today().isoformat(), "source": ""}
    await client.post(f"/board/people/{dirk.id}/death", data=said)

    page = await client.get(f"/board/people/{dirk.id}")
    answer = await client.post(f"/board/people/{dirk.id}/death-withdrawal")

    assert ("Er loopt niets meer." in page.text, "death-withdrawal" in page.text) == (True, True)
    assert "settlement" not in page.text
    assert answer.status_code == 303
    assert await execute("SELECT 1 FROM person WHERE deceased_on IS NOT NULL") == []
