"""Who is on a list by right: the members, or the people of its group, on a day."""

from server.standing import runs, suspended


def belonging(day: str, *, of: str = "", of_group: str = "") -> str:
    """SQL for (list, person) from lists `l`; `of` and `of_group` narrow it to some people."""
    return f"""
    SELECT l.id AS list, m.person FROM membership m JOIN l ON l.audience = 'members'
    WHERE {runs(day)} AND NOT {suspended("m.person", day)} {of}
    UNION
    SELECT l.id, g.person FROM group_membership g
    JOIN l ON l.audience = 'group' AND g."group" = l."group"
    WHERE g.state IN ('active', 'on_leave')
      AND g.from_on <= {day} AND (g.until_on IS NULL OR g.until_on >= {day}) {of_group}
"""
