"""What the board may do to a letter; the rest of its life belongs to the worker."""

from server.workflow import Machine
from tables.outbox import LetterState, OutboxLetter

S = LetterState
LETTER = Machine(
    OutboxLetter,
    {
        "release": ((S.failed, S.held, S.retry), S.queued),
        "hold": ((S.queued, S.retry), S.held),
        "drop": ((S.queued, S.retry, S.held, S.failed), S.dropped),
    },
)
