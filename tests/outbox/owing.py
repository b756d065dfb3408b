"""Letters owed in tests, and how they fare."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from emails.letters import Letter
from emails.letters.registrations import EventCancelled
from server import settings
from server.database import execute, transaction
from server.outbox.service import Recipient, post

ANNA = Recipient(None, "Anna de Vries", "anna@example.org", "nl")
CANCELLED = EventCancelled.sample()


async def owe(
    cause: str = "event:1:cancelled",
    *,
    letter: Letter = CANCELLED,
    to: Recipient = ANNA,
    expires_at: datetime | None = None,
) -> None:
    async with transaction():
        await post(letter, to, cause=cause, expires_at=expires_at)


async def outbox(*columns: str) -> list[tuple[Any, ...]]:
    """The chosen columns of every letter, in order."""
    rows = await execute(f"SELECT {', '.join(columns)} FROM outbox_letter ORDER BY id")
    return [tuple(row.values()) for row in rows]


async def states() -> list[str]:
    return [state for (state,) in await outbox("state")]


def later(minutes: float = 1) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


def send_by(url: str, using: settings.Settings | None = None) -> None:
    settings.use(msgspec.structs.replace(using or settings.current(), mail_url=url))
