"""The life of a group, and of one person's seat in it."""

from server.workflow import Machine
from tables.groups import GroupMembership, GroupState, SeatState, WorkingGroup

G = GroupState
S = SeatState

GROUP = Machine(
    WorkingGroup,
    {
        "approve": ((G.proposed,), G.active),
        "rest": ((G.active,), G.dormant),
        "wake": ((G.dormant,), G.active),
        "conclude": ((G.active, G.dormant), G.concluded),
    },
)
SEAT = Machine(
    GroupMembership,
    {
        "admit": ((S.requested,), S.active),
        "accept": ((S.invited,), S.active),
        "decline": ((S.requested, S.invited), S.declined),
        "take_leave": ((S.active,), S.on_leave),
        "return": ((S.on_leave,), S.active),
        "end": ((S.active, S.on_leave), S.ended),
    },
)
SEATED = (S.active, S.on_leave)
OPEN = (S.requested, S.invited, *SEATED)
