"""How a file goes its way: brought, looked at whole, taken in at once, undone."""

from server.workflow import Machine
from tables.people import BatchState as S
from tables.people import ImportBatch

IMPORT = Machine(
    ImportBatch,
    {
        "check": ((S.uploaded, S.checked), S.checking),
        "checked": ((S.checking,), S.checked),
        "take_in": ((S.checked,), S.importing),
        "stop": ((S.importing,), S.checking),
        "fail": ((S.checking, S.importing), S.uploaded),
        "taken_in": ((S.importing,), S.imported),
        "undo": ((S.imported,), S.undone),
    },
)
AT_WORK = (S.checking, S.importing)
