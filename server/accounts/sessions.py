"""Sessions: begun at sign-in under a fresh token, ended one by one or all at once."""

from datetime import datetime

from server.accounts import rules
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound
from server.standing import comes_in
from server.web import tokens
from tables.accounts import Proof, Session, SignedInBy

MAY_COME_IN = f"SELECT p.display_name FROM person p WHERE p.id = $1 AND {comes_in('p')}"


async def begin(
    person_id: int,
    device: str,
    *,
    by: SignedInBy = SignedInBy.link,
    proof: Proof | None = None,
    instead_of: int | None = None,
    now: datetime,
) -> str:
    """A new session: its token, inside the caller's transaction.

    It takes the place of the session `instead_of` (ASVS 7.2.4): a browser has one, whoever signs
    in. Raises NotFound for who may not come in: suspended, deceased, merged or erased.
    """
    name = await may_come_in(person_id)
    if name is None:
        raise NotFound
    await _end_earlier(instead_of)
    token = tokens.new()
    await Session(
        person=person_id,
        token_hash=tokens.hash_of(token),
        device=rules.device_in_words(device),
        created_at=now,
        last_used_at=now,
        expires_at=now + rules.SESSION_LIFE,
        signed_in_by=by,
        proved_at=now if proof else None,
        proved_by=proof,
    ).save()
    holder = Actor(person_id=person_id, name=name)
    after = {"by": by.value, "device": rules.device_in_words(device)}
    await audit.record(holder, "sign_in", ("person", person_id), after=after)
    return token


async def _end_earlier(session_id: int | None) -> None:
    rows = await execute("DELETE FROM session WHERE id = $1 RETURNING person", session_id)
    for row in rows:
        holder = Actor(person_id=row["person"])
        await audit.record(holder, "end_session", ("person", row["person"]))


async def may_come_in(person_id: int) -> str | None:
    """The name of who may sign in; None for who is suspended, deceased, merged or erased."""
    rows = await execute(MAY_COME_IN, person_id)
    return str(rows[0]["display_name"]) if rows else None


async def touch(session_id: int, *, now: datetime) -> None:
    """Note that a session is in use."""
    await execute("UPDATE session SET last_used_at = $2 WHERE id = $1", session_id, now)


async def sign_out(actor: Actor) -> None:
    """End the session that the actor came with."""
    async with transaction():
        await execute("DELETE FROM session WHERE id = $1", actor.session_id)
        await audit.record(actor, "sign_out", ("person", actor.person_id or 0))


async def end(actor: Actor, session_id: int) -> None:
    """End one of the actor's own sessions. Raises NotFound for anybody else's."""
    async with transaction():
        rows = await execute(
            "DELETE FROM session WHERE id = $1 AND person = $2 RETURNING id",
            *(session_id, actor.person_id),
        )
        if not rows:
            raise NotFound
        await audit.record(actor, "end_session", ("person", actor.person_id or 0))


async def end_others(actor: Actor) -> None:
    """End every session of the actor's but the one they came with."""
    async with transaction():
        await end_all(actor, actor.person_id or 0, but=actor.session_id)


async def end_all(actor: Actor, person_id: int, *, but: int | None = None) -> int:
    """End somebody's sessions, inside the transaction of what made it necessary: how many."""
    rows = await execute(
        "DELETE FROM session WHERE person = $1 AND id <> $2 RETURNING id", person_id, but or 0
    )
    if rows:
        after = {"sessions": len(rows)}
        await audit.record(actor, "end_sessions", ("person", person_id), after=after)
    return len(rows)
