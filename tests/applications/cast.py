"""An applicant, and what they write."""

from dataclasses import replace
from datetime import UTC, datetime

from server.actors import ANONYMOUS, Actor
from server.applications import queries, service
from server.applications.rules import ApplicationForm
from server.database import execute
from tables.memberships import MembershipType
from tests.clients import last_letter

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
CARLA = Actor(name="Carla", roles=frozenset({"board"}))
EMAIL = "els@example.com"


async def kind(code: str = "belangstellend", **values: object) -> int:
    row = MembershipType(
        **{"code": code, "name_nl": code.title(), "name_en": f"{code} (en)", **values}
    )
    await row.save()
    return int(row.id)


async def form(**values: object) -> ApplicationForm:
    rows = await execute("SELECT id FROM membership_type ORDER BY id LIMIT 1")
    type_id = rows[0]["id"] if rows else await kind()
    one = ApplicationForm(type_id=type_id, surname="Eland", initials="E.", email=EMAIL)
    return replace(one, **values)


async def token() -> str:
    """The token in the newest letter."""
    return str((await last_letter())["url"]).rpartition("/")[2]


async def applied(**values: object) -> queries.ApplicationView:
    """An application whose address was confirmed."""
    await service.apply(ANONYMOUS, await form(**values), now=NOON)
    return await queries.get(await service.confirm(await token(), now=NOON))


async def state(view: queries.ApplicationView) -> str:
    return (await queries.by_id(view.id)).state
