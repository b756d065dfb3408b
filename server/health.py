"""`/health`: does the database answer, and does the worker still run? For machines, no secrets."""

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
from litestar import Request, Response

from server import clock
from server.database import execute

PATIENCE_SECONDS = 2.0
LATE_SECONDS = 120


async def health(request: Request[Any, Any, Any]) -> Response[dict[str, object]]:
    """Whether the program can do its work, and when its worker last ran a job (UTC).

    200 when the database answers, else 503. `worker.is_late` says that no job ran for two minutes.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            beat = await _last_beat()
    except (TimeoutError, OSError, RuntimeError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return Response({"database": "does not answer"}, status_code=503)
    worker = {"last_beat": beat.isoformat() if beat else None, "is_late": _is_late(beat)}
    return Response({"database": "answers", "worker": worker}, status_code=200)


async def _last_beat() -> datetime | None:
    rows = await execute("SELECT max(ran_at) AS beat FROM job_run")
    beat = rows[0]["beat"]
    return beat if isinstance(beat, datetime) else None


def _is_late(beat: datetime | None) -> bool:
    return beat is None or (clock.now() - beat).total_seconds() > LATE_SECONDS
