"""Speakers hear what becomes of the event they proposed a talk for."""

from datetime import timedelta

import pytest

from server.actors import SYSTEM
from server.database import execute
from server.people import service as people
from server.registrations import organising
from server.talks import queries
from tables.registrations import CapacityUnit
from tables.talks import ProposalState as S
from tests import factories
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.registrations.cast import register
from tests.talks.cast import board, call, in_state, person, trail

pytestmark = pytest.mark.anyio
HOPEFUL = (S.submitted, S.revision, S.reserve, S.accepted, S.confirmed)
SETTLED = tuple(state for state in S if state not in HOPEFUL)
LATER = {
    "starts_at": NOON + timedelta(days=120),
    "ends_at": NOON + timedelta(days=120, hours=6),
}


@pytest.mark.parametrize("state", HOPEFUL)
async def test_whoever_hopes_to_speak_hears_of_the_new_date(db: None, state: S) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state(state, els, congress)

    await organising.change_event(carla, congress.event_id, LATER, now=NOON)

    assert await letters() == [("proposal_event_changed", "els@example.org")]
    assert await last_letter() == {
        "name": "Els",
        "title": "Pijneducatie",
        "event": "Pijncongres",
        "changes": "- Datum: was donderdag 10 juni 2027, 13.00–19.00 uur,"
        " wordt zaterdag 10 juli 2027, 13.00–19.00 uur",
        "url": f"http://localhost:8000/me/proposals/{view.code}",
    }
    assert (await queries.by_id(view.id)).state == state


@pytest.mark.parametrize("state", HOPEFUL)
async def test_with_the_event_goes_every_proposal(db: None, state: S) -> None:
    els, carla, congress = await person("Els", language="en"), await board(), await call()
    view = await in_state(state, els, congress)

    await organising.cancel_event(carla, congress.event_id, reason="No room.", now=NOON)

    after = await queries.by_id(view.id)
    assert (after.state, after.told_state, after.confirm_by) == ("cancelled", "cancelled", None)
    assert await letters() == [("proposal_event_cancelled", "els@example.org")]
    said = await last_letter()
    assert (said["event"], said["reason"]) == ("Pain congress", "No room.")
    assert said["when"] == "Thursday 10 June 2027, 13:00–19:00"
    assert await trail(view.id) == ["lapse"]
    assert [(step.action, step.reason) for step in await queries.history(view.id)] == [
        ("lapse", "No room.")
    ]


async def test_who_is_settled_hears_nothing_and_stays_so(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    settled = [await in_state(state, els, congress) for state in SETTLED]

    await organising.change_event(carla, congress.event_id, LATER, now=NOON)
    await organising.cancel_event(carla, congress.event_id, reason="", now=NOON)

    assert await letters() == []
    assert [(await queries.by_id(view.id)).state for view in settled] == list(SETTLED)


async def test_who_hopes_to_speak_hears_of_putting_off_and_of_the_date_that_follows(
    db: None,
) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state(S.confirmed, els, congress)

    await organising.postpone_event(carla, congress.event_id, reason="Staking.")
    await organising.change_event(carla, congress.event_id, LATER, now=NOON)
    await organising.reschedule_event(carla, congress.event_id, now=NOON)

    kinds = [kind for kind, _ in await letters()]
    assert kinds == ["proposal_event_postponed", "proposal_event_changed"]
    assert (await last_letter())["changes"] == (
        "- Datum: was donderdag 10 juni 2027, 13.00–19.00 uur,"
        " wordt zaterdag 10 juli 2027, 13.00–19.00 uur\n"
        "- De activiteit gaat door: zaterdag 10 juli 2027, 13.00–19.00 uur\n"
        "- Plaats: Op locatie"
    )
    assert (await queries.by_id(view.id)).state == "confirmed"


async def test_a_speaker_who_also_registered_hears_once(db: None) -> None:
    anna = await factories.anna()
    els, carla, congress = await person("Els"), await board(), await call()
    await CapacityUnit(event=congress.event_id, capacity=5).save()
    await in_state(S.confirmed, els, congress)
    for who in (await people.get(els.person_id or 0), anna):
        await register(who, congress.event_id, now=NOON)
    await execute("DELETE FROM outbox_letter")

    await organising.change_event(carla, congress.event_id, LATER, now=NOON)
    await organising.postpone_event(carla, congress.event_id)
    await organising.cancel_event(carla, congress.event_id, reason="", now=NOON)

    assert await letters() == [
        ("proposal_event_changed", "els@example.org"),
        ("event_changed", "anna@example.com"),
        ("proposal_event_postponed", "els@example.org"),
        ("event_postponed", "anna@example.com"),
        ("proposal_event_cancelled", "els@example.org"),
        ("event_cancelled", "anna@example.com"),
    ]
    rows = await execute("SELECT state FROM registration_line")
    assert [row["state"] for row in rows] == ["cancelled_by_organiser"] * 2


async def test_the_demo_and_other_programs_act_without_a_person_too(db: None) -> None:
    view = await in_state(S.confirmed, await person("Els"), congress := await call())

    await organising.cancel_event(SYSTEM, congress.event_id, reason="", now=NOON)

    assert (await queries.by_id(view.id)).state == "cancelled"
