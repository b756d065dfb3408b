"""The life of an issue of a newsletter."""

from server.workflow import Machine
from tables.issues import IssueState as S
from tables.issues import NewsletterIssue

ISSUE = Machine(
    NewsletterIssue,
    {
        # what stands there now was sent to whoever wrote it
        "test": ((S.draft, S.tested), S.tested),
        # a word was changed: it is tested and approved anew
        "revise": ((S.tested, S.approved), S.draft),
        # by somebody who did not write it
        "approve": ((S.tested,), S.approved),
        "schedule": ((S.approved,), S.scheduled),
        "unschedule": ((S.scheduled,), S.approved),
        # its moment came
        "start": ((S.scheduled,), S.sending),
        "pause": ((S.sending,), S.paused),
        "resume": ((S.paused,), S.sending),
        # nobody is left to be mailed
        "finish": ((S.sending,), S.sent),
        "cancel": ((S.draft, S.tested, S.approved, S.scheduled, S.paused), S.cancelled),
    },
    following=("revise", "start", "finish"),
)
