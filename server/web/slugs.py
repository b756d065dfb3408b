"""The last part of a page's address: a name in plain letters, taken once per table."""

import re
import unicodedata

from server.database import execute


def slug_of(name: str, *, otherwise: str, most: int = 80) -> str:
    """`Werkgroep Scholing` → `werkgroep-scholing`; `otherwise` when no plain letter is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:most].strip("-") or otherwise


async def free(table: str, wanted: str, *, former: str = "") -> str:
    """`wanted`, or with the first number behind it that nobody has in this table.

    `former`: the column of addresses that once were somebody's, and never become another's.
    """
    also = f' UNION SELECT unnest("{former}") FROM "{table}"' if former else ""
    rows = await execute(
        f'SELECT slug FROM (SELECT slug FROM "{table}"{also}) t'
        " WHERE slug = $1 OR slug LIKE $1 || '-%'",
        wanted,
    )
    taken = {row["slug"] for row in rows}
    if wanted not in taken:
        return wanted
    return next(name for n in range(2, 1000) if (name := f"{wanted}-{n}") not in taken)
