"""Until when one can register for what everybody may know of.

Classes that have a last moment of their own are told of by `admission`.
"""

from datetime import datetime

from server.clock import within_python
from server.database import execute
from server.deadlines import Deadline, Source, in_both

CLOSING = f"""SELECT e.uid, e.slug, e.title, e.title_en,
    {within_python("e.registration_closes_at")} AS due_at
  FROM event e WHERE e.state = 'published' AND e.visibility = 'public'
    AND e.registration_closes_at >= $1
    AND EXISTS (SELECT 1 FROM capacity_unit u WHERE u.event = e.id)
    AND (NOT EXISTS (SELECT 1 FROM event_class c WHERE c.event = e.id)
      OR EXISTS (SELECT 1 FROM event_class c WHERE c.event = e.id AND c.closes_at IS NULL))"""


async def shared(since: datetime) -> list[Deadline]:
    """The last moment of each window of registration that has one."""
    return [
        Deadline(
            uid=f"registration-{row['uid']}",
            due_at=row["due_at"],
            path=f"/events/{row['slug']}",
            titles=in_both("events.deadline.registration", event=(row["title"], row["title_en"])),
        )
        for row in await execute(CLOSING, since)
    ]


SOURCE = Source(frozenset({"event", "capacity_unit", "event_class"}), shared)
