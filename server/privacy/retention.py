"""An end to keeping: what has been kept long enough, counted first, forgotten when told.

Each rule names a table and a condition on the row `t` at a moment $1. The worker applies the rules
that touch nobody's standing every day; people of whom we have not heard for two years are proposed
to the board, and erased like anybody else (`erasing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server import clock
from server.accreditation import lists as accreditation
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.one_by_one import each
from server.privacy import erasing

IDLE = timedelta(days=2 * 365)
# Nothing of theirs goes on, and the last thing was before $1, on day $2 of our calendar.
IDLE_PEOPLE = """SELECT p.id, p.display_name AS name FROM person p
  WHERE p.anonymised_at IS NULL AND p.merged_into IS NULL AND p.created_at < $1
  AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = p.id
    AND (m.ends_on IS NULL OR m.ends_on >= $2))
  AND NOT EXISTS (SELECT 1 FROM registration r JOIN event e ON e.id = r.event
    WHERE r.person = p.id AND greatest(e.ends_at, r.created_at) >= $1)
  AND NOT EXISTS (SELECT 1 FROM proposal_speaker s JOIN proposal b ON b.id = s.proposal
    JOIN call c ON c.id = b.call JOIN event e ON e.id = c.event
    WHERE s.person = p.id AND greatest(e.ends_at, b.created_at) >= $1)
  AND NOT EXISTS (SELECT 1 FROM subscription n WHERE (n.person = p.id OR n.email_key = p.email_key)
    AND n.state IN ('pending', 'confirmed'))
  AND NOT EXISTS (SELECT 1 FROM group_membership g WHERE g.person = p.id
    AND (g.until_on IS NULL OR g.until_on >= $2) AND g.state <> 'declined')
  AND NOT EXISTS (SELECT 1 FROM role_grant o WHERE o.person = p.id
    AND (o.until_on IS NULL OR o.until_on >= $2))
  AND NOT EXISTS (SELECT 1 FROM membership_application a WHERE a.person = p.id
    AND a.changed_at >= $1)
  AND NOT EXISTS (SELECT 1 FROM session s WHERE s.person = p.id AND s.last_used_at >= $1)
  AND NOT EXISTS (SELECT 1 FROM fee f JOIN membership m ON m.id = f.membership
    WHERE m.person = p.id AND f.state = 'due')
  ORDER BY p.id"""


@dataclass(frozen=True)
class Rule:
    """Rows of a table that have been kept for so many days; `blank` empties a column instead."""

    name: str
    table: str
    days: int
    condition: str
    blank: str = ""

    def before(self, now: datetime) -> datetime:
        """What lies before this moment has been kept long enough."""
        return now - timedelta(days=self.days)


RULES = (
    Rule("letters_words", "outbox_letter", 90,
         "t.created_at < $1 AND t.values <> '{}'::jsonb AND t.state IN ('sent', 'dropped')",
         blank="values = '{}'"),
    Rule("letters", "outbox_letter", 2 * 365,
         "t.created_at < $1 AND t.state IN ('sent', 'dropped', 'failed')"),
    # What paused an address stays as long as it is paused: the board mails it again from there.
    Rule("bounces", "bounce", 180,
         "t.came_at < $1 AND NOT (t.tipped AND (EXISTS (SELECT 1 FROM person p"
         " WHERE p.email_key = t.email_key AND p.email_state = 'hold') OR EXISTS (SELECT 1"
         " FROM subscription s WHERE s.email_key = t.email_key AND s.state = 'hold')))"),
    Rule("applications", "membership_application", 365,
         "t.decided_at < $1 AND t.state IN ('rejected', 'withdrawn')"),
    Rule("motivations", "membership_application", 2 * 365,
         "t.decided_at < $1 AND t.state = 'approved' AND t.motivation <> ''",
         blank="motivation = '', question = '', answer = ''"),
    Rule("remarks", "registration", 365,
         "t.remark <> '' AND t.event IN (SELECT id FROM event WHERE ends_at < $1)",
         blank="remark = ''"),
    Rule("answers", "answer", 365,
         "t.registration IN (SELECT r.id FROM registration r JOIN event e ON e.id = r.event"
         " WHERE e.ends_at < $1)"),
    # Later than the feeds look back: until then what came by mail must not come back in one.
    Rule("invitations", "calendar_invitation", 400,
         "t.event IN (SELECT id FROM event WHERE ends_at < $1)"),
    Rule("merges", "merge_event", 0, "t.undo_until < $1 AND t.snapshot IS NOT NULL",
         blank="snapshot = NULL"),
    Rule("invoices", "invoice", 7 * 365 + 366, "t.issued_on < $1::date"),
    Rule("fees", "fee", 7 * 365 + 366,
         "t.until_on < $1::date AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.fee = t.id)"),
    # Without a membership nothing is collected any more, revoked or not.
    Rule("bank_accounts", "bank_account", 7 * 365,
         "coalesce(t.revoked_on, (SELECT max(coalesce(m.ends_on, 'infinity')) FROM membership m"
         " WHERE m.person = t.person), t.signed_on) < $1::date"),
    Rule("door_helpers", "helper_link", 30,
         "t.event IN (SELECT id FROM event WHERE ends_at < $1)"),
    Rule("door_scanners", "scan", 365, "t.at < $1 AND t.by <> ''", blank="by = ''"),
    Rule("presence_exports", "presence_export", accreditation.KEPT_DAYS,
         "t.exported_at < $1 AND t.lines <> '{}'", blank="lines = '{}'"),
    # How many got it, and why others did not, stays in its receipts.
    Rule("newsletters_log", "newsletter_delivery", 365,
         "t.created_at < $1 AND t.state IN ('sent', 'failed', 'skipped')"),
    Rule("erasure_requests", "erasure", 365, "t.ended_at < $1"),
)  # fmt: skip


@dataclass(frozen=True)
class Due:
    """How many rows a rule would touch."""

    rule: Rule
    rows: int


@dataclass(frozen=True)
class Idle:
    """Somebody of whom we have not heard for two years."""

    person_id: int
    name: str


async def due(now: datetime) -> list[Due]:
    """What each rule would do now: a dry run."""
    found = []
    for rule in RULES:
        rows = await execute(
            f'SELECT count(*) AS n FROM "{rule.table}" t WHERE {rule.condition}', rule.before(now)
        )
        found.append(Due(rule, int(rows[0]["n"])))
    return found


async def apply(now: datetime) -> int:
    """Forget what the rules say: how many rows. Idempotent; may run late."""
    return sum(await each(RULES, lambda rule: _apply(rule, now)))


async def _apply(rule: Rule, now: datetime) -> int:
    async with transaction():
        sql = (
            f'UPDATE "{rule.table}" AS t SET {rule.blank} WHERE {rule.condition}'
            if rule.blank
            else f'DELETE FROM "{rule.table}" AS t WHERE {rule.condition}'
        )
        rows = await execute(f"{sql} RETURNING t.id", rule.before(now))
        if rows:
            after = {"rule": rule.name, "rows": len(rows)}
            await audit.record(SYSTEM, "forget", (rule.table, 0), after=after)
    return len(rows)


async def idle(now: datetime) -> list[Idle]:
    """Whom we have not heard of for two years, and of whom nothing goes on."""
    rows = await execute(IDLE_PEOPLE, now - IDLE, clock.day_of(now - IDLE))
    return [Idle(row["id"], row["name"]) for row in rows]


async def erase_idle(actor: Actor, person_ids: Sequence[int], *, now: datetime) -> int:
    """Erase those of them who are still idle: how many. Whoever holds something stays.

    Raises NotFound; refuses: OwnErasure.
    """
    still, done = {one.person_id for one in await idle(now)}, 0
    for person_id in person_ids:
        if person_id in still:
            try:
                await erasing.erase(actor, person_id, now=now)
            except erasing.GoesOn:
                continue
            done += 1
    return done
