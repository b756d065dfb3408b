"""What a client is told of one person's part in an event: always newer, never the wrong word."""

from datetime import timedelta
from itertools import pairwise

import pytest

from server.actors import SYSTEM
from server.calendars import entries
from server.calendars.rules import CalendarEntry
from server.events import service as events
from server.registrations import organising, service
from server.registrations.wishes import RegistrationForm
from server.talks import decisions, drafts
from server.talks import service as talks
from tables.people import Person
from tables.registrations import CapacityUnit
from tests import factories
from tests.factories import NOON, acting
from tests.registrations.cast import EARLY, register
from tests.talks import cast

pytestmark = pytest.mark.anyio


async def shown(who: Person | int) -> tuple[str, int]:
    """Status and sequence of the one event in somebody's calendar."""
    person_id = who if isinstance(who, int) else who.id
    (one,) = await entries.personal_entries(person_id, "nl", EARLY)
    return one.status.value, one.sequence


def rises(seen: list[tuple[str, int]]) -> bool:
    """Whether every other status came with a higher number, and none with a lower."""
    return all(
        after[1] > before[1] if after[0] != before[0] else after[1] >= before[1]
        for before, after in pairwise(seen)
    )


async def test_a_place_given_up_at_ones_own_groups_event_is_given_up(db: None) -> None:
    bram, group = await factories.bram()
    event, _ = await factories.open_event(5, group=group.id, published_at=EARLY)
    seen = [await shown(bram)]
    view = await register(bram, event.id)
    seen.append(await shown(bram))

    await service.cancel(acting(bram), view.code, now=EARLY)
    seen.append(await shown(bram))

    assert [status for status, _ in seen] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert rises(seen)


async def test_through_the_line_and_back_the_number_only_rises(db: None) -> None:
    bram, group = await factories.bram()
    zed = await factories.member("Zed")
    event, _ = await factories.open_event(1, group=group.id, published_at=EARLY)
    first = await register(zed, event.id)
    seen = [await shown(bram)]
    view = await register(bram, event.id)
    seen.append(await shown(bram))
    await service.cancel(acting(zed), first.code, now=EARLY)
    await service.accept(acting(bram), view.code, now=EARLY)
    seen.append(await shown(bram))
    await service.cancel(acting(bram), view.code, now=EARLY)
    seen.append(await shown(bram))

    await register(bram, event.id, now=EARLY + timedelta(hours=1))
    seen.append(await shown(bram))

    assert [status for status, _ in seen] == [
        "CONFIRMED",
        "TENTATIVE",
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]
    assert rises(seen)


async def test_a_confirmed_speaker_who_also_waits_for_a_place_comes(db: None) -> None:
    els, carla, congress = await cast.person("Els"), await cast.board(), await cast.call()
    person_id = els.person_id or 0
    view = await cast.submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)
    seen = [await shown(person_id)]
    await talks.confirm(els, view.id, now=NOON)
    seen.append(await shown(person_id))
    await CapacityUnit(event=congress.event_id, capacity=0).save()
    await service.register(els, congress.event_id, RegistrationForm(), now=NOON)
    seen.append(await shown(person_id))
    (entry,) = await entries.personal_entries(person_id, "nl", EARLY)

    await talks.withdraw(els, view.id, now=NOON)
    seen.append(await shown(person_id))

    assert [status for status, _ in seen] == ["TENTATIVE", "CONFIRMED", "CONFIRMED", "TENTATIVE"]
    assert entry.notes == ()
    assert rises(seen)


async def test_another_text_of_a_talk_moves_nothing_in_the_calendar(db: None) -> None:
    els, carla, congress = await cast.person("Els"), await cast.board(), await cast.call()
    view = await cast.submitted(els, congress)
    await decisions.accept(carla, view.id, now=NOON)
    before = await shown(els.person_id or 0)

    await drafts.correct(carla, view.id, {"title": "Andere titel"}, NOON)

    assert await shown(els.person_id or 0) == before


async def kept(event_id: int) -> list[CalendarEntry]:
    return [
        *await entries.public_entries("nl", EARLY),
        *await entries.event_entries(event_id, "nl", EARLY),
    ]


async def test_a_cancelled_event_stays_its_fourteen_days_also_when_it_is_archived(
    db: None,
) -> None:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)
    await organising.cancel_event(SYSTEM, event.id, reason="", now=EARLY)
    before = [*await kept(event.id), *await entries.personal_entries(anna.id, "nl", EARLY)]

    await events.archive(SYSTEM, event.id)
    after = [*await kept(event.id), *await entries.personal_entries(anna.id, "nl", EARLY)]
    late = NOON + timedelta(days=15)

    assert [(one.status, one.sequence) for one in after] == [
        (one.status, one.sequence) for one in before
    ]
    assert [one.status.value for one in after] == ["CANCELLED"] * 3
    assert await entries.public_entries("nl", late) == []


async def test_an_event_that_was_held_and_archived_is_out_of_sight(db: None) -> None:
    event, _ = await factories.open_event(5, published_at=EARLY)
    await events.complete(SYSTEM, event.id, now=NOON + timedelta(days=1))
    await events.archive(SYSTEM, event.id)

    assert await kept(event.id) == []
