"""Working groups and who is in them, as intervals."""

from enum import StrEnum

from piccolo.columns import Boolean, Date, ForeignKey, OnDelete, Serial, Text, Varchar
from piccolo.columns.readable import Readable
from piccolo.constraints import Check
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.people import Person


class GroupKind(StrEnum):
    """What sort of group; the kind decides which features it has."""

    working_group = "working_group"
    committee = "committee"
    board = "board"
    editors = "editors"
    project = "project"


class GroupState(StrEnum):
    """Life of a working group."""

    proposed = "proposed"
    active = "active"
    dormant = "dormant"
    concluded = "concluded"


class SeatState(StrEnum):
    """Life of one person's membership of a group."""

    requested = "requested"
    invited = "invited"
    active = "active"
    on_leave = "on_leave"
    ended = "ended"
    declined = "declined"


class GroupRole(StrEnum):
    """What somebody is in a group."""

    chair = "chair"
    secretary = "secretary"
    member = "member"
    adviser = "adviser"


class WorkingGroup(Dated, Table, tablename="working_group"):
    """A group of members with a mission; its chair manages it, and only it."""

    id: Serial
    kind = Varchar(length=20, default=GroupKind.working_group, choices=GroupKind)
    name = Varchar(length=120)
    name_en = Varchar(length=120, default="")
    slug = Varchar(length=80, unique=True)
    mission = Text(default="")
    mission_en = Text(default="")
    state = Varchar(length=12, default=GroupState.active, choices=GroupState)
    is_public = Boolean(default=True)
    colour = Varchar(length=20, default="teal")

    kind_known = one_of("kind", GroupKind)
    state_known = one_of("state", GroupState)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class GroupMembership(Dated, Table, tablename="group_membership"):
    """One person's seat in one group during an interval; rights end with `until_on`."""

    id: Serial
    group = ForeignKey(WorkingGroup, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    role = Varchar(length=12, default=GroupRole.member, choices=GroupRole)
    state = Varchar(length=12, default=SeatState.active, choices=SeatState)
    from_on = Date()
    until_on = Date(null=True, default=None)

    role_known = one_of("role", GroupRole)
    state_known = one_of("state", SeatState)
    ends_after_start = Check("until_on IS NULL OR until_on >= from_on")
