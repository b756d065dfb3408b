"""Bringing a file, saying what its columns mean, and asking for the next step.

The looking and the taking in are done by the worker (`working`), so that nobody waits at a page.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal, Stale
from server.imports import fields, queries, reading
from server.imports.recognising import OTHER
from server.imports.states import IMPORT
from server.rights import Area
from tables.people import RowOutcome

KEPT = timedelta(days=30)
# Their lines, and the lines of the same file that repeat them.
LINES_OF = """WITH own AS (SELECT batch, line FROM import_row WHERE person = ANY($1)),
  repeated AS (SELECT r.batch, r.line FROM import_row r JOIN own ON own.batch = r.batch,
    jsonb_array_elements(r.problems) p WHERE (p->>'of_line')::int = own.line)
  SELECT b.id AS batch, b.content IS NOT NULL AS is_kept, array_agg(DISTINCT a.line) AS lines
  FROM (SELECT * FROM own UNION SELECT * FROM repeated) a JOIN import_batch b ON b.id = a.batch
  GROUP BY b.id ORDER BY b.id"""


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
    actor: Actor,
    batch_id: int,
    decided: Mapping[int, str],
    *,
    take_proposals: bool,
    expected_revision: int | None = None,
) -> None:
    """Say who people are who look alike, and whether proposed numbers are taken; then look again.

    `decided`: line → the id of whom it is about, or OTHER. Raises NotFound; refuses: WrongState,
    Stale.
    """
    async with transaction():
        batch = await _locked(actor, batch_id, expected_revision)
        known = {
            str(line): word for line, word in decided.items() if word == OTHER or word.isdecimal()
        }
        columns = {
            **batch.columns,
            "decided": {**batch.columns.get("decided", {}), **known},
            "takes_proposals": take_proposals,
        }
        await _check(actor, batch_id, columns, source=batch.source)


async def ask_to_take_in(
    actor: Actor, batch_id: int, *, expected_revision: int | None = None
) -> None:
    """Have all new and changed lines taken in, as they were shown at a revision.

    The others stay out: errors and people who look alike are for another file. Raises NotFound;
    refuses: WrongState, Stale, NothingToDo.
    """
    async with transaction():
        batch = await _locked(actor, batch_id, expected_revision)
        if not any(batch.counts.get(one) for one in (RowOutcome.new, RowOutcome.changed)):
            raise NothingToDo
        counts = {**batch.counts, "done": 0, "note": "", "by": actor.person_id}
        await IMPORT.move(batch_id, "take_in", actor=actor, set_also={"counts": json.dumps(counts)})


async def forget(now: datetime) -> int:
    """Forget the lines of files thirty days after they were brought: how many files."""
    async with transaction():
        rows = await execute(
            "UPDATE import_batch b SET content = NULL"
            " WHERE greatest(b.created_at, b.imported_at) <= $1 AND (b.content IS NOT NULL"
            " OR EXISTS (SELECT 1 FROM import_row r WHERE r.batch = b.id)) RETURNING id",
            now - KEPT,
        )
        await execute("DELETE FROM import_row WHERE batch = ANY($1)", [row["id"] for row in rows])
    return len(rows)


async def forget_lines_of(person_ids: Sequence[int]) -> None:
    """Take the lines of erased people out of the files that are kept; those of others stay.

    Inside the transaction in which they are erased.
    """
    found = await execute(LINES_OF, list(person_ids))
    for row in found:
        batch_id, lines = row["batch"], set(row["lines"])
        await execute(
            "DELETE FROM import_row WHERE batch = $1 AND line = ANY($2)", batch_id, sorted(lines)
        )
        if row["is_kept"]:
            sheet = await queries.sheet(batch_id)
            kept = [(n, cells) for n, cells in zip(sheet.numbers, sheet.lines, strict=True)
                    if n not in lines]  # fmt: skip
            rest = reading.Sheet(sheet.headers, [c for _, c in kept], [n for n, _ in kept])
            await execute(
                "UPDATE import_batch SET content = $2 WHERE id = $1", batch_id, queries.packed(rest)
            )


async def _check(actor: Actor, batch_id: int, columns: object, *, source: str) -> None:
    counts = {"by": actor.person_id}
    kept = {"columns": json.dumps(columns), "counts": json.dumps(counts)}
    kept["source"] = source.strip()[:80]
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


async def _locked(
    actor: Actor, batch_id: int, expected_revision: int | None = None
) -> queries.Batch:
    """The file, held until the transaction ends. Raises NotFound, also when it was forgotten.

    Refuses: Stale.
    """
    _require(actor)
    await execute("SELECT 1 FROM import_batch WHERE id = $1 FOR UPDATE", batch_id)
    found = await queries.batch(batch_id)
    if not found.is_kept:
        raise NotFound
    if expected_revision not in (None, found.revision):
        raise Stale
    return found


def _require(actor: Actor) -> None:
    if not actor.changes(Area.people):
        raise NotFound
