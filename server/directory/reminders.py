"""Once a year the whole is confirmed, every ninety days the referrals: each asked once."""

from datetime import datetime, timedelta

from emails.letters import directory as letters
from server import clock, language
from server.database import execute, transaction
from server.directory import deciding, queries, reading, relay
from server.directory.rules import CONFIRMED_LASTS, GRACE, REFERRALS_LAST
from server.one_by_one import each
from server.web import links

BEFORE_REFERRALS_END = timedelta(days=7)
CHANGES_KEPT = timedelta(hours=1)
ASKED: dict[str, tuple[type[letters.ProfileToConfirm | letters.ReferralsToRepeat], timedelta]] = {
    "confirm": (letters.ProfileToConfirm, CONFIRMED_LASTS + GRACE),
    "referrals": (letters.ReferralsToRepeat, REFERRALS_LAST),
}
# The cause of a letter holds the day of the last answer: a week missed or run twice asks once.
DUE = f"""SELECT p.id, a.what, a.since FROM profile p JOIN person w ON w.id = p.person
  CROSS JOIN LATERAL (VALUES ('confirm', p.confirmed_on, $3::date),
    ('referrals', CASE WHEN p.accepts_referrals IS NOT NULL THEN p.referrals_said_on END, $4::date)
  ) AS a(what, since, asked_from)
  WHERE a.since <= a.asked_from AND {reading.FINDABLE} AND NOT EXISTS (SELECT 1
    FROM outbox_letter o WHERE o.cause = 'profile:' || p.id || ':' || a.what || ':' || a.since)
  ORDER BY p.id"""


async def tick(now: datetime) -> int:
    """Ask whom it is time to ask, and forget old messages: how many letters were owed."""
    day = clock.day_of(now)
    due = await execute(
        DUE,
        *(day, reading.confirmed_since(day), day - CONFIRMED_LASTS),
        day - REFERRALS_LAST + BEFORE_REFERRALS_END,
    )
    await relay.forget(now)
    await execute(
        "DELETE FROM directory_change WHERE at < $1"
        " AND id < (SELECT max(id) FROM directory_change)",  # else the mark could come back
        now - CHANGES_KEPT,
    )
    return len(await each(due, lambda row: _ask(row["id"], row["what"], now)))


async def _ask(profile_id: int, what: str, now: datetime) -> None:
    async with transaction():
        profile = await queries.by_id(profile_id, clock.day_of(now))
        kind, lasts = ASKED[what]
        since = profile.confirmed_on if what == "confirm" else profile.whole.referrals_said_on
        if since is not None:
            until = language.long_day(since + lasts, profile.language)
            letter = kind(until=until, url=links.absolute("/me/directory"))
            await deciding.tell(profile, letter, f"{what}:{since}")
