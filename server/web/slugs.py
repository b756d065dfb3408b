"""The last part of a page's address: a name in plain letters, taken once per table."""

import re
import unicodedata

from server.database import execute


def slug_of(name: str, *, otherwise: str, most: int = 80) -> str:
    """`Werkgroep Scholing` → `werkgroep-scholing`; `otherwise` when no plain letter is left."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:most].strip("-") or otherwise


async def free(table: str, wanted: str) -> str:
    """`wanted`, or with the first number behind it that nobody has in this table."""
    rows = await execute(
        f"SELECT slug FROM \"{table}\" WHERE slug = $1 OR slug LIKE $1 || '-%'", wanted
    )
    taken = {row["slug"] for row in rows}
    if wanted not in taken:
        return wanted
    return next(name for n in range(2, 1000) if (name := f"{wanted}-{n}") not in taken)
