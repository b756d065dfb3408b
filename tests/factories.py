"""Rows to test with; every value that a test cares about is given by the test."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from server import clock
from server.actors import Actor
from tables.accounts import Role, RoleGrant
from tables.events import Event
from tables.groups import GroupMembership, GroupRole, GroupState, SeatState, WorkingGroup
from tables.memberships import Membership, MembershipType
from tables.people import EmailState, Person
from tables.registrations import CapacityUnit

NOON = datetime(2027, 3, 12, 11, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)


async def person(surname: str) -> Person:
    row = Person(surname=surname, sort_key=surname.lower(), display_name=surname)
    await row.save()
    return row


async def event(**values: object) -> Event:
    slug = f"day-{uuid4().hex[:8]}"
    given = {
        "title": "Pijndag",
        "slug": slug,
        "starts_at": NOON,
        "ends_at": NOON + timedelta(hours=6),
    }
    row = Event(**{**given, **values})
    await row.save()
    return row


async def known(name: str, **values: object) -> Person:
    """Somebody with a proved address: `anna@example.com`."""
    email = f"{name.lower()}@example.com"
    given = {
        "surname": name,
        "sort_key": name.lower(),
        "display_name": name,
        "email": email,
        "email_key": email,
        "email_state": EmailState.ok,
    }
    row = Person(**{**given, **values})
    await row.save()
    return row


async def member(name: str, **values: object) -> Person:
    """A member since 2020."""
    row = await known(name, **values)
    kind = await MembershipType.objects().get_or_create(
        MembershipType.code == "gewoon", {"name_nl": "Gewoon", "name_en": "Ordinary"}
    )
    await Membership(person=row.id, type=kind.id, number=row.id, starts_on=LONG_AGO).save()
    return row


async def anna() -> Person:
    """A member."""
    return await member("Anna")


async def bram(state: GroupState = GroupState.active) -> tuple[Person, WorkingGroup]:
    """The chair of a group, and the group."""
    row = await member("Bram")
    group = WorkingGroup(name="Onderzoek", slug=f"group-{uuid4().hex[:8]}", state=state)
    await group.save()
    await GroupMembership(
        group=group.id,
        person=row.id,
        role=GroupRole.chair,
        state=SeatState.active,
        from_on=LONG_AGO,
    ).save()
    return row, group


async def carla() -> Person:
    """On the board."""
    row = await member("Carla")
    await RoleGrant(person=row.id, role=Role.board, from_on=LONG_AGO).save()
    return row


async def dirk() -> Person:
    """Known, and nothing more."""
    return await known("Dirk")


def acting(who: Person, *, is_member: bool = False, roles: tuple[str, ...] = ()) -> Actor:
    """The person, signed in just now."""
    return Actor(
        person_id=who.id,
        name=who.display_name,
        email=who.email or "",
        signed_in_at=clock.now(),
        roles=frozenset(roles),
        is_member=is_member,
    )


async def open_event(capacity: int | None = 1, **values: object) -> tuple[Event, CapacityUnit]:
    """A published event with one sort of places."""
    row = await event(**{"state": "published", **values})
    unit = CapacityUnit(event=row.id, capacity=capacity)
    await unit.save()
    return row, unit
