"""Who to write to when something waits for an office."""

from datetime import date

from server import clock
from server.database import execute
from server.outbox.service import Recipient
from server.rights import CHANGE, RIGHTS, Area

HOLDERS = """SELECT DISTINCT p.id, p.display_name, p.email, p.language FROM role_grant r
  JOIN person p ON p.id = r.person WHERE r.role = ANY($1::text[]) AND r.event IS NULL
  AND r.from_on <= $2 AND (r.until_on IS NULL OR r.until_on >= $2)
  AND p.email IS NOT NULL AND p.deceased_on IS NULL AND p.anonymised_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM suspension s WHERE s.person = p.id AND s.lifted_at IS NULL)
  ORDER BY p.id"""


async def recipients(area: Area, *, today: date | None = None) -> list[Recipient]:
    """Everybody whose office may change this area today."""
    offices = [office for office, right in RIGHTS[area].items() if right == CHANGE]
    rows = await execute(HOLDERS, offices, today or clock.today())
    return [
        Recipient(row["id"], row["display_name"], row["email"], row["language"]) for row in rows
    ]
