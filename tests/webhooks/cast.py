"""Somebody of the board, a webhook to a listener, and what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.audit import chain
from server.audit import service as audit
from server.database import execute, transaction
from server.web.outbound import Outbound
from server.webhooks import collecting, delivery, service
from server.webhooks.service import WebhookForm

TOPICS = ("event.published", "event.cancelled")


def acting(*roles: str) -> Actor:
    """Somebody who showed just now who they are."""
    return Actor(name="Carla", roles=frozenset(roles), held=frozenset(roles), proved_at=clock.now())


BOARD = "board"


async def hook(url: str = "https://hooks.example/x", topics: Sequence[str] = TOPICS) -> int:
    """A webhook; its address may be of this machine, which the form would refuse."""
    form = WebhookForm("https://hooks.example/", "Agenda", topics)
    webhook_id, _ = await service.create(acting(BOARD), form, now=clock.now())
    await execute("UPDATE webhook SET url = $2 WHERE id = $1", webhook_id, url)
    return webhook_id


async def happen(action: str = "publish", entity: str = "event", row_id: int = 1) -> None:
    """One line of the audit trail, sealed."""
    async with transaction():
        await audit.record(acting(BOARD), action, (entity, row_id), after={"state": "published"})
    await chain.seal()


async def queued(url: str, lines: int = 1) -> int:
    """A webhook for which so many messages wait."""
    webhook_id = await hook(url)
    for _ in range(lines):
        await happen()
    await collecting.collect(clock.now())
    return webhook_id


async def deliver(now: datetime | None = None) -> int:
    """One batch, also to this machine."""
    way = Outbound(allow_loopback=True, seconds=2)
    try:
        return await delivery.deliver(now or clock.now(), way)
    finally:
        await way.close()


async def messages() -> list[dict[str, Any]]:
    """Every message, in order."""
    return await execute("SELECT * FROM webhook_delivery ORDER BY id")


async def states() -> list[str]:
    """How far every message has come."""
    return [row["state"] for row in await messages()]


async def state_of(webhook_id: int) -> tuple[str, int]:
    """Whether it is told anything, and what was given up in a row."""
    rows = await execute("SELECT state, failures FROM webhook WHERE id = $1", webhook_id)
    return rows[0]["state"], rows[0]["failures"]
