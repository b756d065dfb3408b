"""The life of what a place costs."""

from server.workflow import Machine
from tables.registrations import TicketFee
from tables.registrations import TicketFeeState as S

TICKET_FEE = Machine(
    TicketFee,
    {
        "pay": ((S.due,), S.paid),
        "waive": ((S.due,), S.waived),
        "refund": ((S.paid,), S.refunded),
        "reopen": ((S.paid, S.waived, S.refunded), S.due),
    },
)
