"""Who comes in at all, and who is a member in good standing on a day: SQL conditions for all.

`memberships.rules.status_on` says the same of a member in Python; a test holds the two together
over long random histories. Death, erasure and merging are asked apart: they end more than this.
"""

# Of a row of person: they live, and are nobody else by now.
LIVES = "{p}.deceased_on IS NULL AND {p}.anonymised_at IS NULL AND {p}.merged_into IS NULL"
CLOSED = "EXISTS (SELECT 1 FROM suspension u WHERE u.person = {p}.id AND u.lifted_at IS NULL)"

SUSPENDED = """(EXISTS (SELECT 1 FROM membership_suspension su WHERE su.person = {person}
  AND su.from_on <= {day} AND (su.until_on IS NULL OR su.until_on >= {day})) OR {expelled})"""
# Whoever is expelled is suspended while they may appeal: a month, counted at its longest
# (BW 2:35 lid 4). A membership that begins later ends that.
APPEAL_DAYS = 31
EXPELLED = f"""EXISTS (SELECT 1 FROM membership x WHERE x.person = {{person}}
  AND x.ground = 'expulsion' AND x.ends_on < {{day}} AND x.ends_on >= {{day}} - {APPEAL_DAYS}
  AND NOT EXISTS (SELECT 1 FROM membership y WHERE y.person = x.person
    AND y.starts_on > x.ends_on AND y.starts_on <= {{day}}))"""
# Of a row `m` of membership: the period runs on this day. One that ran out by itself keeps its
# rights for the days of grace of its type, in rights, prices and lists alike.
RUNS = """m.starts_on <= {day} AND (m.ends_on IS NULL OR m.ends_on >= {day}
  OR (m.ended_by IS NULL AND m.ends_on >= {day}
    - (SELECT grace_days FROM membership_type WHERE id = m.type)))"""
BELONGS = f"""(EXISTS (SELECT 1 FROM membership m WHERE m.person = {{person}} AND {RUNS})
  OR {{expelled}})"""


def lives(person: str) -> str:
    """The condition on a row of person, by its alias, that there is still somebody."""
    return LIVES.format(p=person)


def comes_in(person: str) -> str:
    """The condition on a row of person, by its alias, that this account opens anything."""
    return f"({lives(person)} AND NOT {CLOSED.format(p=person)})"


def runs(day: str) -> str:
    """The condition on a row `m` of membership; `day` is SQL of type date."""
    return RUNS.format(day=day)


def suspended(person: str, day: str) -> str:
    """The condition that a person has no rights on a day; both are SQL."""
    expelled = EXPELLED.format(person=person, day=day)
    return SUSPENDED.format(person=person, day=day, expelled=expelled)


def belongs(person: str, day: str) -> str:
    """The condition that a person is a member on a day, with rights or suspended; both are SQL."""
    expelled = EXPELLED.format(person=person, day=day)
    return BELONGS.format(person=person, day=day, expelled=expelled)


def continues(person: str, day: str) -> str:
    """The condition that what begins on a day goes on from a membership of before; both are SQL."""
    return BELONGS.format(person=person, day=f"({day} - 1)", expelled="false")


def stands(person: str, day: str) -> str:
    """The condition that a person has a member's rights on a day; both are SQL."""
    return f"({belongs(person, day)} AND NOT {suspended(person, day)})"
