"""Whoever took an account over does not come in any more by what they set up in it."""

from datetime import datetime

from server.accounts import api_tokens, factors
from server.actors import Actor
from server.audit import service as audit
from server.database import execute

SET_UP = {
    "passkey": "created_at",
    "totp_secret": "created_at",
    "recovery_code": "created_at",
    "password": "changed_at",
}


async def end_since(holder: Actor, since: datetime, *, now: datetime) -> None:
    """End factors, password and tokens of a person made since a moment, in the transaction of why.

    Recovery codes of before go too when no factor is left.
    """
    person_id = holder.person_id or 0
    gone: dict[str, int] = {}
    for table, column in SET_UP.items():
        rows = await execute(
            f"DELETE FROM {table} WHERE person = $1 AND {column} >= $2 RETURNING id",
            *(person_id, since),
        )
        if rows:
            gone[table] = len(rows)
    await factors.require_one_left(holder)
    await api_tokens.end_all(holder, person_id, since=since, now=now)
    if gone:
        await audit.record(holder, "reset_factor", ("person", person_id), after=gone)
