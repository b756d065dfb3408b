"""One's own data: kept in one form, never overwriting, and another address with a way back."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from server import clock
from server.accounts import queries
from server.actors import SYSTEM, Actor
from server.database import execute
from server.errors import Invalid, ProofNeeded
from server.outbox import delivery
from server.people import address_change, numbers
from server.people import service as people
from server.people.address_change import LinkUsedUp
from tables.people import Person
from tests import factories
from tests.clients import heading, last_letter, letters, session_of, sign_in

pytestmark = pytest.mark.anyio
NEW = "nieuw@example.com"
CARLA = Actor(name="Carla", roles=frozenset({"board"}))
FORM = {
    "surname": "Aal",
    "initials": "A.",
    "prefix": "Van der",
    "name_use": "own",
    "form_of_address": "madam",
    "phone": "06-12345678",
    "postcode": "8011ab",
    "city": "Zwolle",
    "country": "NL",
    "language": "en",
}


async def anna(client: httpx.AsyncClient) -> Actor:
    who = await factories.anna()
    await sign_in(client, who)
    return factories.acting(who, is_member=True)


async def asked(actor: Actor, email: str = NEW) -> str:
    await address_change.ask(actor, email, now=clock.now())
    return str((await last_letter())["url"]).rpartition("/")[2]


async def email_of(actor: Actor) -> tuple[str, str]:
    rows = await execute("SELECT email, email_state FROM person WHERE id = $1", actor.person_id)
    return rows[0]["email"], rows[0]["email_state"]


async def test_what_one_changes_is_kept_in_one_form(client: httpx.AsyncClient) -> None:
    await anna(client)
    page = await client.get("/me/profile")

    saved = await client.post("/me/profile", data={**FORM, "revision": "1"})
    after = await client.get("/me/profile?lang=nl")

    assert heading(page) == "Mijn gegevens"
    assert saved.status_code == 303
    (row,) = await execute("SELECT prefix, phone, postcode, sort_key, language FROM person")
    assert row == {
        "prefix": "van der",
        "phone": "+31612345678",
        "postcode": "8011 AB",
        "sort_key": "aal a van der",
        "language": "en",
    }
    assert "mevrouw Van der Aal" in after.text
    assert "Mevrouw A. van der Aal" in after.text
    assert 'value="06 12345678"' in after.text


async def test_everything_wrong_is_said_at_once_and_kept(client: httpx.AsyncClient) -> None:
    await anna(client)
    wrong = {**FORM, "surname": "", "phone": "12", "postcode": "1234 SS", "city": "Zwolle"}

    answer = await client.post("/me/profile", data={**wrong, "revision": "1"})

    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 3
    assert 'value="12"' in answer.text
    assert 'value="Zwolle"' in answer.text


async def test_a_title_is_no_part_of_a_name(client: httpx.AsyncClient) -> None:
    await anna(client)
    titled = {**FORM, "initials": "Klinisch psycholoog A.", "city": "Zwolle", "revision": "1"}

    answer = await client.post("/me/profile", data=titled)

    assert answer.status_code == 422
    assert "beschermde titel" in answer.text
    assert 'value="Zwolle"' in answer.text


async def test_a_stale_tab_overwrites_nothing_and_loses_nothing(
    client: httpx.AsyncClient,
) -> None:
    await anna(client)
    await client.post("/me/profile", data={**FORM, "revision": "1"})

    stale = await client.post("/me/profile", data={**FORM, "city": "Kampen", "revision": "1"})
    again = stale.text.split('name="revision" value="')[1].split('"')[0]

    assert stale.status_code == 422
    assert 'value="Kampen"' in stale.text
    assert (await execute("SELECT city FROM person"))[0]["city"] == "Zwolle"
    await client.post("/me/profile", data={**FORM, "city": "Kampen", "revision": again})
    assert (await execute("SELECT city FROM person"))[0]["city"] == "Kampen"


async def test_who_moves_abroad_keeps_their_own_postcode_and_telephone(
    client: httpx.AsyncClient,
) -> None:
    await anna(client)
    moved = {"country": "BE", "postcode": "9000", "city": "Gent", "phone": "0470 12 34 56"}

    saved = await client.post("/me/profile", data={**FORM, **moved, "revision": "1"})
    wrong = await client.post("/me/profile", data={**FORM, "country": "XX", "revision": "2"})
    page = await client.get("/me/profile?lang=nl")

    assert (saved.status_code, wrong.status_code) == (303, 422)
    rows = await execute("SELECT country, postcode, phone FROM person")
    assert rows == [{"country": "BE", "postcode": "9000", "phone": "+32470123456"}]
    assert '<option value="BE" selected>België</option>' in page.text


async def test_titles_stand_on_the_envelope(client: httpx.AsyncClient) -> None:
    await anna(client)
    titles = {"titles_before": "prof.  dr.", "titles_after": "MSc, PhD"}

    await client.post("/me/profile", data={**FORM, **titles, "revision": "1"})
    page = await client.get("/me/profile?lang=nl")

    (row,) = await execute("SELECT titles_before, titles_after, display_name FROM person")
    assert (row["titles_before"], row["titles_after"]) == (["prof.", "dr."], ["MSc", "PhD"])
    assert row["display_name"] == "A. van der Aal"
    assert "Mevrouw prof. dr. A. van der Aal MSc PhD" in page.text
    assert 'value="prof. dr."' in page.text


async def test_a_protected_title_beside_the_name_waits_for_its_number(
    client: httpx.AsyncClient,
) -> None:
    titled = {**FORM, "titles_after": "GZ-psycholoog", "revision": "1"}
    who = await anna(client)

    before = await client.post("/me/profile", data=titled)
    one = await numbers.claim(
        SYSTEM, who.person_id or 0, "BIG", "09012345625", title="gz_psychologist"
    )
    await numbers.verify(SYSTEM, one, method="BIG-register", on=clock.today())
    after = await client.post("/me/profile", data=titled)

    assert (before.status_code, "beschermde titel" in before.text) == (422, True)
    assert after.status_code == 303


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 30, "9" * 5000])
async def test_a_form_without_a_version_is_stale(client: httpx.AsyncClient, revision: str) -> None:
    await anna(client)

    answer = await client.post("/me/profile", data={**FORM, "revision": revision})

    assert answer.status_code == 422


async def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(
    client: httpx.AsyncClient,
) -> None:
    actor = await anna(client)
    session = await session_of(await factories.dirk())
    await client.post("/me/profile/address", data={"email": NEW})
    path = "/address/confirm/" + str((await last_letter())["url"]).rpartition("/")[2]

    looked = await client.get(path)
    before = await email_of(actor)
    done = await client.post(path)

    assert heading(looked) == "Bevestig uw nieuwe adres"
    assert looked.headers["referrer-policy"] == "no-referrer"
    assert before == ("anna@example.com", "ok")
    assert done.status_code == 303
    assert await email_of(actor) == (NEW, "ok")
    assert (await letters())[-1] == ("address_changed", "anna@example.com")
    assert (await client.get("/me")).headers["location"].startswith("/sign-in")
    assert await queries.find_actor(session, clock.now()) is not None
    assert (await client.get(path)).status_code == 410
    assert (await client.post(path)).status_code == 409


async def test_an_old_session_asks_no_address(client: httpx.AsyncClient) -> None:
    await anna(client)
    await execute(
        "UPDATE session SET created_at = created_at - interval '10 minutes', proved_at = NULL"
    )

    page = await client.get("/me/profile")
    answer = await client.post("/me/profile/address", data={"email": NEW})

    assert "/me/profile/address" not in page.text
    assert "Laat eerst zien dat u het bent" in page.text
    assert answer.status_code == 403
    assert 'href="/second-step?next=/me"' in answer.text
    assert await letters() == []


async def test_who_has_a_second_step_gives_it_before_another_address(db: None) -> None:
    actor = replace(factories.acting(await factories.anna()), has_factor=True)

    with pytest.raises(ProofNeeded):
        await address_change.ask(actor, NEW, now=clock.now())
    await address_change.ask(replace(actor, proved_at=clock.now()), NEW, now=clock.now())

    assert await letters() == [("address_to_confirm", NEW)]


async def test_the_old_address_takes_it_back_for_two_weeks(db: None) -> None:
    who = await factories.anna()
    actor = factories.acting(who)
    await address_change.confirm(await asked(actor), now=clock.now())
    undo = str((await last_letter())["url"]).rpartition("/")[2]
    session = await session_of(who)

    with pytest.raises(LinkUsedUp):
        await address_change.undo(undo, now=clock.now() + timedelta(days=14, minutes=1))
    await address_change.undo(undo, now=clock.now() + timedelta(days=13))

    assert await email_of(actor) == ("anna@example.com", "ok")
    assert await queries.find_actor(session, clock.now()) is None
    assert {kind for kind, _ in (await letters())[-2:]} == {"address_restored"}
    with pytest.raises(LinkUsedUp):
        await address_change.undo(undo, now=clock.now())


async def moved(client: httpx.AsyncClient, who: Person, email: str) -> str:
    """Whoever holds a session of this person gives another address: the way back of the old."""
    await sign_in(client, who)
    await client.post("/me/profile/address", data={"email": email})
    question = urlsplit(str((await last_letter())["url"])).path
    assert (await client.post(question)).status_code == 303
    client.cookies.clear()
    return urlsplit(str((await last_letter())["url"])).path


async def test_who_takes_an_account_over_in_two_steps_loses_it_by_the_first_way_back(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    first = await moved(client, anna, "dief1@example.com")
    second = await moved(client, await people.get(anna.id), "dief2@example.com")

    done = await client.post(first)

    assert done.status_code == 303
    assert await email_of(factories.acting(anna)) == ("anna@example.com", "ok")
    told = [address for kind, address in await letters() if kind == "address_restored"]
    assert told == ["anna@example.com", "dief1@example.com", "dief2@example.com"]
    assert (await client.post(second)).status_code == 409
    assert (await client.get(second)).status_code == 410


async def test_nobody_keeps_an_address_from_its_holder_by_coming_in_with_it(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    back = await moved(client, anna, NEW)
    guest = await people.find_or_create_contact(
        Actor(name="G"), name="G. Gast", email="anna@example.com", language="nl", now=clock.now()
    )

    assert (await client.post(back)).status_code == 303
    assert (await people.get(anna.id)).email == "anna@example.com"
    assert (await people.get(guest)).email is None


async def test_nothing_is_taken_back_over_a_change_by_another_hand(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    carla = factories.acting(await factories.carla(), roles=("board",))
    back = await moved(client, anna, NEW)
    await people.change(carla, anna.id, {"email": "echt@example.com"}, now=clock.now())

    assert (await client.get(back)).status_code == 410
    assert (await client.post(back)).status_code == 409
    assert (await people.get(anna.id)).email == "echt@example.com"


async def test_a_question_ends_when_the_address_changes_meanwhile(db: None) -> None:
    who = await factories.anna()
    actor, carla = factories.acting(who), factories.acting(await factories.carla())
    token = await asked(actor)
    await people.change(carla, who.id, {"email": "echt@example.com"}, now=clock.now())

    with pytest.raises(LinkUsedUp):
        await address_change.confirm(token, now=clock.now())

    assert (await email_of(actor))[0] == "echt@example.com"
    again = await asked(actor)
    await execute("UPDATE person SET email = 'x@y.nl', email_key = 'x@y.nl' WHERE id = $1", who.id)
    with pytest.raises(LinkUsedUp):
        await address_change.confirm(again, now=clock.now())


async def test_an_address_of_somebody_else_is_answered_alike_and_told_by_letter(
    client: httpx.AsyncClient,
) -> None:
    actor = await anna(client)
    await factories.dirk()

    known, unknown = [
        await client.post("/me/profile/address", data={"email": email})
        for email in ("dirk@example.com", NEW)
    ]

    assert (known.status_code, known.headers["location"]) == (303, unknown.headers["location"])
    assert ("address_taken", "dirk@example.com") in await letters()
    assert await email_of(actor) == ("anna@example.com", "ok")


async def test_who_was_quicker_has_the_address(db: None) -> None:
    actor = factories.acting(await factories.anna())
    token = await asked(actor)
    await factories.known("Nieuw")

    with pytest.raises(LinkUsedUp):
        await address_change.confirm(token, now=clock.now())
    assert await email_of(actor) == ("anna@example.com", "ok")


@pytest.mark.parametrize("email", ["anna@example.com", "ANNA@example.com", "x", "a@x, b@x"])
async def test_no_address_or_ones_own_is_said(db: None, email: str) -> None:
    actor = factories.acting(await factories.anna())

    with pytest.raises(Invalid):
        await address_change.ask(actor, email, now=clock.now())


async def test_old_addresses_are_forgotten_in_time(db: None) -> None:
    actor = factories.acting(await factories.anna())
    await address_change.confirm(await asked(actor), now=clock.now())
    await asked(actor, "nog@example.com")

    await address_change.tick(clock.now() + timedelta(days=15))
    await address_change.tick(clock.now() + timedelta(days=15))

    assert await execute("SELECT old_email, new_email FROM email_change") == []


async def test_whoever_else_changes_an_address_its_holder_is_told(db: None) -> None:
    anna = await factories.anna()
    carla = factories.acting(await factories.carla(), roles=("board",))

    await people.change(carla, anna.id, {"email": NEW, "city": "Zwolle"}, now=clock.now())
    await people.change(carla, anna.id, {"city": "Kampen"}, now=clock.now())

    assert await letters() == [("address_corrected", "anna@example.com")]


async def test_what_was_changed_is_read_by_its_holder_only(client: httpx.AsyncClient) -> None:
    who = await anna(client)
    other = await factories.known("Bram", phone="+31687654321")
    await people.change(SYSTEM, other.id, {"city": "Ergens"}, now=clock.now())
    await client.post("/me/profile", data={**FORM, "language": "nl", "revision": "1"})
    note = {"city": "Ede", "note": "Lastig", "revision": 3}
    await people.change(CARLA, who.person_id or 0, note, now=clock.now())
    await numbers.claim(CARLA, who.person_id or 0, "BIG", "09012345625")

    link = (await client.get("/me/profile")).text
    page = await client.get("/me/profile/changes")

    main = page.text.partition("<main")[2]
    assert ('href="/me/profile/changes"' in link, heading(page)) == (True, "Wat er is gewijzigd")
    assert "<del>Zwolle</del> → <ins>Ede</ins>" in main
    assert "<del>neutraal</del> → <ins>mevrouw</ins>" in main
    assert ["09012345625" in main, main.count("door uzelf"), "door de vereniging" in main] == [
        *(True, 1, True),
    ]
    assert [word in main for word in ("Lastig", "Carla", "Ergens")] == [False] * 3


async def test_an_address_that_was_never_confirmed_is_not_kept(client: httpx.AsyncClient) -> None:
    who = await anna(client)
    await asked(who)

    await execute("UPDATE outbox_letter SET state = 'sent'")
    await delivery.tidy(clock.now())
    await address_change.tick(clock.now() + timedelta(days=2))

    assert await letters() == [("address_to_confirm", "")]
    assert await execute("SELECT 1 FROM email_change") == []
