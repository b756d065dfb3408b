"""The life of an amount due."""

from server.workflow import Machine
from tables.memberships import Fee
from tables.memberships import FeeState as S

FEE = Machine(
    Fee,
    {
        "pay": ((S.due,), S.paid),
        "waive": ((S.due,), S.waived),
        "reopen": ((S.paid, S.waived), S.due),
    },
)
