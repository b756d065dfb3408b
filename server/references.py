"""Which columns point at a row: asked of the database itself, so that none is forgotten."""

from dataclasses import dataclass

from server.database import execute

REFERENCES = """SELECT t.relname AS "table", a.attname AS "column"
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
  WHERE c.contype = 'f' AND c.confrelid = $1::regclass
  ORDER BY 1, 2"""


@dataclass(frozen=True)
class Reference:
    """A column that points at a table."""

    table: str
    column: str

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table}.{self.column}"


async def to(table: str) -> list[Reference]:
    """Every column that points at this table, by name."""
    return [Reference(**row) for row in await execute(REFERENCES, table)]


async def counts(table: str, row_id: int) -> dict[str, int]:
    """`table.column` → how many rows point at this row, without those where none do."""
    found = await to(table)
    parts = [
        f'SELECT {n} AS n, count(*) AS rows FROM "{one.table}" WHERE "{one.column}" = $1'
        for n, one in enumerate(found)
    ]
    rows = await execute(" UNION ALL ".join(parts), row_id)
    return {found[row["n"]].name: row["rows"] for row in rows if row["rows"]}
