"""Invitation codes: who has one registers though it is not open to them, so often and no more.

How often one was used is counted, never kept: whoever cancels gives theirs back. Whoever counts
holds the lock of the event, so that two at the same moment are not both the last one. A stranger
uses theirs when they confirm, not when they ask: who never does, or mistyped their address, keeps
it from nobody, and of two the first to confirm has it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.admission.refusals import CodeUsedUp, NoSuchCode
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.events.counting import LIVE
from tables.registrations import TicketClass

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # nothing that is read as something else
LENGTH = 10
# Codes, `used` without somebody: NULL is nobody.
CODES = f"""SELECT i.id, i.code, i.label, i.ticket_class, i.uses, i.expires_at, i.revoked_at,
  (SELECT count(DISTINCT r.id) FROM registration r JOIN registration_line l
    ON l.registration = r.id WHERE r.invitation = i.id AND l.state IN {LIVE}
    AND l.state <> 'unverified' AND r.person IS DISTINCT FROM $2::int) AS used
  FROM invitation_code i WHERE i.event = $1"""
USES = range(1, 10_000)


@dataclass(frozen=True)
class Code:
    """One code with how many registrations stand on it now; `uses` None is without end."""

    id: int
    code: str
    label: str
    ticket_class: str
    uses: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    used: int

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def is_used_up(self) -> bool:
        """Whether nobody more gets in with it."""
        return self.uses is not None and self.used >= self.uses


def cleaned(typed: str) -> str:
    """As it was meant: its letters in capitals, without spaces and dashes."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)[: LENGTH + 1]


async def of_event(event_id: int) -> list[Code]:
    """Every code of an event, the newest first."""
    rows = await execute(f"{CODES} ORDER BY i.id DESC", event_id, None)
    return [Code(**row) for row in rows]


async def has_any(event_id: int, *, now: datetime) -> bool:
    """Whether there is a code to ask for."""
    found = "SELECT 1 FROM invitation_code i WHERE i.event = $1 AND revoked_at IS NULL AND"
    ends = "(expires_at IS NULL OR expires_at > $2) LIMIT 1"
    return bool(await execute(f"{found} {ends}", event_id, now))


async def find(event_id: int, typed: str, *, now: datetime, person_id: int | None = None) -> Code:
    """The code somebody typed, while it is good; who registered with it is not counted again.

    Refuses: NoSuchCode, CodeUsedUp.
    """
    rows = await execute(f"{CODES} AND i.code = $3", event_id, person_id, cleaned(typed))
    if not rows or not (found := Code(**rows[0])).is_good(now):
        raise NoSuchCode
    if found.is_used_up:
        raise CodeUsedUp
    return found


async def is_for_them(registration_id: int) -> bool:
    """Whether the code of a registration that is being confirmed still lets one more in.

    That its last day has passed meanwhile is no matter: they asked in time.
    """
    rows = await execute(
        "SELECT event, person, invitation FROM registration WHERE id = $1", registration_id
    )
    mine = rows[0]
    found = await execute(
        f"{CODES} AND i.id = $3", mine["event"], mine["person"], mine["invitation"]
    )
    code = Code(**found[0])
    return code.revoked_at is None and not code.is_used_up


async def class_of(registration_id: int) -> str:
    """As what the code of a registration lets in; `other` without one."""
    rows = await execute(
        "SELECT i.ticket_class FROM registration r JOIN invitation_code i ON i.id = r.invitation"
        " WHERE r.id = $1",
        registration_id,
    )
    return str(rows[0]["ticket_class"]) if rows else "other"


async def make(actor: Actor, event_id: int, values: Mapping[str, Any], *, now: datetime) -> int:
    """One more code. `values`: label, ticket_class, uses, expires_at. Raises Invalid."""
    _check(values, now)
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    async with transaction():
        rows = await execute(
            "INSERT INTO invitation_code (event, code, label, ticket_class, uses, expires_at,"
            " created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7) RETURNING id",
            *(event_id, code, values["label"], values["ticket_class"]),
            *(values["uses"], values["expires_at"], now),
        )
        made = int(rows[0]["id"])
        after = {**values, "event": event_id}
        await audit.record(actor, "create", ("invitation_code", made), after=after)
    return made


async def revoke(actor: Actor, event_id: int, code_id: int, *, now: datetime) -> None:
    """Let nobody more in with it; who is in stays. Twice is once. Raises NotFound."""
    async with transaction():
        rows = await execute(
            "SELECT revoked_at FROM invitation_code WHERE id = $1 AND event = $2 FOR UPDATE",
            *(code_id, event_id),
        )
        if not rows:
            raise NotFound
        if rows[0]["revoked_at"] is not None:
            return
        await execute(
            "UPDATE invitation_code SET revoked_at = $2, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            *(code_id, now),
        )
        await audit.record(actor, "revoke", ("invitation_code", code_id))


def _check(values: Mapping[str, Any], now: datetime) -> None:
    problems: dict[str, str] = {}
    if not str(values["label"]).strip():
        problems["label"] = "errors.field.required"
    if values["uses"] is not None and values["uses"] not in USES:
        problems["uses"] = "admission.field.uses.wrong"
    if values["ticket_class"] not in set(TicketClass):
        problems["ticket_class"] = "errors.field.choice"
    expires_at = values["expires_at"]
    if expires_at is not None and expires_at <= now:
        problems["expires_at"] = "admission.field.expires_at.past"
    if problems:
        raise Invalid(**problems)
