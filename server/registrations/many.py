"""The organiser registers a whole list at once: first only looked at, then done."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.actors import Actor
from server.database import rehearsal, transaction
from server.errors import Invalid, NotFound, Refusal
from server.people import rules as people_rules
from server.people import service as people
from server.registrations import line, service
from server.registrations.wishes import RegistrationForm

MOST = 500


@dataclass(frozen=True)
class Listed:
    """One line of the list, and what became of it: a state, or the key of why nothing did."""

    number: int
    name: str
    email: str
    language: str = "nl"
    remark: str = ""
    state: str = ""
    rank: int | None = None
    problem: str = ""


async def look(
    actor: Actor, event_id: int, listed: Sequence[Listed], *, now: datetime
) -> list[Listed]:
    """What registering them would do, by doing it and taking it back: nothing is kept."""
    async with rehearsal():
        done = await register(actor, event_id, listed, now=now)
    return done


async def register(
    actor: Actor, event_id: int, listed: Sequence[Listed], *, now: datetime
) -> list[Listed]:
    """Register everybody on the list, in its order; whoever cannot be is left out and named.

    All or, when something goes wrong on the way, nobody. Raises Invalid on `file` for too many.
    """
    if len(listed) > MOST:
        raise Invalid(file="registrations.many.too_many")
    done: list[Listed] = []
    async with transaction():
        await line.lock(event_id)
        for one in listed:
            done.append(await _one(actor, event_id, one, now))
    return done


async def _one(actor: Actor, event_id: int, one: Listed, now: datetime) -> Listed:
    if not one.name.strip():
        return replace(one, problem="errors.field.required")
    if not people_rules.valid_email(one.email):
        return replace(one, problem="errors.field.email")
    try:
        async with transaction():
            person_id = await people.find_or_create_contact(
                actor, name=one.name, email=one.email, language=one.language, now=now
            )
            wish = RegistrationForm(remark=one.remark)
            view = await service.register_for(actor, event_id, person_id, wish=wish, now=now)
    except Refusal as refusal:
        return replace(one, problem=f"registrations.many.{refusal.code.rpartition('.')[2]}")
    except Invalid as invalid:
        return replace(one, problem=next(iter(invalid.fields.values())))
    except NotFound:
        return replace(one, problem="registrations.many.not_there")
    return replace(one, state=view.state, rank=view.rank)
