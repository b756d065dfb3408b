"""Handing one's place to a colleague: asked for, then taken or not by a link of their own.

Until they say yes the place stays whose it is. Nobody on the waiting list is passed: it is the same
place. Name and address of the colleague are kept only as long as the question stands.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emails.letters import registrations as letters
from server import language
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.events.counting import IS_SEAT
from server.one_by_one import each
from server.outbox import service as outbox
from server.people import rules as people_rules
from server.registrations import colleague_price, line, queries, rules, telling
from server.registrations.queries import RegistrationView
from server.registrations.refusals import CannotPassOn, HandOverClosed
from server.registrations.states import HAND_OVER
from server.web import links, rate_limit, tokens
from tables.events import EventState
from tables.registrations import HandOverState, LineState

ANY = "SELECT h.*, r.code FROM hand_over h JOIN registration r ON r.id = h.registration WHERE"
OPEN = f"{ANY} h.state = 'open'"
# Nobody answered in time, or the place is not there any more to be passed on.
OVER = f"""{OPEN} AND (h.expires_at <= $1 OR NOT EXISTS (SELECT 1 FROM registration_line l
  JOIN capacity_unit u ON u.id = l.unit WHERE l.registration = h.registration
  AND l.state = 'confirmed' AND {IS_SEAT} AND l.queued_at <= h.created_at)) ORDER BY h.id"""
FORGOTTEN = {"name": "", "email": ""}  # of a question that ended


@dataclass(frozen=True)
class Asked:
    """A colleague who was asked and has not answered yet."""

    id: int
    code: str
    name: str
    email: str
    expires_at: datetime
    created_at: datetime


async def open_of(registration_id: int, *, now: datetime) -> Asked | None:
    """Who was asked to take this place and may still answer."""
    found = f"{OPEN} AND h.registration = $1 AND h.expires_at > $2"
    return _asked(await execute(found, registration_id, now))


def may_ask(view: RegistrationView, *, now: datetime) -> bool:
    """Whether a place can be passed on: had, not yet begun, and nobody's to judge."""
    has_place = view.is_seat and view.state == LineState.confirmed
    goes_on = view.event_state == EventState.published and now < view.starts_at
    return has_place and goes_on and not view.needs_approval


async def ask(actor: Actor, code: str, *, name: str, email: str, now: datetime) -> None:
    """Ask a colleague to take one's place. Raises Invalid; refuses: CannotPassOn."""
    said = " ".join(name.split())
    problems = {} if said else {"name": "errors.field.required"}
    if not people_rules.valid_email(email):
        problems["email"] = "errors.field.email"
    if problems:
        raise Invalid(**problems)
    async with transaction():
        await line.lock((await queries.get(code)).event_id)
        view = await queries.get(code)
        if not may_ask(view, now=now):
            raise CannotPassOn
        if people_rules.email_key(email) == people_rules.email_key(view.email or ""):
            raise Invalid(email="registrations.field.colleague.self")
        if not await rate_limit.may_mail(people_rules.email_key(email), now):
            raise Invalid(email="registrations.field.colleague.often")
        await _close_open(actor, view.id)
        cost = await colleague_price.of_address(view, email.strip())
        token, until = tokens.new(), rules.offer_ends_at(now, view.starts_at)
        rows = await execute(
            "INSERT INTO hand_over (registration, name, email, token_hash, expires_at, created_at,"
            " changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id",
            *(view.id, said, email.strip(), tokens.hash_of(token), until, now),
        )
        made = int(rows[0]["id"])
        await audit.record(actor, "create", ("hand_over", made), after={"registration": view.id})
        letter = letters.PlaceForYou(
            event=view.title(view.language),
            when=language.span(view.starts_at, view.ends_at, view.language),
            url=links.absolute(f"/hand-over/{token}"),
            giver=view.display_name,
            until=language.moment(until, view.language),
            cost=colleague_price.in_words(view, cost, view.language),
        )
        to = outbox.Recipient(None, said, email.strip(), view.language)
        await outbox.post(letter, to, cause=f"hand_over:{made}", expires_at=until,
                          forgets_address=True)  # fmt: skip


async def withdraw(actor: Actor, code: str) -> None:
    """Keep one's place after all. With nobody asked this does nothing."""
    async with transaction():
        view = await queries.get(code)
        await line.lock(view.event_id)
        await _close_open(actor, view.id)


async def _close_open(actor: Actor, registration_id: int) -> None:
    for row in await execute(f"{OPEN} AND h.registration = $1", registration_id):
        await HAND_OVER.move(row["id"], "withdraw", actor=actor, set_also=FORGOTTEN)


async def find(token: str) -> tuple[Asked, RegistrationView]:
    """What a colleague was asked, by their link. Raises NotFound; refuses: HandOverClosed."""
    rows = await execute(f"{ANY} h.token_hash = $1", tokens.hash_of(token))
    asked = _asked(rows)
    if asked is None:
        raise NotFound
    if rows[0]["state"] != HandOverState.open:
        raise HandOverClosed
    return asked, await queries.get(asked.code)


async def locked(token: str) -> tuple[Asked, RegistrationView, dict[str, Any]]:
    """The same, read again once its event is locked, and that: another press may be first."""
    _, view = await find(token)
    event = await line.lock(view.event_id)
    return *await find(token), event


async def decline(actor: Actor, token: str) -> None:
    """The colleague does not come: the giver keeps the place, and hears so. As `find`."""
    async with transaction():
        asked, view, _ = await locked(token)
        await HAND_OVER.move(asked.id, "decline", actor=actor, set_also=FORGOTTEN)
        await _tell_kept(view, asked)


async def tick(now: datetime) -> int:
    """Close what nobody answered, and tell the giver that the place is still theirs."""
    return len(await each(await execute(OVER, now), _run_out))


async def _run_out(row: dict[str, Any]) -> None:
    async with transaction():
        await line.lock((await queries.get(row["code"])).event_id)
        view = await queries.get(row["code"])
        asked = _asked(await execute(f"{OPEN} AND h.id = $1", row["id"]))
        if asked is not None:
            await HAND_OVER.move(asked.id, "expire", actor=SYSTEM, set_also=FORGOTTEN)
            await _tell_kept(view, asked)


async def _tell_kept(view: RegistrationView, asked: Asked) -> None:
    if view.email and view.state == LineState.confirmed:
        letter = letters.PlaceStillYours(**telling.about(view), colleague=asked.name)
        await outbox.post(letter, telling.recipient(view), cause=f"hand_over:{asked.id}:kept")


def _asked(rows: list[dict[str, Any]]) -> Asked | None:
    names = ("id", "code", "name", "email", "expires_at", "created_at")
    return Asked(**{name: rows[0][name] for name in names}) if rows else None
