"""Periods that end by themselves: asked once a month before, and once when they have ended."""

from datetime import datetime, timedelta
from typing import Any

from emails.letters.memberships import MembershipRanOut, MembershipRunsOut
from server import clock, language
from server.database import execute, transaction
from server.memberships.service import ONE
from server.memberships.telling import MINE, recipient
from server.one_by_one import each
from server.outbox import service as outbox
from server.web import links

AHEAD = timedelta(days=30)
# The cause holds the last day: a week missed, or a run repeated, asks nobody twice; whoever
# renews has another last day, and is asked again a year later.
DUE = f"""SELECT due.*, CASE WHEN due.ends_on >= $1 THEN 'runs_out' ELSE 'ran_out' END AS what
  FROM ({ONE}) due WHERE due.ended_by IS NULL AND due.period_kind <> 'open'
  AND due.ends_on <= $1::date + $2::int AND due.ends_on + due.grace_days >= $1
  AND due.deceased_on IS NULL AND due.anonymised_at IS NULL AND due.starts_on <= $1
  AND NOT EXISTS (SELECT 1 FROM membership n WHERE n.person = due.person
    AND n.starts_on > due.ends_on)
  AND NOT EXISTS (SELECT 1 FROM outbox_letter o WHERE o.cause = 'membership:' || due.id || ':'
    || CASE WHEN due.ends_on >= $1 THEN 'runs_out' ELSE 'ran_out' END || ':' || due.ends_on)
  ORDER BY due.id"""


async def tick(now: datetime) -> int:
    """Remind whom it is time to remind: how many letters were owed. Idempotent; may run late."""
    today = clock.day_of(now)
    due = await execute(DUE, today, AHEAD.days)
    return len(await each(due, _remind))


async def _remind(row: dict[str, Any]) -> None:
    last, said = row["ends_on"], row["language"]
    in_words, url = language.long_day(last, said), links.absolute(MINE)
    until = language.long_day(last + timedelta(days=row["grace_days"]), said)
    runs_out = row["what"] == "runs_out"
    letter: MembershipRunsOut | MembershipRanOut = (
        MembershipRunsOut(last=in_words, url=url)
        if runs_out
        else MembershipRanOut(last=in_words, until=until, url=url)
    )
    async with transaction():
        cause = f"membership:{row['id']}:{row['what']}:{last}"
        await outbox.post(letter, recipient(row), cause=cause)
