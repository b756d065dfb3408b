"""`netwerk import people FILE`: the same look and the same taking in, from the command line."""

import argparse
import asyncio
from pathlib import Path

from server import clock
from server.actors import SYSTEM
from server.cli import product
from server.cli.saying import CannotStart, say
from server.errors import Invalid, Refusal
from server.imports import board, queries, service, working
from server.language import text
from tables.people import RowOutcome


async def people(asked: argparse.Namespace) -> None:
    """Look at a file and say what each line would do; with `--go`, do it."""
    await product.migrate()
    path = Path(asked.file)
    try:
        content = await asyncio.to_thread(path.read_bytes)
        batch_id = await service.bring(
            SYSTEM, path.name, content, source=asked.source, now=clock.now()
        )
        chosen = (await queries.batch(batch_id)).fields
        await service.choose(SYSTEM, batch_id, chosen, source=asked.source, now=clock.now())
        await working.tick(clock.now())
        await _report(batch_id)
        if asked.go:
            await service.ask_to_take_in(SYSTEM, batch_id)
            await working.tick(clock.now())
            state = (await queries.batch(batch_id)).state
            say(f"Batch {batch_id} is {state}: see /board/import/{batch_id}.")
        else:
            say(f"Nothing was taken in. Add --go, or go on at /board/import/{batch_id}.")
    except OSError as trouble:
        raise CannotStart(f"{path} cannot be read: {trouble.strerror}.") from None
    except Invalid as invalid:
        raise CannotStart(" ".join(text("en", key) for key in invalid.fields.values())) from None
    except Refusal as refusal:
        raise CannotStart(text("en", refusal.message_key)) from None


async def _report(batch_id: int) -> None:
    counts = (await queries.batch(batch_id)).counts
    for outcome in RowOutcome:
        say(f"{counts[outcome]:>8} {text('en', f'imports.outcome.{outcome}')}")
    for row in await queries.rows(batch_id, limit=None):
        if row.problems:
            say(f"line {row.line}: {board.reasons(row, 'en')}")
