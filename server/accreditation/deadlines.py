"""By when points must be asked and people handed in: for the offices, not for everybody."""

from datetime import datetime

from server.accreditation import rules
from server.accreditation.queries import TO_HAND_IN
from server.clock import day_bounds, within_python
from server.database import execute
from server.deadlines import Deadline, Source, in_both
from server.rights import Area
from tables.accreditation import AccreditationState

DUE = f"""SELECT a.id, a.state, r.code, r.ask_days, r.report_days, e.uid, e.slug, e.title,
    e.title_en, {within_python("e.starts_at")} AS starts_at,
    {within_python("e.ends_at")} AS ends_at
  FROM accreditation a JOIN accreditation_register r ON r.id = a.register
  JOIN event e ON e.id = a.event
  WHERE e.state NOT IN ('cancelled', 'archived') AND a.state = ANY($1)"""
OPEN = [state.value for state in (AccreditationState.planned, *TO_HAND_IN)]


async def shared(since: datetime) -> list[Deadline]:
    """The next day by which each open accreditation needs something, as its own page says it."""
    found = []
    for row in await execute(DUE, OPEN):
        asked = row["state"] == AccreditationState.planned
        day = (
            rules.ask_by(row["starts_at"], row["ask_days"])
            if asked
            else rules.report_by(row["ends_at"], row["report_days"])
        )
        what = "ask" if asked else "report"
        names = {"register": (row["code"], ""), "event": (row["title"], row["title_en"])}
        found.append(
            Deadline(
                uid=f"accreditation-{what}-{row['id']}-{row['uid']}",
                due_at=day_bounds(day)[1],
                path=f"/board/events/{row['slug']}/accreditation/{row['id']}",
                titles=in_both(f"accreditation.deadline.{what}", **names),
                area=Area.events,
            )
        )
    return [one for one in found if one.due_at >= since]


SOURCE = Source(frozenset({"accreditation", "accreditation_register", "event"}), shared)
