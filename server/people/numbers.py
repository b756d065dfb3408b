"""Register numbers of people: claimed by them, verified by hand, never silently repaired."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from server import clock
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.one_by_one import each
from server.people import registers, titles
from server.people.rules import Name
from server.people.states import NUMBER
from tables.people import NumberState

VIEW = """SELECT n.id, n.person AS person_id, n.register, n.number, n.title, n.state,
  n.verified_on, v.display_name AS verified_by, n.method, n.valid_until, n.revision
  FROM registration_number n LEFT JOIN person v ON v.id = n.verified_by"""


class NumberTaken(Refusal):
    """Somebody else holds this number, verified."""

    code = "people.number_taken"


class OwnNumber(Refusal):
    """Somebody else of the board verifies one's own number."""

    code = "people.own_number"


@dataclass(frozen=True)
class NumberView:
    """One number of one person; `verified_by` is the name of who saw it in the register."""

    id: int
    person_id: int
    register: str
    number: str
    title: str
    state: str
    verified_on: date | None
    verified_by: str | None
    method: str
    valid_until: date | None
    revision: int

    @property
    def checked(self) -> registers.Checked:
        """What is to be said of it: a doubt, or how it could be meant."""
        return registers.check(self.register, self.number, self.title)


async def of_person(person_id: int) -> list[NumberView]:
    """Somebody's numbers, by register."""
    rows = await execute(f"{VIEW} WHERE n.person = $1 ORDER BY n.register, n.id", person_id)
    return [NumberView(**row) for row in rows]


async def require_proved(person_id: int, row: Mapping[str, Any], day: date) -> None:
    """Nobody gives themselves a protected title by way of their name, or the titles beside it.

    Raises Invalid.
    """
    rows = await execute(
        "SELECT DISTINCT title FROM registration_number WHERE person = $1 AND state = 'verified'"
        " AND title <> '' AND (valid_until IS NULL OR valid_until >= $2)",
        *(person_id, day),
    )
    verified = [one["title"] for one in rows]
    name = Name(**{column: row[column] for column in Name.__dataclass_fields__})
    if wrong := titles.in_name(name, verified) | titles.beside_name(row, verified):
        raise Invalid(**wrong)


async def claim(
    actor: Actor, person_id: int, register: str, number: str, *, title: str = ""
) -> int:
    """Note a number that somebody says is theirs. The same one again changes nothing, unless it
    comes with another title, was withdrawn or has run out: then the board looks once more.

    Raises Invalid on `number` or `register`.
    """
    checked = registers.check(register, number, title)
    if register not in registers.REGISTERS:
        raise Invalid(register="errors.field.choice")
    if checked.problem is not None:
        raise Invalid(number=checked.problem)
    async with transaction():
        values = {"register": register, "number": checked.number, "title": title}
        rows = await execute(
            "INSERT INTO registration_number (person, register, number, title, created_at,"
            " changed_at) VALUES ($1, $2, $3, $4, $5, $5)"
            " ON CONFLICT (person, register, number) DO NOTHING RETURNING id",
            *(person_id, *values.values(), clock.now()),
        )
        if not rows:
            return await _claim_again(actor, person_id, register, checked.number, title)
        subject, after = ("registration_number", rows[0]["id"]), {"person": person_id, **values}
        await audit.record(actor, "claim", subject, after=after)
    return int(rows[0]["id"])


async def _claim_again(actor: Actor, person_id: int, register: str, number: str, title: str) -> int:
    rows = await execute(
        "SELECT id FROM registration_number WHERE person = $1 AND register = $2 AND number = $3",
        *(person_id, register, number),
    )
    known = await locked(rows[0]["id"])
    is_over = known.state in (NumberState.withdrawn, NumberState.expired)
    if is_over or title not in ("", known.title):
        await _state_anew(actor, known, number, title or known.title)
    return known.id


async def forget_claim(actor: Actor, person_id: int, register: str, number: str) -> bool:
    """Take a number away that was only claimed, as if it had never been said: whether it was."""
    async with transaction():
        rows = await execute(
            "DELETE FROM registration_number WHERE person = $1 AND register = $2 AND number = $3"
            " AND state = 'claimed' RETURNING id",
            *(person_id, register, number),
        )
        if rows:
            before, subject = {"person": person_id}, ("registration_number", rows[0]["id"])
            await audit.record(actor, "remove", subject, before=before)
    return bool(rows)


async def change(actor: Actor, number_id: int, number: str, *, title: str = "") -> None:
    """Correct a number, also by accepting a proposal: what was verified is a claim again.

    Raises Invalid, NotFound.
    """
    async with transaction():
        before = await locked(number_id)
        checked = registers.check(before.register, number, title)
        if checked.problem is not None:
            raise Invalid(number=checked.problem)
        if (checked.number, title) == (before.number, before.title):
            return
        try:
            async with transaction():
                await _state_anew(actor, before, checked.number, title)
        except asyncpg.UniqueViolationError:
            raise Invalid(number="people.number.twice") from None


async def _state_anew(actor: Actor, before: NumberView, number: str, title: str) -> None:
    """What was verified, withdrawn or has run out is a claim again, in these words."""
    await execute(
        "UPDATE registration_number SET number = $2, title = $3, state = 'claimed',"
        " verified_on = NULL, verified_by = NULL, method = '', changed_at = $4,"
        " revision = revision + 1 WHERE id = $1",
        *(before.id, number, title, clock.now()),
    )
    was = {"number": before.number, "title": before.title, "state": before.state}
    after = {"number": number, "title": title, "state": "claimed"}
    subject = ("registration_number", before.id)
    await audit.record(actor, "change", subject, before=was, after=after)


async def correct(actor: Actor, number_id: int, values: Mapping[str, object]) -> None:
    """Change the columns that the board corrected; with another number its last day goes too.

    Raises Invalid, NotFound.
    """
    async with transaction():
        was = await locked(number_id)
        number, title = str(values.get("number", was.number)), str(values.get("title", was.title))
        await change(actor, number_id, number, title=title)
        is_same = (number.strip(), title) == (was.number, was.title)
        kept = was.valid_until if is_same else None
        await _set_last_day(actor, was, values.get("valid_until", kept))


async def _set_last_day(actor: Actor, was: NumberView, valid_until: object) -> None:
    if valid_until == was.valid_until:
        return
    await execute(
        "UPDATE registration_number SET valid_until = $2, changed_at = $3, revision = revision + 1"
        " WHERE id = $1",
        *(was.id, valid_until, clock.now()),
    )
    before, after = {"valid_until": was.valid_until}, {"valid_until": valid_until}
    subject = ("registration_number", was.id)
    await audit.record(actor, "change", subject, before=before, after=after)


async def verify(actor: Actor, number_id: int, *, method: str, on: date) -> None:
    """The board saw the number in the register; a last day that has passed is forgotten.

    Refuses: WrongState, NumberTaken, OwnNumber.
    """
    async with transaction():
        was = await locked(number_id)
        if was.person_id == actor.person_id:
            raise OwnNumber
        is_over = was.valid_until is not None and was.valid_until < on
        try:
            async with transaction():
                await NUMBER.move(
                    number_id,
                    "verify",
                    actor=actor,
                    set_also={
                        "verified_on": on,
                        "verified_by": actor.person_id,
                        "method": method[:60],
                        "valid_until": None if is_over else was.valid_until,
                    },
                )
        except asyncpg.UniqueViolationError:
            raise NumberTaken from None


async def withdraw(actor: Actor, number_id: int, *, reason: str = "") -> None:
    """The number is not theirs any more. Refuses: WrongState."""
    async with transaction():
        await NUMBER.move(number_id, "withdraw", actor=actor, reason=reason)


async def expire(today: date) -> int:
    """Numbers whose registration has run out: how many. Safe to do late or twice."""
    rows = await execute(
        "SELECT id FROM registration_number WHERE state = 'verified' AND valid_until < $1"
        " ORDER BY id",
        today,
    )
    return len(await each(rows, lambda row: _run_out(row["id"])))


async def _run_out(number_id: int) -> None:
    async with transaction():
        await NUMBER.move(number_id, "expire", actor=SYSTEM)


async def locked(number_id: int) -> NumberView:
    """A number that nobody else changes until the transaction ends. Raises NotFound."""
    await execute("SELECT 1 FROM registration_number WHERE id = $1 FOR UPDATE", number_id)
    rows = await execute(f"{VIEW} WHERE n.id = $1", number_id)
    if not rows:
        raise NotFound
    return NumberView(**rows[0])
