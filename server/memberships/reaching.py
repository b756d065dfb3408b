"""How far days without rights reach: to the end of the membership in which they began."""

from datetime import date

import asyncpg

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.standing import continues

# What the beginning of a membership ended stands in the trail, with the last day of before.
ENDED = """SELECT s.id, s.until_on, (a.before->>'until_on')::date AS before
  FROM audit_entry a JOIN membership_suspension s ON s.id = a.entity_id
  WHERE a.entity = 'membership_suspension' AND a.action = 'change'
    AND a.after->>'membership' = $1::text AND (a.after->>'until_on')::date = s.until_on
    AND s.person = $2"""


async def end(actor: Actor, membership_id: int, person_id: int, starts_on: date) -> None:
    """Days without rights do not go on in a membership that begins anew. Another type, or a next
    period, is no new beginning.
    """
    rows = await execute(
        "UPDATE membership_suspension s SET until_on = greatest(s.from_on, (SELECT max(ends_on)"
        " FROM membership WHERE person = $1 AND starts_on < $2)), changed_at = $3,"
        " revision = s.revision + 1 FROM membership_suspension was WHERE was.id = s.id"
        " AND s.person = $1 AND s.from_on < $2 AND (s.until_on IS NULL OR s.until_on >= $2)"
        f" AND NOT {continues('$1::int', '$2::date')}"
        " RETURNING s.id, was.until_on AS before, s.until_on AS after",
        *(person_id, starts_on, clock.now()),
    )
    for row in rows:
        before = {"person": person_id, "until_on": row["before"]}
        after = {"until_on": row["after"], "membership": membership_id}
        subject = ("membership_suspension", row["id"])
        await audit.record(actor, "change", subject, before=before, after=after)


async def give_back(actor: Actor, membership_id: int, person_id: int) -> None:
    """What ended because of a membership that was taken away goes on, up to the next that begins
    anew. One that was changed since, or is followed by another suspension, stays.
    """
    for row in await execute(ENDED, str(membership_id), person_id):
        try:
            async with transaction():
                await execute(
                    "UPDATE membership_suspension SET until_on = $2, changed_at = $3,"
                    " revision = revision + 1 WHERE id = $1",
                    *(row["id"], row["before"], clock.now()),
                )
        except asyncpg.ExclusionViolationError:
            continue
        subject, after = ("membership_suspension", row["id"]), {"until_on": row["before"]}
        before = {"person": person_id, "until_on": row["until_on"]}
        await audit.record(actor, "change", subject, before=before, after=after)
        later = "SELECT id, starts_on FROM membership WHERE person = $1 AND starts_on > $2"
        for period in await execute(f"{later} ORDER BY starts_on", person_id, row["until_on"]):
            await end(actor, period["id"], person_id, period["starts_on"])
