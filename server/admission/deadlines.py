"""Until when each class can register for what everybody may know of, and until when members first.

That a class opens is no deadline: for whom it opens later, it is told on the page of the event.
"""

from datetime import datetime

from server.database import execute
from server.deadlines import Deadline, Source, in_both

# Who speaks is told so personally; of an event for members only the others have no window.
OPEN = """e.state = 'published' AND e.visibility = 'public'
    AND EXISTS (SELECT 1 FROM capacity_unit u WHERE u.event = e.id)"""
CLOSING = f"""SELECT e.uid, e.slug, e.title, e.title_en, c.ticket_class AS what,
    c.closes_at AS due_at
  FROM event e JOIN event_class c ON c.event = e.id AND c.ticket_class <> 'speaker'
  WHERE {OPEN} AND c.closes_at >= $1
    AND (c.ticket_class = 'member' OR NOT e.members_only_registration)"""
FIRST = f"""SELECT e.uid, e.slug, e.title, e.title_en, 'first' AS what, o.opens_at AS due_at
  FROM event e JOIN event_class m ON m.event = e.id AND m.ticket_class = 'member'
    JOIN event_class o ON o.event = e.id AND o.ticket_class = 'other'
  WHERE {OPEN} AND o.opens_at >= $1 AND NOT e.members_only_registration
    AND o.opens_at > coalesce(m.opens_at, e.registration_opens_at, '-infinity')"""


async def shared(since: datetime) -> list[Deadline]:
    """The last moments of classes that have their own, and the end of members first."""
    return [
        Deadline(
            uid=f"registration-{row['what']}-{row['uid']}",
            due_at=row["due_at"],
            path=f"/events/{row['slug']}",
            titles=in_both(
                f"admission.deadline.{row['what']}", event=(row["title"], row["title_en"])
            ),
        )
        for row in await execute(f"{CLOSING} UNION ALL {FIRST} ORDER BY uid, what", since)
    ]


SOURCE = Source(frozenset({"event", "event_class", "capacity_unit"}), shared)
