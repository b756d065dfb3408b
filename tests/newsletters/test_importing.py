"""Lists brought in from elsewhere: no proof, no mail; a no stays a no."""

import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.errors import Invalid, NotFound
from server.newsletters import audience, links, service
from server.newsletters.importing import Brought, Outcome, take_in
from tests.factories import NOON
from tests.newsletters.cast import (
    ANNA,
    CARLA,
    asked,
    consents,
    last_token,
    letters,
    mailing_list,
    states,
)

pytestmark = pytest.mark.anyio
PROOF = "formulier op het congres van 3 maart 2025"


async def test_without_proof_an_address_is_kept_but_never_mailed(db: None) -> None:
    one = await mailing_list()

    outcome = await take_in(CARLA, "nieuws", [Brought(ANNA)], now=NOON)

    assert outcome == Outcome(set_aside=1)
    assert await states() == [(ANNA, "not_mailed")]
    assert (await audience.recipients(one.id, NOON.date())).included == []
    assert await consents() == []
    assert await letters() == []


async def test_with_proof_an_address_receives_the_list(db: None) -> None:
    await mailing_list()

    outcome = await take_in(CARLA, "nieuws", [Brought(ANNA, proof=PROOF)], now=NOON)

    assert outcome == Outcome(added=1)
    assert await states() == [(ANNA, "confirmed")]
    assert await execute(
        "SELECT action, actor, text, proof->>'source' AS source FROM consent_event"
    ) == [{"action": "imported", "actor": "Carla", "text": None, "source": PROOF}]
    assert await letters() == []


async def test_proof_that_comes_later_counts(db: None) -> None:
    await mailing_list()
    await take_in(CARLA, "nieuws", [Brought(ANNA)], now=NOON)

    outcome = await take_in(CARLA, "nieuws", [Brought(ANNA, proof=PROOF)], now=NOON)

    assert outcome == Outcome(added=1)
    assert await states() == [(ANNA, "confirmed")]


async def test_who_said_no_stays_off_whatever_the_file_says(db: None) -> None:
    await mailing_list()
    for email in (ANNA, "bram@example.org"):
        await service.sign_up(ANONYMOUS, asked(email), now=NOON)
        await service.confirm(await last_token(), now=NOON)
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)
    await service.object_to_all(links.token_of(2), now=NOON)
    await execute("DELETE FROM subscription")

    lines = [Brought(ANNA, proof=PROOF), Brought("bram@example.org", proof=PROOF)]
    outcome = await take_in(CARLA, "nieuws", lines, now=NOON)

    assert outcome == Outcome(kept=2)
    assert await states() == []


async def test_the_same_file_twice_changes_nothing(db: None) -> None:
    await mailing_list()
    lines = [Brought(ANNA, proof=PROOF), Brought("bram@example.org"), Brought("a@x, b@x")]

    first = await take_in(CARLA, "nieuws", lines, now=NOON)
    second = await take_in(CARLA, "nieuws", lines, now=NOON)

    assert first == Outcome(added=1, set_aside=1, unusable=1)
    assert second == Outcome(kept=2, unusable=1)
    assert len(await consents()) == 1


async def test_who_was_set_aside_comes_on_the_list_by_asking(db: None) -> None:
    await mailing_list()
    await take_in(CARLA, "nieuws", [Brought(ANNA)], now=NOON)

    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    await service.confirm(await last_token(), now=NOON)

    assert await states() == [(ANNA, "confirmed")]


async def test_a_list_that_follows_from_membership_takes_nothing_in(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")

    with pytest.raises(Invalid):
        await take_in(CARLA, "leden", [Brought(ANNA, proof=PROOF)], now=NOON)
    with pytest.raises(NotFound):
        await take_in(CARLA, "geheim", [], now=NOON)
