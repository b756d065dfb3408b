"""Which lines hold a place, and which places are seats: said once, for every count."""

# The states of a line that stands: `registrations.states.LIVE` in SQL, and a test says so.
LIVE = "('unverified', 'approval', 'waiting', 'offered', 'confirmed')"
# A line `l` that holds a place at a moment.
HOLDS = """(l.state = 'confirmed'
  OR l.state IN ('offered', 'unverified') AND l.expires_at > {now})"""
# A unit `u` that one comes in by: a workshop or lunch is for who has a seat.
IS_SEAT = "u.kind IN ('seat', 'online')"


def held(unit: str, now: str, but: str = "0") -> str:
    """SQL for how many places of a unit are held at a moment, one line left out."""
    holds = HOLDS.format(now=now)
    return (
        "(SELECT count(*) FROM registration_line l"
        f" WHERE l.unit = {unit} AND l.id <> {but} AND {holds})"
    )
