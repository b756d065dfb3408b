"""Who is a member in good standing on a day: one SQL condition for rights, prices and lists.

`memberships.rules.status_on` says the same of any day in Python; a test holds the two together
over long random histories. Death, erasure and merging are asked apart: they end more than this.
"""

SUSPENDED = """EXISTS (SELECT 1 FROM membership_suspension su WHERE su.person = {person}
  AND su.from_on <= {day} AND (su.until_on IS NULL OR su.until_on >= {day}))"""
# Of a row `m` of membership: the period runs on this day. One that ran out by itself keeps its
# rights for the days of grace of its type, in rights, prices and lists alike.
RUNS = """m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on >= {day}
  OR (m.ended_by IS NULL AND m.ends_on >= {day}
    - (SELECT grace_days FROM membership_type WHERE id = m.type)))"""
BELONGS = f"EXISTS (SELECT 1 FROM membership m WHERE m.person = {{person}} AND {RUNS})"


def runs(day: str) -> str:
    """The condition on a row `m` of membership; `day` is SQL of type date."""
    return RUNS.format(day=day)


def suspended(person: str, day: str) -> str:
    """The condition that a person has no rights on a day; both are SQL."""
    return SUSPENDED.format(person=person, day=day)


def belongs(person: str, day: str) -> str:
    """The condition that a person is a member on a day, with rights or suspended; both are SQL."""
    return BELONGS.format(person=person, day=day)


def stands(person: str, day: str) -> str:
    """The condition that a person has a member's rights on a day; both are SQL."""
    return f"({belongs(person, day)} AND NOT {suspended(person, day)})"
