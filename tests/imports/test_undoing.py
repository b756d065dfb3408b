"""Undoing a file long after: what was changed since stays, and every line goes as far as it can."""

from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.imports import queries, service, undoing
from server.memberships import service as memberships
from server.people import ending
from server.people import service as people
from tests import factories
from tests.clients import sign_in
from tests.factories import acting
from tests.imports.cast import CARLA, looked_at, outcomes, taken_in, types

HEAD = "Lidnr;Voorletters;Achternaam;E-mail;Plaats;Soort;Lid sinds\n"
ANNA = "501;A.;Berg;anna@example.org;Zwolle;Gewoon lid;1-1-2022\n"
BRAM = "502;B.;Smit;bram@example.org;Ede;Aspirant lid;1-5-2023\n"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
async def kinds(db: None) -> None:
    await types()


async def undone(batch: queries.Batch) -> list[list[str]]:
    """What stays, by line; the trial says the same."""
    trial = await undoing.try_to_undo(CARLA, batch.id, now=clock.now())
    left = await undoing.undo(CARLA, batch.id, now=clock.now())
    assert trial == left
    return [one.keys for one in left]


async def anna_with_another_address() -> queries.Batch:
    await factories.member("Anna", city="Zwolle")
    await execute("UPDATE membership SET number = 501")
    return await taken_in("Lidnr;E-mail;Plaats\n501;nieuw@example.org;Ede\n")


async def test_file_whose_lines_are_gone_is_not_undone(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    batch = await taken_in(HEAD + ANNA)
    await service.forget(clock.now() + timedelta(days=31))

    answer = await client.post(f"/board/import/{batch.id}/undoing")

    assert (answer.status_code, "zijn gewist" in answer.text) == (409, True)
    assert (await queries.batch(batch.id)).state == "imported"


async def test_proved_address_is_proved_again() -> None:
    batch = await anna_with_another_address()

    assert await undone(batch) == []

    rows = await execute("SELECT email, email_state, city FROM person")
    assert rows == [{"email": "anna@example.com", "email_state": "ok", "city": "Zwolle"}]


async def test_address_that_is_taken_by_now_stays_and_the_rest_goes_back() -> None:
    batch = await anna_with_another_address()
    await factories.known("Anders", email="anna@example.com", email_key="anna@example.com")

    assert await undone(batch) == [["imports.left.address"]]

    [anna] = await execute("SELECT email, city FROM person WHERE surname = 'Anna'")
    assert anna == {"email": "nieuw@example.org", "city": "Zwolle"}


async def test_province_that_goes_with_a_postcode_is_shown_and_comes_back() -> None:
    await factories.known("Anna", province="GR")

    batch = await taken_in("E-mail;Postcode\nanna@example.com;3511 AB\n")
    changed = (await queries.rows(batch.id))[0].changes

    assert ("province", "GR", "UT") in changed
    assert await undone(batch) == []
    rows = await execute("SELECT postcode, province FROM person")
    assert rows == [{"postcode": "", "province": "GR"}]
    again = await looked_at("E-mail;Postcode;Land\nanna@example.com;;Nederland\n")
    assert await outcomes(again) == [(2, "unchanged")]


async def test_address_that_was_proved_since_stays() -> None:
    batch = await anna_with_another_address()
    who = await people.find_by_email("nieuw@example.org")
    assert who is not None
    await people.confirm_email(who.id, now=clock.now())

    assert await undone(batch) == [["imports.left.changed_since"]]

    assert (await people.get(who.id)).email == "nieuw@example.org"


async def test_whoever_is_in_the_file_undoes_all_but_the_own_membership() -> None:
    batch = await taken_in(HEAD + ANNA + BRAM)
    anna = await people.find_by_email("anna@example.org")
    assert anna is not None

    left = await undoing.undo(acting(anna, roles=("board",)), batch.id, now=clock.now())

    expected = ["memberships.refusal.own_membership", "imports.left.person"]
    assert [(one.line, one.keys) for one in left] == [(2, expected)]
    assert await people.find_by_email("bram@example.org") is None


async def test_person_and_membership_that_were_changed_since_stay(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.carla())
    batch = await taken_in(HEAD + ANNA + BRAM)
    anna, bram = [await people.find_by_email(f"{one}@example.org") for one in ("anna", "bram")]
    assert anna is not None
    assert bram is not None
    await people.change(CARLA, bram.id, {"note": "gebeld"}, now=clock.now())
    [row] = await execute("SELECT id FROM membership WHERE person = $1", anna.id)
    ends = {"ends_on": date(2027, 12, 31), "ended_by": "member"}
    await memberships.correct(CARLA, row["id"], ends, now=clock.now())

    left = await undoing.try_to_undo(CARLA, batch.id, now=clock.now())
    answer = await client.post(f"/board/import/{batch.id}/undoing", follow_redirects=True)

    assert [one.keys for one in left] == [
        ["imports.left.membership_changed", "imports.left.person"],
        ["imports.left.person_changed"],
    ]
    assert "behalve waar dat niet kon" in answer.text
    assert (await people.get(bram.id)).note == "gebeld"


async def test_two_files_go_back_one_after_the_other() -> None:
    first = await taken_in(HEAD + ANNA)
    second = await taken_in("Lidnr;Plaats;Soort;Lid sinds;Lid tot\n"
                            "501;Kampen;Gewoon lid;1-1-2022;31-12-2030\n")  # fmt: skip

    assert [await undone(second), await undone(first)] == [[], []]

    assert await execute("SELECT 1 FROM person") == []


async def test_whoever_was_merged_since_stays() -> None:
    batch = await taken_in("Achternaam;E-mail\nBerg;anna@example.org\n")
    anna = await people.find_by_email("anna@example.org")
    els = await factories.known("Els")
    assert anna is not None
    await ending.absorb(anna.id, els.id, now=clock.now())
    await execute("UPDATE import_row SET person = $1", els.id)

    assert await undone(batch) == [["imports.left.merged"]]
