"""Somebody says that their minutes are wrong, and hears what came of it."""

from dataclasses import dataclass
from datetime import datetime

from server.actors import Actor
from server.attendance import presence, telling
from server.attendance.drawing_up import locked, require_managed
from server.attendance.refusals import ObjectedAlready, TooLateToObject
from server.attendance.states import OBJECTION
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from tables.attendance import PresenceState

LONGEST = 2000


@dataclass(frozen=True)
class ObjectionView:
    """What somebody said of their minutes, and what was answered."""

    id: int
    person_id: int
    state: str
    words: str
    answer: str
    created_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == "open"


async def of_event(event_id: int, person_id: int | None = None) -> list[ObjectionView]:
    """The objections of an event, or of one person there, the newest first."""
    rows = await execute(
        "SELECT id, person AS person_id, state, words, answer, created_at"
        " FROM presence_objection WHERE event = $1 AND ($2::int IS NULL OR person = $2)"
        " ORDER BY id DESC",
        *(event_id, person_id),
    )
    return [ObjectionView(**row) for row in rows]


async def make(actor: Actor, event_id: int, person_id: int, words: str, *, now: datetime) -> None:
    """Object to one's own minutes. Raises Invalid on `words`, NotFound for who is not listed.

    Refuses: NoListYet, TooLateToObject, ObjectedAlready.
    """
    said = words.strip()
    if not said:
        raise Invalid(words="attendance.invalid.words")
    if len(said) > LONGEST:
        raise Invalid(words="errors.field.too_long")
    async with transaction():
        held = await locked(event_id)
        await presence.of_person(event_id, person_id)
        until = held["object_until_at"]
        if held["state"] != PresenceState.shown or until is None or now >= until:
            raise TooLateToObject
        rows = await execute(
            "INSERT INTO presence_objection (event, person, words, created_at, changed_at)"
            " VALUES ($1, $2, $3, $4, $4)"
            " ON CONFLICT (event, person) WHERE state = 'open' DO NOTHING RETURNING id",
            *(event_id, person_id, said, now),
        )
        if not rows:
            raise ObjectedAlready
        await audit.record(actor, "object", ("presence_objection", rows[0]["id"]))


async def decline(actor: Actor, objection_id: int, answer: str, *, now: datetime) -> None:
    """Leave the minutes as they are, and say why. Raises Invalid on `answer`, NotFound.

    Refuses: WrongState.
    """
    said = answer.strip()
    if not said:
        raise Invalid(answer="errors.field.required")
    async with transaction():
        rows = await execute("SELECT event, person FROM presence_objection WHERE id = $1",
                             objection_id)  # fmt: skip
        if not rows:
            raise NotFound
        await require_managed(actor, rows[0]["event"])
        await locked(rows[0]["event"])
        answered = {"answer": said, "answered_at": now}
        await OBJECTION.move(objection_id, "decline", actor=actor, set_also=answered)
        await telling.declined(rows[0]["event"], rows[0]["person"], objection_id, said)
