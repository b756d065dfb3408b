"""The life of a proposal. Each move owes its speakers one letter."""

from server.workflow import Machine
from tables.talks import Proposal, ProposalState

S = ProposalState
HOPEFUL = (S.submitted, S.revision, S.reserve, S.accepted, S.confirmed)

PROPOSAL = Machine(
    Proposal,
    {
        "submit": ((S.draft,), S.submitted),
        "accept": ((S.submitted,), S.accepted),
        "reserve": ((S.submitted,), S.reserve),
        "reject": ((S.submitted,), S.rejected),
        "revise": ((S.submitted,), S.revision),
        "resubmit": ((S.revision,), S.submitted),
        "activate": ((S.reserve,), S.accepted),
        "confirm": ((S.accepted,), S.confirmed),
        "decline": ((S.accepted,), S.withdrawn),
        "withdraw": ((S.submitted, S.revision, S.reserve, S.confirmed), S.withdrawn),
        "cancel": ((S.accepted, S.confirmed), S.cancelled),
        # its event was cancelled
        "lapse": (HOPEFUL, S.cancelled),
        "reopen": ((S.accepted, S.reserve, S.rejected), S.submitted),
        "deliver": ((S.confirmed,), S.delivered),
    },
    following=("lapse",),
)
SPEAKERS = ("submit", "resubmit", "confirm", "decline", "withdraw")
COMMITTEES = ("accept", "reserve", "reject", "revise", "activate", "reopen", "cancel", "deliver")
# What leads on to a talk makes sense only while its event goes on.
FORWARD = (
    *("submit", "resubmit", "confirm"),
    *("accept", "reserve", "revise", "activate", "reopen"),
)
