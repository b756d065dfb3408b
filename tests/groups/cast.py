"""A group with Bram in the chair."""

from datetime import timedelta

from server.actors import Actor
from server.groups import seats, service
from server.groups.seats import NewSeat
from tables.groups import GroupRole
from tables.people import Person
from tests.factories import NOON
from tests.newsletters.cast import member

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
TODAY = NOON.date()
BEGAN = TODAY - timedelta(days=900)


async def group(name: str = "Scholing", **values: object) -> int:
    return await service.create(CARLA, {"name": name, **values}, now=NOON)


async def seat(group_id: int, person_id: int, role: str = "member", **values: object) -> int:
    given = NewSeat(group_id, person_id, values.pop("from_on", BEGAN), GroupRole(role), **values)
    return await seats.add_member(CARLA, given, now=NOON)


async def chaired_group(name: str = "Scholing", **values: object) -> tuple[int, Person, int]:
    """The group, its chair and the chair's seat."""
    group_id = await group(name, **values)
    bram = await member(f"bram-{group_id}@example.org", "Bram", starts_on=BEGAN)
    return group_id, bram, await seat(group_id, bram.id, "chair")


def chairing(who: Person, group_id: int) -> Actor:
    chairs = frozenset({group_id})
    return Actor(who.id, who.display_name, is_member=True, groups=chairs, chairs=chairs)


def as_member(who: Person) -> Actor:
    return Actor(who.id, who.display_name, is_member=True)
