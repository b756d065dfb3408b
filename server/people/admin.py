"""People in the admin: names and addresses follow the same rules as everywhere."""

from datetime import datetime

from server.actors import Actor
from server.people import service
from server.rights import Area
from server.web.admin_kit import Desk
from server.web.admin_kit.desk import Values
from tables.people import Person


async def _create(actor: Actor, values: Values, now: datetime) -> int:
    return await service.create_from(actor, values, now=now)


async def _change(actor: Actor, row_id: int, values: Values, now: datetime) -> None:
    await service.change(actor, row_id, values, now=now)


DESKS = [
    Desk(
        Person,
        group="people",
        area=Area.people,
        create=_create,
        change=_change,
        fixed=("display_name", "email_state", "anonymised_at", "merged_into"),
        required=("surname",),
        hidden=("search_key",),
        listed=("display_name", "email", "email_state", "city", "language"),
        filters=("surname", "email", "email_state", "city", "province", "language"),
        order=("sort_key",),
        link="display_name",
    ),
]
