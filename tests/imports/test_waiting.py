"""A file that waits while something else happens: it never hangs; only what was shown goes in."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.errors import Stale
from server.imports import queries, service, working
from server.people import ending
from server.people import service as people
from tests import factories
from tests.clients import sign_in
from tests.imports.cast import CARLA, keys, looked_at, outcomes, taken_in, types

HEAD = "Lidnr;Voorletters;Achternaam;E-mail;Plaats;Soort;Lid sinds\n"
ANNA = "501;A.;Berg;anna@example.org;Zwolle;Gewoon lid;1-1-2022\n"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
async def kinds(db: None) -> None:
    await types()


async def test_member_number_of_somebody_erased_is_taken() -> None:
    anna = await factories.member("Anna", email=None, email_key=None)
    await execute("UPDATE membership SET number = 501")
    await ending.note_erasure(anna.id, now=clock.now())

    batch = await looked_at(HEAD + ANNA)

    assert (batch.state, await keys(batch)) == (
        "checked",
        [(2, "memberships.refusal.number_taken")],
    )


async def test_number_of_the_absorbed_points_to_the_kept_only() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    for who in (anna, els):
        await execute(
            "INSERT INTO registration_number (person, register, number)"
            " VALUES ($1, 'NIP', 'NIP-00000001')",
            who.id,
        )
    await ending.absorb(els.id, anna.id, now=clock.now())

    batch = await looked_at("Achternaam;NIP-nummer;Plaats\nAnna;NIP-00000001;Ede\n")

    assert (await outcomes(batch), await keys(batch)) == ([(2, "changed")], [])


async def test_file_whose_lines_were_deleted_waits_no_longer() -> None:
    batch = await looked_at(HEAD + ANNA)
    await service.ask_to_take_in(CARLA, batch.id)
    await service.forget(clock.now() + timedelta(days=31))

    await working.tick(clock.now())

    after = await queries.batch(batch.id)
    assert (after.state, after.counts["note"]["key"]) == ("uploaded", "imports.note.gone")


async def test_file_that_failed_can_be_looked_at_again() -> None:
    batch = await looked_at(HEAD + ANNA)
    kept = (await execute("SELECT content FROM import_batch"))[0]["content"]
    await execute("UPDATE import_batch SET content = $1, state = 'checking'", b"\xff")
    with pytest.raises(ExceptionGroup):
        await working.tick(clock.now())
    await execute("UPDATE import_batch SET content = $1", kept)

    await service.choose(CARLA, batch.id, batch.fields, now=clock.now())
    await working.tick(clock.now())

    after = await queries.batch(batch.id)
    assert (after.state, after.counts["note"]) == ("checked", None)


async def test_what_changed_meanwhile_is_shown_again_and_not_overwritten() -> None:
    await taken_in(HEAD + ANNA)
    batch = await looked_at("Lidnr;Plaats\n501;Kampen\n")
    who = await people.find_by_email("anna@example.org")
    assert who is not None
    await people.change(CARLA, who.id, {"city": "Breda"}, now=clock.now())

    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())
    await working.tick(clock.now())

    assert (await people.get(who.id)).city == "Breda"
    [row] = await queries.rows(batch.id)
    assert row.changes == [("city", "Breda", "Kampen")]


async def test_same_line_about_somebody_else_by_now_is_shown_again() -> None:
    await factories.known("Berg", city="Zwolle")
    batch = await looked_at("Achternaam;E-mail;Plaats\nBerg;berg@example.com;Kampen\n")
    await execute("UPDATE person SET email = 'x@example.com', email_key = 'x@example.com'")
    other = await factories.known("Berg", city="Zwolle")

    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())

    assert (await people.get(other.id)).city == "Zwolle"


async def test_old_page_takes_nothing_in(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    batch = await looked_at("Achternaam;E-mail;Plaats\nJansen;j@example.org;Ede\n")
    other = {0: "surname", 1: "email", 2: "first_name"}
    await service.choose(CARLA, batch.id, other, now=clock.now())
    await working.tick(clock.now())

    given = {"revision": str(batch.revision)}
    for path in ("taking-in", "decisions"):
        answer = await client.post(f"/board/import/{batch.id}/{path}", data=given)
        assert answer.status_code == 409
    assert (await client.post(f"/board/import/{batch.id}/taking-in")).status_code == 409
    with pytest.raises(Stale):
        await service.ask_to_take_in(CARLA, batch.id, expected_revision=batch.revision)

    assert (await queries.batch(batch.id)).state == "checked"
