"""A person who changes address takes every yes and every no along."""

from datetime import timedelta

import httpx
import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.newsletters import audience, links, queries, service
from server.newsletters.importing import Brought, take_in
from server.people import service as people
from tables.people import Person
from tests.factories import NOON
from tests.newsletters.cast import (
    ANNA,
    CARLA,
    acting,
    asked,
    consents,
    last_token,
    letters,
    mailing_list,
    member,
    person,
    row_of,
    sign_in,
    states,
)

pytestmark = pytest.mark.anyio
NEW = "nieuw@example.org"
LATER = NOON + timedelta(days=1)


async def moved(who: Person, *, to: str | None = NEW, is_proved: bool = True) -> None:
    """Somebody's new address."""
    await people.change(acting(who), who.id, {"email": to}, now=NOON)
    if is_proved:
        await people.confirm_email(who.id, now=NOON)


async def reach(list_id: int = 1) -> tuple[list[str], list[tuple[str, str]]]:
    found = await audience.recipients(list_id, NOON.date())
    return [one.email for one in found.included], [
        (one.email, one.reason) for one in found.excluded
    ]


async def both_rows(who: Person) -> None:
    """On the list with the old address, and again with the new one before we knew it was theirs."""
    await service.choose(acting(who), ["nieuws"], now=NOON)
    await service.sign_up(ANONYMOUS, asked(NEW), now=LATER)
    await service.confirm(await last_token(), now=LATER)
    await moved(who)


async def test_a_chosen_list_follows_to_the_new_address(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)

    await moved(anna)

    assert await reach() == ([NEW], [])
    await service.tick(NOON)
    await service.tick(NOON)
    assert await states() == [(NEW, "confirmed")]
    assert await reach() == ([NEW], [])


async def test_until_the_new_address_is_proved_the_old_one_is_mailed(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)

    await moved(anna, is_proved=False)
    await service.tick(NOON)

    assert await reach() == ([ANNA], [])
    assert await states() == [(ANNA, "confirmed")]


async def test_who_has_no_address_any_more_is_not_mailed_at_the_old_one(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)

    await moved(anna, to="", is_proved=False)

    assert await reach() == ([], [("", "no_address")])


async def test_an_address_that_signed_up_before_we_knew_the_person_follows_too(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    await service.confirm(await last_token(), now=NOON)
    anna = await person(ANNA)
    await service.tick(NOON)

    await moved(anna)

    assert await reach() == ([NEW], [])


async def test_an_old_address_that_goes_to_somebody_else_is_theirs(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)
    await moved(anna)

    await service.sign_up(ANONYMOUS, asked(ANNA), now=LATER)
    await service.confirm(await last_token(), now=LATER)

    assert await states() == [(NEW, "confirmed"), (ANNA, "confirmed")]
    assert await reach() == ([NEW, ANNA], [])


async def test_asking_with_the_new_address_is_asking_for_what_one_has(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)
    await moved(anna)

    await service.sign_up(ANONYMOUS, asked(NEW), now=LATER)

    assert await letters() == [("newsletter_already", NEW)]
    assert await states() == [(NEW, "confirmed")]


async def test_who_is_on_a_list_twice_is_mailed_once(db: None) -> None:
    await mailing_list()
    await both_rows(await person(ANNA))

    assert await reach() == ([NEW], [])
    assert (await audience.counts(NOON.date()))[1] == {"": 1}


async def test_leaving_leaves_under_every_address(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await both_rows(anna)

    await service.choose(acting(anna), [], now=LATER)

    assert sorted(await states()) == [(ANNA, "unsubscribed"), (NEW, "unsubscribed")]
    assert await reach() == ([], [(NEW, "unsubscribed")])
    (standing,) = await queries.shown_to_person(acting(anna), NEW)
    assert not standing.is_on


async def test_the_link_in_an_old_letter_leaves_for_the_person(db: None) -> None:
    await mailing_list()
    await both_rows(await person(ANNA))

    await service.unsubscribe(links.token_of(1), channel="one_click", now=LATER)

    assert await reach() == ([], [(NEW, "unsubscribed")])


async def test_what_the_board_takes_off_is_off_under_every_address(db: None) -> None:
    await mailing_list()
    await both_rows(await person(ANNA))

    await service.take_off(CARLA, 2, "Belde.", now=LATER)

    assert sorted(await states()) == [(ANNA, "unsubscribed"), (NEW, "unsubscribed")]


async def test_who_comes_back_to_an_automatic_list_is_on_it(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna = await member(ANNA)
    actor = acting(anna, is_member=True)
    await service.choose(actor, [], now=NOON)
    await moved(anna)
    left = await reach()

    await service.choose(actor, ["leden"], now=LATER)

    (standing,) = await queries.shown_to_person(actor, NEW)
    assert left == ([], [(NEW, "unsubscribed")])
    assert (standing.is_on, standing.state) == (True, "automatic")
    assert await reach() == ([NEW], [])


async def test_an_objection_to_all_our_mail_follows_the_person(db: None) -> None:
    await mailing_list()
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna = await member(ANNA)
    actor = acting(anna, is_member=True)
    await service.choose(actor, ["nieuws", "leden"], now=NOON)
    await service.object_to_all(links.token_of((await row_of()).id), now=NOON)

    await moved(anna)

    assert await reach(2) == ([], [(NEW, "objected")])
    assert [one.is_on for one in await queries.shown_to_person(actor, NEW)] == [False, False]
    assert [one.address for one in await audience.suppressed(2)] == [ANNA, NEW]
    await service.sign_up(ANONYMOUS, asked(NEW), now=LATER)
    assert await letters() == []


async def test_who_objected_and_comes_back_under_the_new_address_is_mailed(db: None) -> None:
    await mailing_list()
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna = await member(ANNA)
    actor = acting(anna, is_member=True)
    await service.choose(actor, ["nieuws", "leden"], now=NOON)
    await service.object_to_all(links.token_of((await row_of()).id), now=NOON)
    await moved(anna)

    await service.choose(actor, ["leden"], now=LATER)

    assert await reach(2) == ([NEW], [])
    assert (await consents())[-1] == ("newsletters", "confirmed", "preferences")


async def test_an_objection_by_a_person_we_did_not_know_yet_is_theirs(db: None) -> None:
    await mailing_list()
    await mailing_list("leden", audience="members", opt_in="automatic")
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    await service.confirm(await last_token(), now=NOON)
    anna = await member(ANNA)
    await service.object_to_all(links.token_of(1), now=NOON)

    await moved(anna)

    assert await reach(2) == ([], [(NEW, "objected")])


async def test_the_page_names_the_address_that_is_mailed(client: httpx.AsyncClient) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)
    await moved(anna)
    await sign_in(client, anna)

    page = (await client.get("/me/newsletters")).text

    assert NEW in page
    assert ANNA not in page
    assert (await reach())[0] == [NEW]


async def test_a_file_does_not_bring_back_who_left_under_another_address(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)
    await service.choose(acting(anna), [], now=NOON)
    await moved(anna)

    outcome = await take_in(CARLA, "nieuws", [Brought(NEW, proof="lijst 2019")], now=LATER)

    assert (outcome.added, outcome.kept) == (0, 1)
    assert await reach() == ([], [(NEW, "unsubscribed")])


async def test_what_followed_is_in_the_trail_once(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)
    await service.choose(acting(anna), ["nieuws"], now=NOON)
    await moved(anna)

    for _ in range(2):
        await service.tick(NOON)

    rows = await execute("SELECT action FROM audit_entry WHERE entity = 'subscription' ORDER BY id")
    assert [row["action"] for row in rows] == ["ask", "opt_in", "follow"]
