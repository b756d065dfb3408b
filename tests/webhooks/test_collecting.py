"""From a line of the audit trail to a message: in order, once, and without people."""

import asyncio
import json

import pytest

from server import clock
from server.audit import chain
from server.audit import service as audit
from server.database import execute, transaction
from server.events import service as events
from server.webhooks import collecting, service
from tests import factories
from tests.webhooks.cast import BOARD, acting, happen, hook, messages

pytestmark = pytest.mark.anyio


async def test_what_happens_to_an_event_is_told_without_the_event_knowing(db: None) -> None:
    await hook(topics=("event.published",))
    event = await factories.event(state="draft", slug="pijndag")

    await events.publish(acting(BOARD), event.id, now=clock.now())
    await chain.seal()
    await collecting.collect(clock.now())

    (message,) = await messages()
    said = json.loads(message["payload"])
    assert (message["topic"], message["state"], message["attempts"]) == (
        "event.published",
        "queued",
        0,
    )
    assert said["data"] == {"id": event.id, "url": "http://localhost:8000/api/events/pijndag"}
    assert {*said} == {"type", "timestamp", "data"}


async def test_nothing_about_people_is_told(db: None) -> None:
    await hook(topics=("registration.confirmed", "membership.started"))

    async with transaction():
        after = {"state": "confirmed", "name": "Anna", "email": "anna@example.com"}
        await audit.record(acting(BOARD), "register", ("registration_line", 7), after=after)
        await audit.record(acting(BOARD), "start", ("membership", 8), after=after, reason="Anna")
    await chain.seal()
    await collecting.collect(clock.now())

    said = [json.loads(row["payload"]) for row in await messages()]
    assert [one["data"] for one in said] == [{"id": 7}, {"id": 8}]
    assert "nna" not in str(said)


async def test_only_what_was_asked_for_is_told_and_only_to_whom_is_active(db: None) -> None:
    await hook(topics=("event.cancelled",))
    paused = await hook(topics=("event.published",))
    await service.pause(acting(BOARD), paused)

    await happen("publish")
    await happen("cancel")
    await happen("publish", entity="consent_text")
    await collecting.collect(clock.now())

    assert [row["topic"] for row in await messages()] == ["event.cancelled"]


async def test_messages_follow_the_order_of_the_chain_and_lines_not_yet_in_it_wait(
    db: None,
) -> None:
    await hook()
    await happen("publish", row_id=1)
    await happen("cancel", row_id=2)
    async with transaction():
        await audit.record(acting(BOARD), "publish", ("event", 3))

    await collecting.collect(clock.now())
    assert [json.loads(row["payload"])["data"]["id"] for row in await messages()] == [1, 2]
    await chain.seal()
    await collecting.collect(clock.now())
    assert [json.loads(row["payload"])["data"]["id"] for row in await messages()] == [1, 2, 3]


async def test_nothing_is_told_of_what_was_before(db: None) -> None:
    await happen()
    await hook()

    await collecting.collect(clock.now())

    assert await messages() == []


async def test_two_collectors_at_once_queue_every_line_once(db: None) -> None:
    await hook()
    for _ in range(5):
        await happen()

    await asyncio.gather(*(collecting.collect(clock.now()) for _ in range(6)))

    assert len(await messages()) == 5


async def test_a_line_is_never_queued_twice_even_if_the_cursor_goes_back(db: None) -> None:
    await hook()
    await happen()
    await collecting.collect(clock.now())
    await execute("UPDATE webhook_cursor SET position = 0")

    await collecting.collect(clock.now())

    assert len(await messages()) == 1


async def test_of_a_draft_nothing_is_told(db: None) -> None:
    await hook(topics=("event.changed",))
    hidden = await factories.event(state="draft", slug="overname")
    shown = await factories.event(state="published", slug="pijndag")

    for event in (hidden, shown):
        await happen("change", row_id=int(event.id))
    await collecting.collect(clock.now())

    assert [json.loads(row["payload"])["data"]["id"] for row in await messages()] == [shown.id]


async def test_what_happened_during_a_pause_is_not_told_later(db: None) -> None:
    paused = await hook(topics=("event.published",))
    await collecting.collect(clock.now())
    await service.pause(acting(BOARD), paused)
    await happen(row_id=1)

    await service.resume(acting(BOARD), paused)
    await happen(row_id=2)
    await collecting.collect(clock.now())

    assert [json.loads(row["payload"])["data"]["id"] for row in await messages()] == [2]
