"""Who holds a session, with everything their roles allow today, in one statement."""

from datetime import date, datetime
from typing import Any

from server import clock
from server.accounts import rules
from server.actors import PROOF_LIFE, Actor
from server.database import execute
from server.standing import comes_in, stands, suspended
from server.web import tokens

# Of the person p, on the day $2: what they hold today, and what their seats in groups open.
RIGHTS = f"""p.id, p.display_name, p.email, p.language, granted.held, granted.checks_in,
  {stands("p.id", "$2")} AS is_member, seats.groups, seats.chairs"""
HELD = f"""
LEFT JOIN LATERAL (
  SELECT array_agg(r.role) FILTER (WHERE r.event IS NULL) AS held,
    array_agg(r.event) FILTER (WHERE r.role = 'check_in' AND r.event IS NOT NULL) AS checks_in
  FROM role_grant r WHERE r.person = p.id
    AND r.from_on <= $2 AND (r.until_on IS NULL OR r.until_on >= $2)
) granted ON true
LEFT JOIN LATERAL (
  SELECT array_agg(g.id) AS groups,
    array_agg(g.id) FILTER (WHERE gm.role = 'chair') AS chairs
  FROM group_membership gm JOIN working_group g ON g.id = gm."group"
  WHERE gm.person = p.id AND gm.state IN ('active', 'on_leave')
    AND gm.from_on <= $2 AND (gm.until_on IS NULL OR gm.until_on >= $2)
    AND g.state IN ('active', 'dormant') AND NOT {suspended("p.id", "$2")}
) seats ON true"""
# Of the person p: has a second factor.
HAS_FACTOR = """(EXISTS (SELECT 1 FROM passkey k WHERE k.person = p.id)
  OR EXISTS (SELECT 1 FROM totp_secret t WHERE t.person = p.id))"""
# A session ends by itself when nobody uses it; sooner with an office, and that until a day after
# the office, so that one which slept through its end does not wake up.
AWAKE = f"""s.expires_at > {{now}} AND {{now}} - s.last_used_at < CASE WHEN EXISTS
  (SELECT 1 FROM role_grant r WHERE r.person = s.person AND r.event IS NULL AND r.from_on <= {{day}}
    AND (r.until_on IS NULL
      OR r.until_on >= (s.last_used_at AT TIME ZONE 'Europe/Amsterdam')::date - 1))
  THEN interval '{rules.IDLE_HOURS_WITH_OFFICE} hours' ELSE interval '{rules.IDLE_DAYS} days' END"""
ACTOR = f"""
SELECT s.id AS session_id, s.last_used_at, s.created_at AS signed_in_at, s.proved_at, {RIGHTS},
  {HAS_FACTOR} AS has_factor
FROM session s JOIN person p ON p.id = s.person {HELD}
WHERE s.token_hash = $1 AND {AWAKE.format(now="$3", day="$2")} AND {comes_in("p")}
"""
DEVICES = f"""SELECT s.id, s.device, s.signed_in_by, s.created_at, s.last_used_at FROM session s
WHERE s.person = $1 AND {AWAKE.format(now="$3", day="$2")} ORDER BY s.last_used_at DESC"""


async def find_actor(token: str, now: datetime) -> tuple[Actor, datetime] | None:
    """The person behind a session token, and when the session was last used."""
    rows = await execute(ACTOR, tokens.hash_of(token), clock.day_of(now), now)
    if not rows:
        return None
    row = rows[0]
    return _actor(row, now), row["last_used_at"]


def _actor(row: dict[str, Any], now: datetime) -> Actor:
    held = frozenset(row["held"] or ())
    is_proved = row["proved_at"] is not None and now - row["proved_at"] < PROOF_LIFE
    return Actor(
        person_id=row["id"],
        name=row["display_name"],
        email=row["email"] or "",
        language=row["language"],
        roles=held if is_proved else frozenset(),
        held=held,
        is_member=row["is_member"],
        groups=frozenset(row["groups"] or ()),
        chairs=frozenset(row["chairs"] or ()),
        checks_in=frozenset(row["checks_in"] or ()),
        session_id=row["session_id"],
        has_factor=row["has_factor"],
        signed_in_at=row["signed_in_at"],
        proved_at=row["proved_at"],
    )


async def has_board(today: date, *, real_only: bool) -> bool:
    """Whether anybody holds a board role; demo people (example.org) do not count as real."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM role_grant r JOIN person p ON p.id = r.person"
        " WHERE r.role = 'board' AND (r.until_on IS NULL OR r.until_on >= $1)"
        " AND (NOT $2 OR coalesce(p.email_key, '') NOT LIKE '%@example.org')) AS yes",
        today,
        real_only,
    )
    return bool(rows[0]["yes"])


async def devices(person_id: int, *, now: datetime) -> list[dict[str, Any]]:
    """The sessions of one person that have not run out, the latest used first."""
    return await execute(DEVICES, person_id, clock.day_of(now), now)
