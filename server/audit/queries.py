"""The audit trail as people read it: newest first, a page at a time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from server.clock import day_bounds
from server.database import execute

PAGE = 50
# What happened to an account; its holder reads these.
ACCOUNT_ACTIONS = (
    *(
        "sign_in",
        "sign_out",
        "end_session",
        "end_sessions",
        "prove",
        "sign_in_link",
        "wrong_code",
        "wrong_password",
    ),
    *("add_app", "remove_app", "add_passkey", "remove_passkey", "renew_codes", "reset_factor"),
    *("change_password", "remove_password", "grant_role", "end_role", "suspend"),
    *("lift_suspension", "confirm_email", "create_token", "revoke_token"),
)
CHANGED_ADDRESS = "change_email"  # how a change is called there
LINES = """SELECT id, at, actor_id, actor, action, entity, entity_id, before, after, reason,
  blacked_out_at FROM audit_entry"""


@dataclass(frozen=True)
class Line:
    """One line of the trail."""

    id: int
    at: datetime
    actor_id: int | None
    actor: str
    action: str
    entity: str
    entity_id: int
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    is_blacked_out: bool

    @property
    def columns(self) -> list[str]:
        """What was said of which columns, those that changed."""
        names = dict.fromkeys([*self.before, *self.after])
        return [name for name in names if self.before.get(name) != self.after.get(name)]


@dataclass(frozen=True)
class Asked:
    """Which lines: all that is not given is not asked."""

    who: str = ""
    entity: str = ""
    entity_id: int | None = None
    action: str = ""
    from_on: date | None = None
    until_on: date | None = None
    before_id: int | None = None


async def lines(asked: Asked, *, limit: int = PAGE) -> list[Line]:
    """The lines that were asked for, the newest first; `before_id` turns the page."""
    first = day_bounds(asked.from_on)[0] if asked.from_on else None
    last = day_bounds(asked.until_on)[1] if asked.until_on else None
    rows = await execute(
        f"{LINES} WHERE ($1 = '' OR strpos(lower(actor), lower($1)) > 0)"
        " AND ($2 = '' OR entity = $2) AND ($3::bigint IS NULL OR entity_id = $3)"
        " AND ($4 = '' OR action = $4) AND ($5::timestamptz IS NULL OR at >= $5)"
        " AND ($6::timestamptz IS NULL OR at < $6) AND ($7::bigint IS NULL OR id < $7)"
        " ORDER BY id DESC LIMIT $8",
        *(asked.who, asked.entity, asked.entity_id, asked.action, first, last),
        *(asked.before_id, limit),
    )
    return _lines(rows)


async def of_account(person_id: int, *, since: datetime, limit: int = 200) -> list[Line]:
    """What happened to somebody's account, the newest first; of changes those of the address."""
    rows = await execute(
        f"{LINES} WHERE entity = 'person' AND entity_id = $1 AND at >= $3"
        " AND (action = ANY($2::text[]) OR (action = 'change' AND after ? 'email'))"
        " ORDER BY id DESC LIMIT $4",
        *(person_id, list(ACCOUNT_ACTIONS), since, limit),
    )
    return [
        replace(line, action=CHANGED_ADDRESS) if line.action == "change" else line
        for line in _lines(rows)
    ]


async def of_person(person_id: int, *, limit: int = 200) -> list[Line]:
    """What was changed of somebody's data, numbers, profile and membership, the newest first."""
    rows = await execute(
        f"{LINES} WHERE (before IS NOT NULL OR after IS NOT NULL) AND ((entity = 'person'"
        "   AND entity_id = $1 AND action <> ALL($2::text[]))"
        " OR (entity, entity_id) IN (SELECT 'registration_number', id FROM registration_number"
        "   WHERE person = $1 UNION ALL SELECT 'membership', id FROM membership WHERE person = $1"
        "   UNION ALL SELECT 'membership_suspension', id FROM membership_suspension"
        "   WHERE person = $1 UNION ALL SELECT 'profile', id FROM profile WHERE person = $1))"
        " ORDER BY id DESC LIMIT $3",
        *(person_id, list(ACCOUNT_ACTIONS), limit),
    )
    return _lines(rows)


async def kinds() -> tuple[list[str], list[str]]:
    """The tables and the actions that occur, for the filters."""
    tables = await execute("SELECT DISTINCT entity AS name FROM audit_entry ORDER BY 1")
    actions = await execute("SELECT DISTINCT action AS name FROM audit_entry ORDER BY 1")
    return [row["name"] for row in tables], [row["name"] for row in actions]


def _lines(rows: Sequence[dict[str, Any]]) -> list[Line]:
    return [
        Line(
            **{k: row[k] for k in ("id", "at", "actor_id", "actor", "action", "entity")},
            entity_id=row["entity_id"],
            before=json.loads(row["before"]) if row["before"] else {},
            after=json.loads(row["after"]) if row["after"] else {},
            reason=row["reason"],
            is_blacked_out=row["blacked_out_at"] is not None,
        )
        for row in rows
    ]
