"""Letters about accreditation: to who lacks a number, and to who handles it."""

from collections.abc import Sequence
from datetime import date, timedelta

from emails.letters import accreditation as letters
from server import language
from server.accreditation.lists import Without
from server.accreditation.queries import AccreditationView
from server.database import execute
from server.outbox import service as outbox
from server.web import links
from tables.accreditation import AccreditationState

DAYS_BEFORE = 14
PEOPLE = "SELECT id, display_name, email, language FROM person WHERE id = ANY($1::int[])"
ASKED = "SELECT cause FROM outbox_letter WHERE cause = ANY($1::text[])"
# Who holds the office; where nobody does, the board.
HANDLERS = """WITH held AS (SELECT g.person, g.role FROM role_grant g
    WHERE g.role IN ('accreditor', 'board') AND g.from_on <= $1
    AND (g.until_on IS NULL OR g.until_on >= $1))
  SELECT p.id, p.display_name, p.email, p.language FROM person p WHERE p.email IS NOT NULL
  AND p.id IN (SELECT person FROM held WHERE role = 'accreditor'
    OR NOT EXISTS (SELECT 1 FROM held WHERE role = 'accreditor')) ORDER BY p.id"""


async def ask_numbers(view: AccreditationView, people: Sequence[Without]) -> int:
    """Each once an event and register: how many were asked."""
    causes = {one.person_id: f"number:{view.id}:{one.person_id}" for one in people}
    before = {row["cause"] for row in await execute(ASKED, list(causes.values()))}
    due = [one for one in people if causes[one.person_id] not in before]
    rows = {row["id"]: row for row in await execute(PEOPLE, [one.person_id for one in due])}
    for one in due:
        row = rows[one.person_id]
        letter = letters.NumberWanted(
            event=view.title(row["language"]),
            register=view.code,
            until=language.day(view.report_by, row["language"]),
            url=links.absolute(f"/registrations/{one.code}/numbers"),
        )
        to = outbox.Recipient(row["id"], row["display_name"], row["email"], row["language"])
        await outbox.post(letter, to, cause=causes[one.person_id])
    return len(due)


async def remind(view: AccreditationView, today: date) -> None:
    """Who handles it hears once that a day comes near; a missed week says it once all the same."""
    due = view.due_on
    if due is None or today < due - timedelta(days=DAYS_BEFORE):
        return
    step = "ask" if view.state == AccreditationState.planned else "report"
    for row in await execute(HANDLERS, today):
        said = row["language"]
        letter = letters.AccreditationDue(
            event=view.title(said),
            register=view.code,
            is_asking=step == "ask",
            day=language.day(due, said),
            url=links.absolute(f"/board/events/{view.slug}/accreditation"),
        )
        to = outbox.Recipient(row["id"], row["display_name"], row["email"], said)
        await outbox.post(letter, to, cause=f"accreditation:{view.id}:{step}:{due}:{row['id']}")
