"""A mark of a row as it is, by which one sees later whether anybody changed it since."""

from server.database import execute


async def of(table: str, row_id: int) -> str:
    """The mark of a row; "" when it is gone. Counters and moments of change are no part of it."""
    rows = await execute(
        "SELECT md5((to_jsonb(t) - 'revision' - 'changed_at')::text) AS mark"
        f' FROM "{table}" t WHERE t.id = $1',
        row_id,
    )
    return str(rows[0]["mark"]) if rows else ""
