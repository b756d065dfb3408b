"""The terms of an event, all classes at once: read, and set."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid
from server.events import terms as rules
from server.events.terms import Terms

MOST_CENTS = 1_000_000


async def of_event(event_id: int) -> tuple[Terms, ...]:
    """The terms of every class; none where all register alike and for nothing."""
    rows = await execute(f"SELECT {rules.ROWS.format(event='$1::int')} AS terms", event_id)
    return rules.read(rows[0]["terms"])


async def set_all(actor: Actor, event_id: int, terms: Sequence[Terms], *, now: datetime) -> None:
    """Set them for every class. What was agreed with who registered before stays as it was.

    Raises Invalid, keyed by class and column: `member_price`, `other_closes_at`.
    """
    _check(terms)
    async with transaction():
        await execute("UPDATE event SET lock_seq = lock_seq + 1 WHERE id = $1", event_id)
        before = await of_event(event_id)
        if tuple(terms) == before:
            return
        await execute("DELETE FROM event_class WHERE event = $1", event_id)
        for one in terms if any(one != Terms(one.ticket_class) for one in terms) else ():
            await execute(
                "INSERT INTO event_class (event, ticket_class, opens_at, closes_at, price_cents,"
                " created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6)",
                *(event_id, one.ticket_class, one.opens_at, one.closes_at, one.price_cents, now),
            )
        was, becomes = _told(before), _told(terms)
        await audit.record(actor, "change", ("event", event_id), before=was, after=becomes)


async def follow(
    actor: Actor,
    event_id: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    now: datetime,
) -> None:
    """Move the windows of the classes with an event that moves. Inside its transaction."""
    for one in await moved(event_id, before, after, now=now):
        await execute(
            "UPDATE event_class SET opens_at = $3, closes_at = $4, changed_at = $5"
            " WHERE event = $1 AND ticket_class = $2",
            *(event_id, one.ticket_class, one.opens_at, one.closes_at, now),
        )
        await audit.record(actor, "change", ("event", event_id), after=_told([one]))


async def moved(
    event_id: int, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime
) -> list[Terms]:
    """The classes whose windows a change of an event would move, as they would be.

    An event moves when it begins and ends at other moments.
    """
    if not {"starts_at", "ends_at"} <= after.keys():
        return []
    terms = await of_event(event_id)
    becomes = rules.along(terms, before["starts_at"], after["starts_at"], now=now)
    return [new for old, new in zip(terms, becomes, strict=True) if new != old]


def in_words(terms: Sequence[Terms], said: str) -> list[str]:
    """A line for each class: from when until when it registers."""
    lines = []
    for one in terms:
        name = language.text(said, f"admission.class.{one.ticket_class}").lower()
        opens, closes = (
            language.text(said, f"admission.moved.{key}", when=language.moment(at, said))
            if at
            else ""
            for key, at in (("opens", one.opens_at), ("closes", one.closes_at))
        )
        window = ", ".join(part for part in (opens, closes) if part)
        lines.append(language.text(said, "admission.moved", name=name, window=window))
    return lines


def _check(terms: Sequence[Terms]) -> None:
    problems: dict[str, str] = {}
    for one in terms:
        if not 0 <= one.price_cents <= MOST_CENTS:
            problems[f"{one.ticket_class}_price"] = "admission.field.price.wrong"
        if one.opens_at and one.closes_at and one.closes_at <= one.opens_at:
            problems[f"{one.ticket_class}_closes_at"] = "events.invalid.registration_closes_at"
    if problems:
        raise Invalid(**problems)


def _told(terms: Sequence[Terms]) -> dict[str, object]:
    return {
        f"terms_{one.ticket_class}": [one.opens_at, one.closes_at, one.price_cents] for one in terms
    }
