"""The life of an application. A draft waits for the applicant to confirm their address."""

from server.workflow import Machine
from tables.memberships import ApplicationState as S
from tables.memberships import MembershipApplication

APPLICATION = Machine(
    MembershipApplication,
    {
        "submit": ((S.draft,), S.submitted),
        "ask_more": ((S.submitted,), S.waiting),
        "answer": ((S.waiting,), S.submitted),
        "approve": ((S.submitted, S.waiting), S.approved),
        "reject": ((S.submitted, S.waiting), S.rejected),
        "withdraw": ((S.draft, S.submitted, S.waiting), S.withdrawn),
    },
)
OPEN = (S.submitted, S.waiting)
