"""What board and committee do with a proposal, who may, and what time does to it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.actors import SYSTEM, Actor
from server.database import STATEMENTS, execute
from server.errors import Invalid, NotAllowed, NotFound
from server.talks import decisions, queries, service
from server.talks.refusals import ConflictOfInterest
from tables.talks import ProposalSpeaker
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.talks.cast import board, call, committee, in_state, person, seat, submitted, trail

Verb = Callable[..., Awaitable[object]]
pytestmark = pytest.mark.anyio
ANSWER_BY = datetime(2027, 3, 30, 15, 0, tzinfo=UTC)  # the Tuesday after Easter, 17.00


async def test_accepting_asks_for_an_answer_at_the_end_of_a_working_day(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)

    done = await decisions.accept(carla, view.id, note=" Mooi! ", now=NOON)

    assert (done.state, done.told_state, done.confirm_by) == ("accepted", "accepted", ANSWER_BY)
    said = await last_letter()
    assert said["confirm_by"] == "dinsdag 30 maart 2027, 17.00 uur"
    assert said["note"] == "Mooi!"
    assert said["url"] == f"http://localhost:8000/me/proposals/{view.code}"


async def test_a_place_from_the_reserve_list_asks_for_an_answer_too(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state("reserve", els, congress)

    done = await decisions.activate(carla, view.id, now=NOON)

    assert (done.state, done.confirm_by) == ("accepted", ANSWER_BY)
    assert await letters() == [("proposal_accepted", "els@example.org")]


async def test_taking_a_decision_back_says_why_and_forgets_the_day(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)

    done = await decisions.reopen(carla, view.id, note="Dubbel geteld", now=NOON)

    assert (done.state, done.confirm_by) == ("submitted", None)
    assert (await last_letter())["note"] == "Dubbel geteld"
    assert [(step.action, step.reason) for step in await queries.history(view.id)] == [
        ("submit", ""),
        ("accept", ""),
        ("reopen", "Dubbel geteld"),
    ]


async def test_a_proposal_accepted_twice_is_told_twice(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)

    await decisions.accept(carla, view.id, now=NOON)
    await decisions.reopen(carla, view.id, note="Fout", now=NOON)
    await decisions.accept(carla, view.id, now=NOON)

    assert [kind for kind, _ in await letters()] == [
        "proposal_received",
        "proposal_accepted",
        "proposal_reopened",
        "proposal_accepted",
    ]


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        ("submitted", decisions.revise),
        ("rejected", decisions.reopen),
        ("confirmed", decisions.cancel),
    ],
)
async def test_without_a_reason_nothing_happens(db: None, state: str, verb: Verb) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state(state, els, congress)

    with pytest.raises(Invalid) as no:
        await verb(carla, view.id, note="  ", now=NOON)

    assert no.value.fields == {"note": "talks.invalid.reason"}
    assert await trail(view.id) == []


async def test_the_chair_of_the_committee_decides(db: None) -> None:
    group = await committee()
    els, bram = await person("Els"), await seat("Bram", group, chairs=True)
    view = await submitted(els, await call(committee=group))

    assert (await decisions.reserve(bram, view.id, now=NOON)).state == "reserve"


async def test_a_member_of_the_committee_reads_but_does_not_decide(db: None) -> None:
    group = await committee()
    els, anna, congress = (
        await person("Els"),
        await seat("Anna", group),
        await call(committee=group),
    )
    view = await submitted(els, congress)

    with pytest.raises(NotAllowed):
        await decisions.accept(anna, view.id, now=NOON)

    seen = await queries.call_for_committee(anna, congress.slug)
    assert [one.id for one in await queries.of_call(seen.id)] == [view.id]


async def test_for_anybody_else_a_proposal_does_not_exist(db: None) -> None:
    group, other = await committee(), await committee()
    congress = await call(committee=group)
    view = await submitted(await person("Els"), congress)
    dirk, chair = await person("Dirk"), await seat("Bram", other, chairs=True)

    for actor in (dirk, chair, Actor()):
        with pytest.raises(NotFound):
            await decisions.accept(actor, view.id, now=NOON)
        with pytest.raises(NotFound):
            await queries.call_for_committee(actor, congress.slug)

    assert (await queries.by_id(view.id)).state == "submitted"


async def test_nobody_decides_about_a_proposal_of_their_own(db: None) -> None:
    carla, congress = await board(), await call()
    view = await submitted(carla, congress)

    with pytest.raises(ConflictOfInterest):
        await decisions.accept(carla, view.id, now=NOON)

    assert (await queries.by_id(view.id)).state == "submitted"


async def test_nobody_decides_about_a_proposal_of_which_they_are_a_second_speaker(
    db: None,
) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await ProposalSpeaker(proposal=view.id, person=carla.person_id, position=1).save()

    with pytest.raises(ConflictOfInterest):
        await decisions.reject(carla, view.id, now=NOON)


async def test_every_speaker_is_told(db: None) -> None:
    els, dirk, congress = await person("Els"), await person("Dirk"), await call()
    view = await submitted(els, congress)
    await ProposalSpeaker(proposal=view.id, person=dirk.person_id, position=1).save()

    await decisions.reject(SYSTEM, view.id, now=NOON)

    assert (await letters())[1:] == [
        ("proposal_rejected", "els@example.org"),
        ("proposal_rejected", "dirk@example.org"),
    ]


async def test_reminders_go_once_each(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)

    for hours in range(24 * 8, -24, -6):
        await service.tick(ANSWER_BY - timedelta(hours=hours))

    assert (await letters())[2:] == [("proposal_reminder", "els@example.org")] * 3
    causes = await execute("SELECT cause FROM outbox_letter WHERE kind = 'proposal_reminder'")
    assert [row["cause"] for row in causes] == [
        f"proposal:{view.id}:remind:{days}:2027-03-30:{els.person_id}" for days in (7, 3, 1)
    ]


async def test_after_a_standstill_only_the_newest_reminder_goes(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)

    for _ in range(3):
        await service.tick(ANSWER_BY - timedelta(hours=20))

    assert (await letters())[2:] == [("proposal_reminder", "els@example.org")]


async def test_who_confirmed_is_not_reminded(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)
    await service.confirm(els, view.id, now=NOON)

    await service.tick(ANSWER_BY - timedelta(hours=20))

    assert [kind for kind, _ in await letters()][2:] == ["proposal_confirmed"]


async def test_for_an_event_that_was_called_off_nobody_is_reminded(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)
    await execute("UPDATE event SET state = 'cancelled' WHERE id = $1", congress.event_id)

    await service.tick(ANSWER_BY - timedelta(hours=20))

    assert [kind for kind, _ in await letters()] == ["proposal_received", "proposal_accepted"]


async def test_time_alone_never_rejects(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)

    await service.tick(ANSWER_BY + timedelta(days=30))

    overdue = await queries.by_id(view.id)
    assert overdue.state == "accepted"
    assert overdue.is_overdue(ANSWER_BY + timedelta(days=30)) is True


async def test_the_list_costs_the_same_with_one_and_with_many(db: None) -> None:
    congress, els = await call(), await person("Els")
    costs = []

    for more in (1, 11):
        for _ in range(more):
            await in_state("submitted", els, congress)
        counter = [0]
        token = STATEMENTS.set(counter)
        found = await queries.of_call(congress.id)
        STATEMENTS.reset(token)
        costs.append((len(found), counter[0]))

    assert costs == [(1, 1), (12, 1)]
