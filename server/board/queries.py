"""Everything that waits for a decision, the oldest first, and a few numbers."""

from dataclasses import dataclass
from datetime import date, datetime

from server.database import execute
from server.events.counting import HOLDS, IS_SEAT
from server.members import queries as members
from server.standing import runs

TASKS = f"""
SELECT 'proposal' AS kind, p.title AS subject, coalesce(p.submitted_at, p.created_at) AS since,
  '/board/talks/' || e.slug AS path
FROM proposal p JOIN call c ON c.id = p.call JOIN event e ON e.id = c.event
WHERE p.state = 'submitted'
UNION ALL
SELECT 'overdue', p.title, p.confirm_by, '/board/talks/' || e.slug
FROM proposal p JOIN call c ON c.id = p.call JOIN event e ON e.id = c.event
WHERE p.state = 'accepted' AND p.confirm_by < $1
UNION ALL
SELECT 'draft', e.title, e.created_at, '/events/' || e.slug FROM event e
WHERE e.state = 'draft' AND e.ends_at > $1
UNION ALL
SELECT 'over', e.title, e.ends_at, '/events/' || e.slug FROM event e
WHERE e.state = 'published' AND e.ends_at < $1 - interval '7 days'
UNION ALL
SELECT 'presence', e.title, e.ends_at, '/board/events/' || e.slug || '/presence' FROM event e
WHERE e.state IN ('published', 'completed') AND e.ends_at BETWEEN $1 - interval '90 days' AND $1
  AND NOT EXISTS (SELECT 1 FROM presence_list p WHERE p.event = e.id AND p.state <> 'drawn')
  AND EXISTS (SELECT 1 FROM scan s WHERE s.event = e.id)
UNION ALL
SELECT CASE WHEN a.state = 'planned' THEN 'accreditation_ask' ELSE 'accreditation_report' END,
  r.code || ': ' || e.title, CASE WHEN a.state = 'planned' THEN a.created_at ELSE e.ends_at END,
  '/board/events/' || e.slug || '/accreditation/' || a.id
FROM accreditation a JOIN accreditation_register r ON r.id = a.register
JOIN event e ON e.id = a.event WHERE e.state <> 'cancelled'
  AND (a.state = 'planned' AND e.starts_at - make_interval(days => r.ask_days + 14) <= $1
    OR a.state = 'presence_open')
UNION ALL
SELECT 'objection', w.display_name || ': ' || e.title, o.created_at,
  '/board/events/' || e.slug || '/presence/' || o.person
FROM presence_objection o JOIN person w ON w.id = o.person JOIN event e ON e.id = o.event
WHERE o.state = 'open'
UNION ALL
SELECT 'unmailed', w.display_name || ': ' || e.title, l.changed_at, '/board/events/' || e.slug
FROM registration_line l JOIN person w ON w.id = l.person JOIN capacity_unit u ON u.id = l.unit
JOIN event e ON e.id = u.event
WHERE l.state = 'offered' AND l.expires_at > $1 AND w.email IS NULL
UNION ALL
SELECT 'approval', w.display_name || ': ' || e.title, l.queued_at,
  '/board/events/' || e.slug || '/registrations/' || l.registration
FROM registration_line l JOIN person w ON w.id = l.person JOIN capacity_unit u ON u.id = l.unit
JOIN event e ON e.id = u.event WHERE l.state = 'approval' AND e.ends_at > $1
UNION ALL
SELECT 'application', concat_ws(' ', nullif(coalesce(nullif(a.initials, ''), a.first_name), ''),
  nullif(a.prefix, ''), a.surname), a.submitted_at, '/board/applications/' || a.id
FROM membership_application a WHERE a.state = 'submitted'
UNION ALL
SELECT 'profile', w.display_name, f.changed_at, '/board/profiles/' || f.slug
FROM profile f JOIN person w ON w.id = f.person WHERE f.state = 'submitted'
UNION ALL
SELECT 'farewell', p.display_name, p.changed_at, '/board/people/' || p.id
FROM person p WHERE p.deceased_on IS NOT NULL AND p.anonymised_at IS NULL
  AND EXISTS ({members.OPEN_ENDS})
UNION ALL
SELECT 'erasure', p.display_name, e.planned_at, '/board/people/' || p.id || '/erasure'
FROM erasure e JOIN person p ON p.id = e.person WHERE e.done_at IS NULL AND e.ended_at IS NULL
UNION ALL
SELECT CASE WHEN i.state = 'tested' THEN 'issue_approval' ELSE 'issue_paused' END,
  i.subject_nl, i.changed_at, '/board/issues/' || i.id
FROM newsletter_issue i
WHERE i.state IN ('tested', 'paused') OR (i.state = 'approved' AND i.note = 'late')
UNION ALL
SELECT 'letter', l.address, l.created_at, '/board/letters'
FROM outbox_letter l WHERE l.state = 'failed'
UNION ALL
SELECT 'paused', p.display_name, max(b.came_at), '/board/deliverability'
FROM person p JOIN bounce b ON b.email_key = p.email_key AND b.tipped
WHERE p.email_state = 'hold' GROUP BY p.id
UNION ALL
SELECT 'refused', b.words, max(b.came_at), '/board/deliverability' FROM bounce b
WHERE b.verdict = 'policy' AND b.came_at > $1 - interval '7 days' GROUP BY b.words
ORDER BY since LIMIT 50"""
NUMBERS = f"""
SELECT (SELECT count(DISTINCT p.id) FROM membership m JOIN person p ON p.id = m.person
        WHERE {runs("$1")}
        AND (p.deceased_on IS NULL OR p.deceased_on > $1)) AS members,
  (SELECT count(*) FROM working_group WHERE state = 'active') AS groups,
  (SELECT count(*) FROM event WHERE state = 'published' AND ends_at > $2) AS events,
  (SELECT count(*) FROM subscription WHERE state = 'confirmed') AS subscriptions"""


@dataclass(frozen=True)
class Task:
    """Something that waits: what, since when, and where to act."""

    kind: str
    subject: str
    since: datetime
    path: str


@dataclass(frozen=True)
class Line:
    """A coming event with how full it is."""

    slug: str
    title: str
    starts_at: datetime
    capacity: int | None
    held: int
    waiting: int


async def tasks(now: datetime) -> list[Task]:
    """What waits for the board, the oldest first."""
    return [Task(**row) for row in await execute(TASKS, now)]


async def numbers(today: date, now: datetime) -> dict[str, int]:
    """Members, active groups, coming events, confirmed subscriptions."""
    return dict((await execute(NUMBERS, today, now))[0])


async def coming(now: datetime) -> list[Line]:
    """Coming events with places: how many are taken, how many people wait."""
    rows = await execute(
        "SELECT e.slug, e.title, e.starts_at, n.capacity, n.held, n.waiting FROM event e"
        " JOIN LATERAL (SELECT CASE WHEN bool_or(u.capacity IS NULL) THEN NULL"
        "     ELSE sum(u.capacity) END AS capacity,"
        "   sum((SELECT count(*) FROM registration_line l WHERE l.unit = u.id"
        f"     AND {HOLDS.format(now='$1')}))::int AS held,"
        "   sum((SELECT count(*) FROM registration_line l WHERE l.unit = u.id"
        "     AND l.state = 'waiting'))::int AS waiting"
        f"   FROM capacity_unit u WHERE u.event = e.id AND {IS_SEAT} HAVING count(*) > 0) n ON true"
        " WHERE e.state = 'published' AND e.ends_at > $1 ORDER BY e.starts_at LIMIT 20",
        now,
    )
    return [Line(**row) for row in rows]
