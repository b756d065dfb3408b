"""The life of one claim on one place, and of the question whether a colleague takes it."""

from server.workflow import Machine
from tables.registrations import HandOver, HandOverState, LineState, RegistrationLine

S = LineState
LIVE = (S.unverified, S.approval, S.waiting, S.offered, S.confirmed)

LINE = Machine(
    RegistrationLine,
    {
        "verify": ((S.unverified,), S.confirmed),
        "submit": ((S.unverified,), S.approval),
        "queue": ((S.unverified, S.approval), S.waiting),
        "approve": ((S.approval,), S.confirmed),
        "reject": ((S.approval,), S.rejected),
        "offer": ((S.waiting,), S.offered),
        "place": ((S.waiting,), S.confirmed),
        "accept": ((S.offered,), S.confirmed),
        "decline": ((S.offered,), S.declined),
        "miss": ((S.offered,), S.waiting),
        "expire": ((S.offered, S.unverified, S.waiting, S.approval), S.expired),
        "cancel": (LIVE, S.cancelled),
        "cancel_by_organiser": (LIVE, S.cancelled_by_organiser),
    },
)

HAND_OVER = Machine(
    HandOver,
    {
        "take": ((HandOverState.open,), HandOverState.taken),
        "decline": ((HandOverState.open,), HandOverState.declined),
        "withdraw": ((HandOverState.open,), HandOverState.withdrawn),
        "expire": ((HandOverState.open,), HandOverState.expired),
    },
)
