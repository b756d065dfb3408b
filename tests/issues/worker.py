"""A worker that sends newsletters until somebody ends it: python -m tests.issues.worker DSN URL."""

import asyncio
import sys
from pathlib import Path

import msgspec

from server import clock, database, settings
from server.issues import sending


async def work(dsn: str, mail_url: str) -> None:
    given = {"SECRET_KEY": "k" * 32, "BASE_URL": "http://localhost:8000", "VAR_DIR": "/nonexistent"}
    using = settings.load(given, Path("/nonexistent/.env"))
    settings.use(msgspec.structs.replace(using, mail_url=mail_url, mail_rate=0))
    database.configure(dsn)
    await database.open_pool()
    while True:
        await sending.tick(clock.now())


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:3]))
