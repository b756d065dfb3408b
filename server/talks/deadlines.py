"""What a call asks by when: proposals, and each speaker's answer to being accepted."""

from datetime import datetime

from server.clock import within_python
from server.database import execute
from server.deadlines import Deadline, OwnDeadline, Source, in_both
from tables.talks import ProposalState

CALLS = f"""SELECT e.uid, e.slug, e.title, e.title_en, {within_python("c.closes_at")} AS due_at
  FROM call c JOIN event e ON e.id = c.event
  WHERE c.is_published AND c.closes_at >= $1 AND e.visibility = 'public'
    AND e.state NOT IN ('draft', 'cancelled', 'archived')"""
# A move of a proposal raises its revision; an edit raises its version too and moves nothing.
TO_CONFIRM = f"""SELECT e.uid, p.id, p.code, p.title, {within_python("p.confirm_by")} AS due_at,
    p.created_at, p.changed_at, p.revision - p.version AS moves
  FROM proposal_speaker s JOIN proposal p ON p.id = s.proposal JOIN call c ON c.id = p.call
  JOIN event e ON e.id = c.event
  WHERE s.person = $1 AND p.confirm_by >= $2 AND p.state = $3
    AND e.state NOT IN ('cancelled', 'archived')"""


async def shared(since: datetime) -> list[Deadline]:
    """Until when one can propose to each public call."""
    return [
        Deadline(
            uid=f"call-{row['uid']}",
            due_at=row["due_at"],
            path=f"/calls/{row['slug']}",
            titles=in_both("talks.deadline.call", event=(row["title"], row["title_en"])),
        )
        for row in await execute(CALLS, since)
    ]


async def own(person_id: int, since: datetime) -> list[OwnDeadline]:
    """Until when somebody can confirm what was accepted of them."""
    return [
        OwnDeadline(
            Deadline(
                uid=f"confirm-{row['id']}-{row['uid']}",
                due_at=row["due_at"],
                path=f"/me/proposals/{row['code']}",
                titles=in_both("talks.deadline.confirm", title=(row["title"], "")),
            ),
            max(0, row["moves"]),
            row["created_at"],
            row["changed_at"],
        )
        for row in await execute(TO_CONFIRM, person_id, since, ProposalState.accepted.value)
    ]


SOURCE = Source(frozenset({"call", "event"}), shared, own)
