"""How the points of one register for one event come about."""

from server.workflow import Machine
from tables.accreditation import Accreditation
from tables.accreditation import AccreditationState as S

ACCREDITATION = Machine(
    Accreditation,
    {
        "submit": ((S.planned,), S.submitted),
        "question": ((S.submitted,), S.asked),
        "answer": ((S.asked,), S.submitted),
        "grant": ((S.submitted, S.asked), S.granted),
        "refuse": ((S.submitted, S.asked), S.refused),
        "open": ((S.granted, S.exported, S.confirmed), S.presence_open),
        "export": ((S.presence_open,), S.exported),
        "confirm": ((S.exported,), S.confirmed),
        "withdraw": ((S.planned, S.submitted, S.asked, S.granted), S.withdrawn),
        "resume": ((S.refused, S.withdrawn), S.planned),
    },
    following=("open",),
)
OPEN = (S.planned, S.submitted, S.asked, S.granted, S.presence_open, S.exported)
