"""One's own register numbers: said, corrected, taken back, by oneself only."""

import httpx
import pytest

from server import clock
from server.actors import SYSTEM, Actor
from server.people import numbers
from server.people.numbers import NumberView
from tables.knowledge import VocabularyTerm
from tests import factories
from tests.clients import heading, sign_in

pytestmark = pytest.mark.anyio
NUMBERS = "/me/profile/numbers"
GOOD, OTHER = "09012345625", "09912345616"


async def anna(client: httpx.AsyncClient) -> Actor:
    who = await factories.anna()
    await sign_in(client, who)
    for code, label in (("gz_psychologist", "gz-psycholoog"), ("psychotherapist", "therapeut")):
        term = VocabularyTerm(vocabulary="professional_title", code=code)
        term.label_nl = term.label_en = label
        await term.save()
    return factories.acting(who, is_member=True)


async def only(actor: Actor) -> NumberView:
    (number,) = await numbers.of_person(actor.person_id or 0)
    return number


async def verified(actor: Actor) -> NumberView:
    made = await numbers.claim(*(actor, actor.person_id or 0, "BIG", GOOD), title="gz_psychologist")
    await numbers.verify(SYSTEM, made, method="BIG-register", on=clock.today())
    return await only(actor)


async def test_a_number_is_added_proposed_and_withdrawn(client: httpx.AsyncClient) -> None:
    actor = await anna(client)
    lost_zero = {"register": "BIG", "number": "9012345625", "title": "gz_psychologist"}

    proposed = await client.post(NUMBERS, data=lost_zero)
    added = await client.post(NUMBERS, data={**lost_zero, "number": GOOD})
    number = await only(actor)
    gone = await client.post(f"{NUMBERS}/{number.id}/withdrawal")

    assert proposed.status_code == 422
    assert f"Bedoelt u {GOOD}?" in proposed.text
    assert (added.status_code, gone.status_code) == (303, 303)
    number = await only(actor)
    assert (number.number, number.title, number.state) == (GOOD, "gz_psychologist", "withdrawn")


async def test_a_verified_number_that_is_corrected_is_a_claim_again(
    client: httpx.AsyncClient,
) -> None:
    actor = await anna(client)
    was = await verified(actor)

    page = await client.get(f"{NUMBERS}/{was.id}")
    wrong = {"revision": str(was.revision), "number": "9912345616", "title": "psychotherapist"}
    proposed = await client.post(f"{NUMBERS}/{was.id}", data=wrong)
    right = {**wrong, "number": OTHER}
    saved = await client.post(f"{NUMBERS}/{was.id}", data=right)

    assert heading(page) == "Nummer wijzigen"
    assert "controleert het bestuur het opnieuw" in page.text
    assert f"Bedoelt u {OTHER}?" in proposed.text
    assert saved.status_code == 303
    number = await only(actor)
    assert (number.number, number.title) == (OTHER, "psychotherapist")
    assert (number.state, number.verified_on) == ("claimed", None)


async def test_the_same_again_changes_nothing_and_a_stale_page_is_not_saved(
    client: httpx.AsyncClient,
) -> None:
    actor = await anna(client)
    was = await verified(actor)
    same = {"revision": "1", "number": f" {GOOD} ", "title": "gz_psychologist"}

    again = await client.post(f"{NUMBERS}/{was.id}", data=same)
    stale = await client.post(f"{NUMBERS}/{was.id}", data={**same, "number": OTHER})

    assert again.status_code == 303
    assert stale.status_code == 422
    assert "intussen ook elders gewijzigd" in stale.text
    assert f'value="{OTHER}"' in stale.text
    assert await only(actor) == was


async def test_a_number_that_one_has_already_is_said_so(client: httpx.AsyncClient) -> None:
    actor = await anna(client)
    await numbers.claim(actor, actor.person_id or 0, "BIG", GOOD)
    other = await numbers.claim(actor, actor.person_id or 0, "BIG", OTHER)

    twice = {"revision": "1", "number": GOOD, "title": ""}
    answer = await client.post(f"{NUMBERS}/{other}", data=twice)

    assert answer.status_code == 422
    assert "staat al bij uw gegevens" in answer.text


async def test_an_unknown_profession_is_refused(client: httpx.AsyncClient) -> None:
    actor = await anna(client)
    odd = {"register": "BIG", "number": GOOD, "title": "wizard"}

    assert (await client.post(NUMBERS, data=odd)).status_code == 422
    assert not await numbers.of_person(actor.person_id or 0)


@pytest.mark.parametrize("path", ["", "/withdrawal"])
async def test_nobody_touches_somebody_elses_number(client: httpx.AsyncClient, path: str) -> None:
    dirk = await factories.dirk()
    number_id = await numbers.claim(Actor(name="D"), dirk.id, "BIG", GOOD)
    await anna(client)

    data = {"revision": "1", "number": OTHER, "title": ""}
    answer = await client.post(f"{NUMBERS}/{number_id}{path}", data=data)
    page = await client.get(f"{NUMBERS}/{number_id}")

    assert (answer.status_code, page.status_code) == (404, 404)
    (number,) = await numbers.of_person(dirk.id)
    assert (number.number, number.state) == (GOOD, "claimed")
