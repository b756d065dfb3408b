"""Who a program acts for, in one statement; and somebody's own tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server import clock
from server.accounts.queries import HELD, RIGHTS
from server.accounts.token_rules import SHAPE
from server.actors import Actor
from server.database import execute
from server.standing import comes_in
from server.web import tokens
from server.web.scopes import Scope

ACTOR = f"""
SELECT t.id AS token_id, t.scopes, t.last_used_at, {RIGHTS}
FROM api_token t JOIN person p ON p.id = t.person {HELD}
WHERE t.token_hash = $1 AND t.expires_at > $3 AND t.revoked_at IS NULL AND {comes_in("p")}
"""
OWNER = f"SELECT {RIGHTS} FROM person p {HELD} WHERE p.id = $1"
LIVE = "t.revoked_at IS NULL AND t.expires_at > $2"


@dataclass(frozen=True)
class Found:
    """A program that came with a good token."""

    actor: Actor
    token_id: int
    last_used_at: datetime | None


@dataclass(frozen=True)
class TokenView:
    """One token as its owner knows it; the secret is known to nobody any more."""

    id: int
    label: str
    prefix: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None

    @property
    def scope_keys(self) -> list[str]:
        """The keys of the words of what it may do."""
        return [Scope(scope).key for scope in self.scopes]


async def find_actor(token: str, now: datetime) -> Found | None:
    """The owner of a token with what its scopes allow; None for one that opens nothing."""
    if not SHAPE.fullmatch(token):
        return None
    rows = await execute(ACTOR, tokens.hash_of(token), clock.day_of(now), now)
    if not rows:
        return None
    return Found(_actor(rows[0]), rows[0]["token_id"], rows[0]["last_used_at"])


async def with_offices(actor: Actor, now: datetime) -> Actor:
    """The same program with what its owner holds now, for the one thing its scope is about."""
    rows = await execute(OWNER, actor.person_id, clock.day_of(now))
    return _actor({**rows[0], "scopes": actor.scopes or ()}, with_offices=True)


def _actor(row: dict[str, Any], *, with_offices: bool = False) -> Actor:
    """Offices, chairs and check-in count with the scope `board` only; nothing is ever fresh."""
    with_offices = with_offices or Scope.board.value in row["scopes"]
    held = frozenset(row["held"] or ()) if with_offices else frozenset()
    return Actor(
        person_id=row["id"],
        name=row["display_name"],
        email=row["email"] or "",
        language=row["language"],
        roles=held,
        held=held,
        is_member=row["is_member"],
        groups=frozenset(row["groups"] or ()),
        chairs=frozenset(row["chairs"] or ()) if with_offices else frozenset(),
        checks_in=frozenset(row["checks_in"] or ()) if with_offices else frozenset(),
        scopes=frozenset(row["scopes"]),
    )


async def of_person(person_id: int, *, now: datetime) -> list[TokenView]:
    """Somebody's live tokens, the newest first."""
    rows = await execute(
        "SELECT t.id, t.label, t.prefix, t.scopes, t.created_at, t.expires_at, t.last_used_at"
        f" FROM api_token t WHERE t.person = $1 AND {LIVE} ORDER BY t.created_at DESC, t.id DESC",
        *(person_id, now),
    )
    return [TokenView(**row) for row in rows]


async def expiring(until: datetime, *, now: datetime) -> list[dict[str, Any]]:
    """Live tokens that end before `until` and whose owners were not told, with the owners."""
    return await execute(
        "SELECT t.id, t.label, t.expires_at, p.id AS person_id, p.display_name, p.email,"
        " p.language FROM api_token t JOIN person p ON p.id = t.person"
        f" WHERE t.expires_at <= $1 AND {LIVE} AND p.email IS NOT NULL AND {comes_in('p')}"
        " AND NOT EXISTS (SELECT 1 FROM outbox_letter l WHERE l.cause = 'token_expiring:' || t.id)",
        *(until, now),
    )
