"""Links to the desk of one event, for who helps there; they end by themselves."""

from dataclasses import dataclass
from datetime import datetime

from server.actors import Actor
from server.attendance import rules
from server.attendance.service import require_desk
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.web import tokens

LONGEST = 60


@dataclass(frozen=True)
class HelperView:
    """A link to the desk."""

    id: int
    label: str
    expires_at: datetime


async def give(actor: Actor, event_id: int, label: str, *, now: datetime) -> str:
    """A link for one helper: its secret, shown once. Raises Invalid on `label`, NotFound.

    It works until the day after the event, also when the event moves.
    """
    name = " ".join(label.split())[:LONGEST]
    if not name:
        raise Invalid(label="errors.field.required")
    async with transaction():
        if rules.day_of_helping(await require(actor, event_id)) <= now:
            raise Invalid(label="attendance.field.label.over")
        token = tokens.new()
        rows = await execute(
            "INSERT INTO helper_link (event, label, token_hash, created_at)"
            " VALUES ($1, $2, $3, $4) RETURNING id",
            *(event_id, name, tokens.hash_of(token), now),
        )
        after = {"event": event_id, "label": name}
        await audit.record(actor, "create", ("helper_link", rows[0]["id"]), after=after)
    return token


async def revoke(actor: Actor, link_id: int, *, now: datetime) -> None:
    """End a link at once. Raises NotFound."""
    async with transaction():
        rows = await execute("SELECT event FROM helper_link WHERE id = $1 FOR UPDATE", link_id)
        if not rows:
            raise NotFound
        await require(actor, rows[0]["event"])
        await execute(
            "UPDATE helper_link SET revoked_at = coalesce(revoked_at, $2) WHERE id = $1",
            *(link_id, now),
        )
        await audit.record(actor, "revoke", ("helper_link", link_id))


async def require(actor: Actor, event_id: int) -> datetime:
    """Helpers do not make helpers: the end of the event, for who manages it. Raises NotFound."""
    if not actor.is_signed_in:
        raise NotFound
    await require_desk(Actor(person_id=actor.person_id, roles=actor.roles, chairs=actor.chairs),
                       event_id)  # fmt: skip
    rows = await execute("SELECT ends_at FROM event WHERE id = $1", event_id)
    return rows[0]["ends_at"]  # type: ignore[no-any-return]


async def may_give(actor: Actor, event_id: int) -> bool:
    """Whether somebody makes and ends links to this desk."""
    try:
        await require(actor, event_id)
    except NotFound:
        return False
    return True


async def open_ones(event_id: int, *, now: datetime) -> list[HelperView]:
    """The links of an event that work now."""
    rows = await execute(
        "SELECT h.id, h.label, e.ends_at FROM helper_link h JOIN event e ON e.id = h.event"
        " WHERE h.event = $1 AND h.revoked_at IS NULL ORDER BY h.id",
        event_id,
    )
    found = [HelperView(r["id"], r["label"], rules.day_of_helping(r["ends_at"])) for r in rows]
    return [link for link in found if link.expires_at > now]


async def entered(token: str, *, now: datetime) -> tuple[Actor, str]:
    """Who comes in by a link, and the address of the event. Raises NotFound."""
    rows = await execute(
        "SELECT h.label, h.event, e.slug, e.ends_at FROM helper_link h"
        " JOIN event e ON e.id = h.event WHERE h.token_hash = $1 AND h.revoked_at IS NULL",
        tokens.hash_of(token),
    )
    if not rows or rules.day_of_helping(rows[0]["ends_at"]) <= now:
        raise NotFound
    helper = Actor(name=rows[0]["label"], checks_in=frozenset({rows[0]["event"]}))
    return helper, str(rows[0]["slug"])
