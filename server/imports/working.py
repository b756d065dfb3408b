"""What the worker does with a file: look at every line, or take it in, in one transaction.

Killed at any moment nothing is half done: the file is still waiting and is begun again. Whatever
else goes wrong with a file, it waits no longer: its columns can be chosen again, with a note why.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from server import locks
from server.actors import SYSTEM, Actor
from server.database import apart, execute, transaction
from server.errors import Invalid, Refusal, WrongState
from server.imports import queries, register
from server.imports.comparing import compare
from server.imports.lines import Line
from server.imports.queries import Batch
from server.imports.states import AT_WORK, IMPORT
from server.imports.taking import take
from server.imports.values import parse
from server.one_by_one import each
from server.people import service as people
from tables.people import BatchState, RowOutcome

ROWS_AT_A_TIME = 500
WANTED = (RowOutcome.new, RowOutcome.changed)


class Broken(Exception):
    """A line cannot be taken in after all: its number and why, as a message key."""

    def __init__(self, line: int, key: str, action: str = "stop") -> None:
        super().__init__(line, key)
        self.line, self.key, self.action = line, key, action


async def tick(now: datetime) -> int:
    """Look at or take in the files that wait: how many were worked on. Safe to run twice.

    A file that fails does not keep the others waiting; its trouble is raised in the end.
    """
    waiting = await execute(
        "SELECT id FROM import_batch WHERE state IN ('checking', 'importing') ORDER BY id"
    )
    return sum(await each(waiting, lambda row: _work(row["id"], now)))


async def _work(batch_id: int, now: datetime) -> bool:
    try:
        async with transaction():
            if not await _is_ours(batch_id):
                return False
            batch = await queries.batch(batch_id)
            if batch.state in AT_WORK and not batch.is_kept:
                raise Broken(0, "imports.note.gone", "fail")
            if batch.state == BatchState.checking:
                await _look(batch)
            elif batch.state == BatchState.importing:
                await _take_in(batch, now)
    except Broken as broken:
        await _leave(batch_id, broken)
    except WrongState:
        return False
    except Exception:
        await _leave(batch_id, Broken(0, "imports.note.failed", "fail"))
        raise
    return True


async def _is_ours(batch_id: int) -> bool:
    """No other worker is at this file; the lock goes with the transaction."""
    rows = await execute("SELECT pg_try_advisory_xact_lock($1, $2) AS ours", locks.IMPORT, batch_id)
    return bool(rows[0]["ours"])


async def _plan(batch: Batch, known: register.Register) -> list[Line]:
    """Every line of a file with what it does to the register of this moment."""
    sheet, chosen = await queries.sheet(batch.id), batch.fields

    def worked_out() -> list[Line]:
        lines = []
        for number, cells in zip(sheet.numbers, sheet.lines, strict=True):
            said = {field: cells[n] for n, field in chosen.items() if cells[n]}
            parsed = parse(said, known.type_names, take_proposals=batch.takes_proposals)
            lines.append(Line(number, said, parsed))
        compare(lines, known, batch.decided, own_id=batch.counts.get("by"))
        return lines

    return await asyncio.to_thread(worked_out)


async def _look(batch: Batch) -> None:
    lines = await _plan(batch, await register.load())
    await execute("DELETE FROM import_row WHERE batch = $1", batch.id)
    for start in range(0, len(lines), ROWS_AT_A_TIME):
        await _write(batch.id, lines[start : start + ROWS_AT_A_TIME])
        await _progress(batch.id, start, len(lines))
    counts: dict[str, Any] = {outcome.value: 0 for outcome in RowOutcome}
    for line in lines:
        counts[line.outcome] += 1
    counts["proposals"] = sum(any(p.proposal for p in line.problems) for line in lines)
    counts |= {name: batch.counts.get(name) for name in ("note", "by")}
    kept = {"counts": json.dumps(counts)}
    await IMPORT.move(batch.id, "checked", actor=SYSTEM, set_also=kept)


async def _write(batch_id: int, lines: Sequence[Line]) -> None:
    values = [
        (
            line.number,
            line.outcome.value,
            line.person_id,
            json.dumps(dict(line.said)),
            *(json.dumps(side) for side in _sides(line)),
            json.dumps(_faults(line)),
        )
        for line in lines
    ]
    await execute(
        "INSERT INTO import_row (batch, line, outcome, person, said, before, after, problems)"
        " SELECT $1, u.* FROM unnest($2::int[], $3::text[], $4::int[], $5::jsonb[], $6::jsonb[],"
        " $7::jsonb[], $8::jsonb[]) u",
        batch_id,
        *(list(column) for column in zip(*values, strict=True)),
    )


def _sides(line: Line) -> tuple[dict[str, str], dict[str, str]]:
    """What it changes, as it was and as it becomes."""
    changes = line.changes.items()
    return {k: old for k, (old, _) in changes}, {k: new for k, (_, new) in changes}


def _faults(line: Line) -> list[dict[str, Any]]:
    """Problems, and of a duplicate why it is one."""
    found: list[dict[str, Any]] = [asdict(problem) for problem in line.problems]
    if line.outcome == RowOutcome.duplicate:
        found += [{"of_line": line.of_line}] if line.of_line else map(asdict, line.candidates)
    return found


async def _take_in(batch: Batch, now: datetime) -> None:
    """Take in what was shown. If the register says something else by now, look again instead."""
    await execute("SELECT pg_advisory_xact_lock($1, -1)", locks.IMPORT)  # one file at a time
    known = await register.load()
    lines = await _plan(batch, known)
    rows = await queries.rows(batch.id, limit=None)
    shown = [(row.line, row.outcome, row.person_id, (row.before, row.after)) for row in rows]
    if shown != [(one.number, one.outcome, one.person_id, _sides(one)) for one in lines]:
        raise Broken(0, "imports.note.register_changed")
    actor = await _actor(batch)
    people_of: dict[int, int] = {}
    lines.sort(key=lambda line: line.parsed.member_number is None)  # then numbers are given out
    for n, line in enumerate(lines):
        if line.outcome in WANTED:
            try:
                made = await take(actor, line, people_of, known.types, now=now)
            except Invalid as invalid:
                raise Broken(line.number, next(iter(invalid.fields.values()))) from None
            except Refusal as refusal:
                raise Broken(line.number, refusal.message_key) from None
            await _note(batch.id, line, made)
        if n % ROWS_AT_A_TIME == 0:
            await _progress(batch.id, n, len(lines))
    kept = {"imported_at": now, "counts": json.dumps({**batch.counts, "note": ""})}
    await IMPORT.move(batch.id, "taken_in", actor=actor, set_also=kept)


async def _actor(batch: Batch) -> Actor:
    """Whoever asked for it; they had the right when they did."""
    if batch.counts.get("by") is None:
        return SYSTEM
    who = await people.get(batch.counts["by"])
    return Actor(person_id=int(who.id), name=who.display_name, roles=SYSTEM.roles)


async def _note(batch_id: int, line: Line, made: dict[str, Any]) -> None:
    await execute(
        "UPDATE import_row SET person = $3, after = after || jsonb_build_object('made', $4::jsonb)"
        " WHERE batch = $1 AND line = $2",
        *(batch_id, line.number, made["person"], json.dumps(made)),
    )


async def _progress(batch_id: int, done: int, of: int) -> None:
    """Seen by everybody at once: outside of the transaction that does the work."""
    await apart(
        "UPDATE import_batch SET counts = counts || jsonb_build_object('done', $2::int, 'of',"
        " $3::int) WHERE id = $1",
        *(batch_id, done, of),
    )


async def _leave(batch_id: int, why: Broken) -> None:
    """Nothing was taken in: the file is looked at again, or waits for somebody, and says why."""
    note = {"line": why.line, "key": why.key}
    with suppress(WrongState):  # another worker was first
        async with transaction():
            by = (await queries.batch(batch_id)).counts.get("by")
            kept = {"counts": json.dumps({"note": note, "by": by})}
            await IMPORT.move(batch_id, why.action, actor=SYSTEM, set_also=kept)
