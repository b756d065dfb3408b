"""People in the admin: names and addresses follow the same rules as everywhere."""

from datetime import datetime

from server import clock
from server.actors import Actor
from server.people import numbers, service
from server.people.rules import search_patterns
from server.people.states import NUMBER
from server.rights import Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Values
from tables.people import Person, RegistrationNumber


async def _create(actor: Actor, values: Values, now: datetime) -> int:
    return await service.create_from(actor, values, now=now)


async def _change(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await service.change(actor, row_id, values, now=now)


async def _claim(actor: Actor, values: Values, _now: datetime) -> int:
    number_id = await numbers.claim(
        actor,
        int(str(values["person"])),
        str(values["register"]),
        str(values["number"]),
        title=str(values.get("title") or ""),
    )
    if values.get("valid_until"):
        await numbers.correct(actor, number_id, {"valid_until": values["valid_until"]})
    return number_id


async def _correct(actor: Actor, row_id: int, values: Values, _now: datetime) -> None:
    await numbers.correct(actor, row_id, values)


async def _verify(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    """What the board writes under "Reden" is how it was seen: "BIG-register"."""
    await numbers.verify(actor, row_id, method=reason, on=clock.day_of(now))


async def _withdraw(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await numbers.withdraw(actor, row_id, reason=reason)


DESKS = [
    Desk(
        RegistrationNumber,
        group="people",
        area=Area.people,
        machine=NUMBER,
        moves={"verify": _verify, "withdraw": _withdraw},
        create=_claim,
        change=_correct,
        fixed=("verified_on", "verified_by", "method"),
        given_once=("person", "register"),
        required=("person", "register", "number"),
        listed=("person", "register", "number", "title", "state", "verified_on"),
        order=("-id",),
        link="number",
    ),
    Desk(
        Person,
        group="people",
        area=Area.people,
        create=_create,
        change=_change,
        fixed=(
            *("display_name", "email_state", "deceased_on", "death_settled_at"),
            *("anonymised_at", "merged_into"),
        ),
        required=("surname",),
        hidden=("search_key",),
        listed=("display_name", "email", "email_state", "city", "language"),
        filters=("display_name", "email", "email_state", "city", "province", "language"),
        found_by={"display_name": ("search_key", search_patterns)},
        order=("sort_key",),
        link="display_name",
        page="/board/people/{id}",
    ),
]
