"""What our own counts say: how often each kind of program asks, and who reads which feed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from server.calendars.counting import PERSONAL
from server.calendars.rules import CLIENTS
from server.database import execute

LOOKED_AT = timedelta(days=28)
READERS_AT_LEAST = 20  # of fewer days of addresses nothing can be said
DAY_MINUTES = 24 * 60
PACE = """SELECT client, sum(fetches)::int AS fetches, sum(readers)::int AS readers FROM feed_fetch
  WHERE key = $1 AND day >= $2 AND day < $3 GROUP BY client"""
# Of each kind of program its last fetch, and of the newest whole day how many there were.
USE = """SELECT f.key, f.client, max(f.last_at) AS last_at,
    coalesce(sum(f.fetches) FILTER (WHERE f.day >= $2), 0)::int AS fetches,
    coalesce(round(avg(f.readers) FILTER (WHERE f.day >= $2 AND f.day < $1)), 0)::int AS readers
  FROM feed_fetch f GROUP BY f.key, f.client ORDER BY max(f.last_at) DESC, f.client"""
NAMES = """SELECT 'group:' || id AS key, name, name_en, '/groups/' || slug AS path
  FROM working_group
  UNION ALL SELECT 'programme:' || id, title, title_en, '/events/' || slug FROM event
    WHERE 'programme:' || id IN (SELECT key FROM feed_fetch)"""
LIVING = """SELECT count(*) FILTER (WHERE served_at IS NOT NULL AND fetched_on > $1)::int AS used,
  count(*)::int AS made, count(DISTINCT person)::int AS people
  FROM feed_token WHERE revoked_at IS NULL"""


@dataclass(frozen=True)
class Use:
    """How one kind of program uses a feed: `fetches` in 28 days, `readers` on a day."""

    client: str
    last_at: datetime
    fetches: int
    readers: int


@dataclass(frozen=True)
class FeedUse:
    """A feed with who fetches it; the name is empty for those that the catalogues name.

    So it is for a group or a programme that is gone: `kind` says what it was.
    """

    key: str
    name_nl: str = ""
    name_en: str = ""
    path: str = ""
    uses: list[Use] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What sort of feed it is."""
        return self.key.partition(":")[0]

    def name(self, said: str) -> str:
        """Its name in a language."""
        return (self.name_en if said == "en" else "") or self.name_nl


@dataclass(frozen=True)
class Living:
    """The secret addresses that work: how many, of how many people, and how many are in use."""

    made: int
    people: int
    used: int


async def pace(today: date) -> Mapping[str, int]:
    """Client → every how many minutes its programs fetch on average, where we have figures.

    Of secret addresses only: behind each stands one program, or a few of the same kind.
    """
    rows = await execute(PACE, PERSONAL, today - LOOKED_AT, today)
    found = {}
    for name, families in CLIENTS.items():
        mine = [row for row in rows if row["client"] in families]
        fetches, readers = (sum(row[column] for row in mine) for column in ("fetches", "readers"))
        if readers >= READERS_AT_LEAST:
            found[name] = _rounded(DAY_MINUTES * readers / fetches)
    return found


def _rounded(minutes: float) -> int:
    """As exact as it is true: whole hours, fives of minutes, single ones below ten."""
    step = 60 if minutes >= 120 else 5 if minutes >= 10 else 1
    return max(round(minutes / step) * step, 1)


async def of_feeds(today: date) -> list[FeedUse]:
    """Every feed that there is or that was fetched, with who fetches it."""
    names = {row["key"]: row for row in await execute(NAMES)}
    uses: dict[str, list[Use]] = {key: [] for key in ("public", "deadlines", "event")}
    uses |= {key: [] for key in names}
    for row in await execute(USE, today, today - LOOKED_AT):
        one = Use(row["client"], row["last_at"], row["fetches"], row["readers"])
        uses.setdefault(row["key"], []).append(one)
    return [_named(key, names.get(key), found) for key, found in uses.items()]


def _named(key: str, row: Mapping[str, str] | None, uses: list[Use]) -> FeedUse:
    if row is None:
        return FeedUse(key, uses=uses)
    return FeedUse(key, row["name"], row["name_en"], row["path"], uses)


async def living(today: date) -> Living:
    """The secret addresses that work."""
    row = (await execute(LIVING, today - LOOKED_AT))[0]
    return Living(row["made"], row["people"], row["used"])
