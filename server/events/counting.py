"""Which lines hold a place, which places are seats, and which are at one hour: said once."""

from collections.abc import Mapping

from server.errors import Invalid

MOST = 100_000
# The states of a line that stands: `registrations.states.LIVE` in SQL, and a test says so.
LIVE = "('unverified', 'approval', 'waiting', 'offered', 'confirmed')"
# A line `l` that holds a place at a moment.
HOLDS = """(l.state = 'confirmed'
  OR l.state IN ('offered', 'unverified') AND l.expires_at > {now})"""
# A unit `u` that one comes in by: a workshop or lunch is for who has a seat.
IS_SEAT = "u.kind IN ('seat', 'online')"
# Units `u` and `v` of which nobody has both; a seat is for the whole day, also where a part of it
# asks for one.
SAME_HOUR = f"""(u.id <> v.id AND NOT {IS_SEAT} AND v.kind NOT IN ('seat', 'online')
  AND NOT u.allows_overlap AND NOT v.allows_overlap AND EXISTS (SELECT 1 FROM event_part a
  JOIN event_part b ON a.starts_at < b.ends_at AND b.starts_at < a.ends_at
  WHERE a.unit = u.id AND b.unit = v.id))"""
# From when until when a unit `u` is, by the parts of the day that ask for it.
WHEN = """(SELECT min(a.starts_at) FROM event_part a WHERE a.unit = u.id) AS begins_at,
  (SELECT max(a.ends_at) FROM event_part a WHERE a.unit = u.id) AS ends_at"""


def check(values: Mapping[str, object]) -> None:
    """What a sort of places must be. Raises Invalid on `capacity`: there are none, or some."""
    capacity = values.get("capacity")
    if isinstance(capacity, int) and not 0 <= capacity <= MOST:
        raise Invalid(capacity="events.invalid.capacity")


def held(unit: str, now: str, but: str = "0") -> str:
    """SQL for how many places of a unit are held at a moment, one line left out."""
    holds = HOLDS.format(now=now)
    return (
        "(SELECT count(*) FROM registration_line l"
        f" WHERE l.unit = {unit} AND l.id <> {but} AND {holds})"
    )
