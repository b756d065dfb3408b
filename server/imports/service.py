"""Bringing a file, saying what its columns mean, and asking for the next step.

The looking and the taking in are done by the worker (`working`), so that nobody waits at a page.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.imports import fields, queries, reading
from server.imports.comparing import OTHER, SAME
from server.imports.states import IMPORT
from server.rights import Area
from tables.people import RowOutcome

KEPT = timedelta(days=30)


class NothingToDo(Refusal):
    """No line of the file would change anything."""

    code = "imports.nothing_to_do"


async def bring(
    actor: Actor, filename: str, content: bytes, *, source: str = "", now: datetime
) -> int:
    """Keep a file as a sheet of text, its columns guessed: the id. Raises Invalid on `file`."""
    _require(actor)
    sheet = await asyncio.to_thread(reading.read, content)
    sheet, left_out = fields.without_bsn(sheet)
    if not sheet.headers:
        raise Invalid(file="imports.file.only_bsn")
    known = fields.remembered(sheet.headers, await queries.mapping(source) if source else {})
    columns = {
        "headers": sheet.headers,
        "fields": known or fields.guess(sheet.headers),
        "left_out": left_out,
        "lines": len(sheet.lines),
    }
    async with transaction():
        rows = await execute(
            "INSERT INTO import_batch (source, filename, content, columns, counts, created_at,"
            " changed_at) VALUES ($1, $2, $3, $4::jsonb, '{}', $5, $5) RETURNING id",
            *(source[:80], filename[:200], queries.packed(sheet), json.dumps(columns), now),
        )
        batch_id = int(rows[0]["id"])
        after = {"lines": len(sheet.lines), "left_out": len(left_out)}
        await audit.record(actor, "bring", ("import_batch", batch_id), after=after)
    return batch_id


async def choose(
    actor: Actor, batch_id: int, chosen: Mapping[int, str], *, source: str = "", now: datetime
) -> None:
    """Say which field each column is, and look at the whole file; `source` remembers it.

    Raises Invalid on `fields`, NotFound; refuses: WrongState.
    """
    taken = [field for field in chosen.values() if field]
    if any(field not in fields.HEADERS for field in taken):
        raise Invalid(fields="errors.field.choice")
    if len(set(taken)) < len(taken):
        raise Invalid(fields="imports.field.fields.twice")
    if not {"surname", "name", "email", "member_number"} & set(taken):
        raise Invalid(fields="imports.field.fields.nobody")
    async with transaction():
        batch = await _locked(actor, batch_id)
        kept = {str(n): field for n, field in sorted(chosen.items()) if field}
        columns = {**batch.columns, "fields": kept, "decided": {}, "takes_proposals": False}
        await _check(actor, batch_id, columns, source=source)
        if source.strip():
            await _remember(batch.headers, chosen, source.strip()[:80], now)


async def decide(
    actor: Actor, batch_id: int, decided: Mapping[int, str], *, take_proposals: bool
) -> None:
    """Say who look alike are the same, and whether proposed numbers are taken; then look again.

    Raises NotFound; refuses: WrongState.
    """
    async with transaction():
        batch = await _locked(actor, batch_id)
        known = {str(line): word for line, word in decided.items() if word in (SAME, OTHER)}
        columns = {
            **batch.columns,
            "decided": {**batch.columns.get("decided", {}), **known},
            "takes_proposals": take_proposals,
        }
        await _check(actor, batch_id, columns, source=batch.source)


async def ask_to_take_in(actor: Actor, batch_id: int) -> None:
    """Have all new and changed lines taken in. Raises NotFound; refuses: WrongState, NothingToDo.

    The others stay out: errors and people who look alike are for another file.
    """
    async with transaction():
        batch = await _locked(actor, batch_id)
        if not any(batch.counts.get(one) for one in (RowOutcome.new, RowOutcome.changed)):
            raise NothingToDo
        counts = {**batch.counts, "done": 0, "note": "", "by": actor.person_id}
        await IMPORT.move(batch_id, "take_in", actor=actor, set_also={"counts": json.dumps(counts)})


async def forget(now: datetime) -> int:
    """Forget the lines of files thirty days after they were brought: how many files."""
    async with transaction():
        rows = await execute(
            "UPDATE import_batch SET content = NULL WHERE content IS NOT NULL"
            " AND greatest(created_at, imported_at) <= $1 RETURNING id",
            now - KEPT,
        )
        await execute("DELETE FROM import_row WHERE batch = ANY($1)", [row["id"] for row in rows])
    return len(rows)


async def _check(actor: Actor, batch_id: int, columns: object, *, source: str) -> None:
    kept = {"columns": json.dumps(columns), "counts": "{}", "source": source.strip()[:80]}
    await IMPORT.move(batch_id, "check", actor=actor, set_also=kept)


async def _remember(
    headers: list[str], chosen: Mapping[int, str], source: str, now: datetime
) -> None:
    kept = {headers[n]: field for n, field in chosen.items() if field and n < len(headers)}
    await execute(
        "INSERT INTO import_mapping (source, columns, created_at, changed_at)"
        " VALUES ($1, $2::jsonb, $3, $3) ON CONFLICT (source) DO UPDATE"
        " SET columns = excluded.columns, changed_at = excluded.changed_at,"
        " revision = import_mapping.revision + 1",
        *(source, json.dumps(kept), now),
    )


async def note_export(actor: Actor, batch_id: int, rows: int) -> None:
    """Somebody took the lines along that were not taken in. Raises NotFound."""
    _require(actor)
    async with transaction():
        await audit.record(actor, "export", ("import_batch", batch_id), after={"rows": rows})


async def _locked(actor: Actor, batch_id: int) -> queries.Batch:
    """The file, held until the transaction ends. Raises NotFound, also when it was forgotten."""
    _require(actor)
    await execute("SELECT 1 FROM import_batch WHERE id = $1 FOR UPDATE", batch_id)
    found = await queries.batch(batch_id)
    if not found.is_kept:
        raise NotFound
    return found


def _require(actor: Actor) -> None:
    if not actor.changes(Area.people):
        raise NotFound
