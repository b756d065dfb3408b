"""A meeting that comes again every month: cases of members, online; one time is called off.

The last times are drafts: somebody has yet to publish them.
"""

from datetime import timedelta

from server.actors import SYSTEM
from server.demo.days import TUESDAY
from server.demo.programme import Stay, come, hold
from server.demo.society import Society
from server.series import changing, laying_out, queries, rules, stepping
from server.series.queries import Occurrence
from server.series.rules import Every, Layout, Scope

TIMES, PUBLISHED = 9, 7
HALF_AN_HOUR = timedelta(minutes=30)
LINK = "https://vergaderen.example.org/casuistiek"
PLACES = (
    {
        **{"kind": "online", "name_nl": "Plaats op afstand", "name_en": "Seat online"},
        "capacity": 12,
    },
)


async def tell(society: Society) -> int:
    """Nine times, of which one was held: the id of the series."""
    calendar = society.calendar
    first = {
        **{"kind": "meeting", "visibility": "members", "members_only_registration": True},
        **{"title": "Online casuïstiek", "title_en": "Online case meeting"},
        "summary": "Breng een casus in of denk mee met die van een ander.",
        "summary_en": "Bring a case, or think along with somebody else's.",
        "description": "Anonimiseer wat u inbrengt. Er is plaats voor twaalf mensen.",
        "description_en": "Make what you bring anonymous. There is room for twelve people.",
        "starts_at": calendar.at(-40, "20:00", TUESDAY),
        "ends_at": calendar.at(-40, "21:30", TUESDAY),
        **{"mode": "online", "online_url": LINK, "group": society.groups["scholing"]},
    }
    event_id = await hold(society, Stay(first, PLACES, calendar.ago(70)))
    await come(society.members[6:13], event_id, first_at=calendar.ago(60))
    begins = (await queries.row_of(event_id))["starts_at"]
    every = Every.month if Every.month in rules.possible(begins) else Every.month_last
    series_id = await laying_out.create(
        SYSTEM, event_id, Layout(every, TIMES), left_out=(), now=calendar.ago(65)
    )
    await _live(society, series_id)
    return series_id


async def _live(society: Society, series_id: int) -> None:
    now, found = society.calendar.now, await queries.occurrences(series_id)
    slugs = [one.slug for one in found]
    await stepping.take(
        SYSTEM, series_id, "publish", slugs[:PUBLISHED], now=society.calendar.ago(65)
    )
    coming = [one for one in found[:PUBLISHED] if one.starts_at > now]
    for one, people in zip(coming, (society.members[6:14], society.members[9:13]), strict=False):
        await come(people, one.id, first_at=society.calendar.ago(2))
    await _share(society, coming[0])
    off, reason = coming[2].slug, "De begeleider is er die avond niet."
    await stepping.take(SYSTEM, series_id, "cancel", [off], reason=reason, now=now)
    await stepping.take(SYSTEM, series_id, "complete", slugs, now=now)


async def _share(society: Society, first: Occurrence) -> None:
    """All that is to come begins half an hour earlier, and is at one address."""
    now, row = society.calendar.now, await queries.row_of(first.id)
    earlier = {name: row[name] - HALF_AN_HOUR for name in ("starts_at", "ends_at")}
    asked = {**row, **earlier, "online_url": LINK}
    plan = await changing.plan(SYSTEM, first.id, asked, Scope.following, "nl", now=now)
    await changing.change(SYSTEM, plan, now=now)
