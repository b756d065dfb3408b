"""Files that were brought, and what each of their lines does."""

import csv
import io
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.imports.fields import HEADERS
from server.imports.reading import Sheet

BATCH = """SELECT b.id, b.source, b.filename, b.columns, b.state, b.counts, b.imported_at,
  b.undone_at, b.created_at, b.content IS NOT NULL AS is_kept, b.revision FROM import_batch b"""
SHOWN = 200


@dataclass(frozen=True)
class Batch:
    """One file. `columns`: how it is read; `counts`: outcome → lines, and how far the work is."""

    id: int
    source: str
    filename: str
    columns: Mapping[str, Any]
    state: str
    counts: Mapping[str, Any]
    imported_at: datetime | None
    undone_at: datetime | None
    created_at: datetime
    is_kept: bool
    revision: int

    @property
    def headers(self) -> list[str]:
        """The headers of the columns."""
        return list(self.columns["headers"])

    @property
    def fields(self) -> dict[int, str]:
        """Column → field, as chosen."""
        return {int(n): field for n, field in self.columns["fields"].items()}

    @property
    def decided(self) -> dict[int, str]:
        """Line → who the board says it is: an id, or that it is somebody else."""
        return {int(n): word for n, word in self.columns.get("decided", {}).items()}

    @property
    def takes_proposals(self) -> bool:
        """Whether numbers that lost a zero get the one we propose."""
        return bool(self.columns.get("takes_proposals"))


@dataclass(frozen=True)
class Row:
    """One line: what it says, its outcome, what changes, and what is wrong with it."""

    id: int
    line: int
    outcome: str
    person_id: int | None
    name: str | None
    said: Mapping[str, str]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    problems: list[dict[str, Any]]

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """Who it may be, if that is asked: `person`, `reasons`, `is_sure`."""
        return [one for one in self.problems if "person" in one]

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """Field, old, new; "" is nothing."""
        return [(k, self.before.get(k, ""), self.after[k]) for k in HEADERS if k in self.after]


async def batches() -> list[Batch]:
    """The files of late, the newest first."""
    return [_batch(row) for row in await execute(f"{BATCH} ORDER BY b.id DESC LIMIT 50")]


async def batch(batch_id: int) -> Batch:
    """One file. Raises NotFound."""
    rows = await execute(f"{BATCH} WHERE b.id = $1", batch_id)
    if not rows:
        raise NotFound
    return _batch(rows[0])


def _batch(row: dict[str, Any]) -> Batch:
    return Batch(
        **{**row, "columns": json.loads(row["columns"]), "counts": json.loads(row["counts"])}
    )


async def sheet(batch_id: int) -> Sheet:
    """The lines of a file as they were kept. Raises NotFound when they were forgotten."""
    rows = await execute("SELECT content FROM import_batch WHERE id = $1", batch_id)
    if not rows or rows[0]["content"] is None:
        raise NotFound
    found = list(csv.reader(io.StringIO(bytes(rows[0]["content"]).decode())))
    return Sheet(found[0][1:], [line[1:] for line in found[1:]], [int(r[0]) for r in found[1:]])


def packed(sheet: Sheet) -> bytes:
    """A sheet as it is kept: CSV in UTF-8, the file's own line in front."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["", *sheet.headers])
    numbered = zip(sheet.numbers, sheet.lines, strict=True)
    writer.writerows([str(number), *line] for number, line in numbered)
    return out.getvalue().encode()


async def rows(batch_id: int, outcome: str = "", *, limit: int | None = SHOWN) -> list[Row]:
    """The lines of a file, of one outcome or of all, in their order."""
    found = await execute(
        "SELECT r.id, r.line, r.outcome, r.person AS person_id, p.display_name AS name, r.said,"
        " coalesce(r.before, '{}') AS before, coalesce(r.after, '{}') AS after, r.problems"
        " FROM import_row r LEFT JOIN person p ON p.id = r.person"
        " WHERE r.batch = $1 AND ($2 = '' OR r.outcome = $2) ORDER BY r.line, r.id LIMIT $3",
        *(batch_id, outcome, limit),
    )
    parsed = ("said", "before", "after", "problems")
    return [Row(**{**row, **{k: json.loads(row[k]) for k in parsed}}) for row in found]


async def names(person_ids: Collection[int]) -> dict[int, str]:
    """Name and city of people, by id; whoever was erased or merged is not among them."""
    if not person_ids:
        return {}
    found = await execute(
        "SELECT id, concat_ws(', ', display_name, nullif(city, '')) AS name FROM person"
        " WHERE id = ANY($1) AND anonymised_at IS NULL AND merged_into IS NULL",
        list(person_ids),
    )
    return {row["id"]: row["name"] for row in found}


async def mapping(source: str) -> dict[str, str]:
    """Header → field as it was chosen for a source; nothing for an unknown one."""
    found = await execute("SELECT columns FROM import_mapping WHERE source = $1", source)
    return dict(json.loads(found[0]["columns"])) if found else {}


async def sources() -> list[str]:
    """The sources whose columns are remembered."""
    return [row["source"] for row in await execute("SELECT source FROM import_mapping ORDER BY 1")]
