"""The life of a list of who was there, and of an objection to it."""

from server.workflow import Machine
from tables.attendance import ObjectionState, PresenceList, PresenceObjection, PresenceState

S = PresenceState
WAITS = ObjectionState.open

PRESENCE = Machine(
    PresenceList,
    {
        "show": ((S.drawn,), S.shown),
        "settle": ((S.shown,), S.settled),
    },
)
OBJECTION = Machine(
    PresenceObjection,
    {
        "accept": ((WAITS,), ObjectionState.accepted),
        "decline": ((WAITS,), ObjectionState.declined),
    },
)
