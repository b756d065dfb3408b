"""Letters to who was there: their minutes, a correction, an answer to an objection."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from emails.letters import attendance as letters
from emails.letters.attendance import AboutPresence
from server import language
from server.attendance import presence
from server.attendance.presence import Sheet
from server.database import execute
from server.outbox import service as outbox
from server.web import links

# Who became one with their double is told as who they are now.
WHOM = """SELECT r.person, r.code, w.id AS told, w.display_name, w.email, w.language,
  e.title, e.title_en, e.starts_at, e.ends_at,
  (SELECT coalesce(sum(a.revision), 0)::int FROM attendance a
   WHERE a.event = r.event AND a.person = r.person) AS version
  FROM registration r JOIN person p ON p.id = r.person
  JOIN person w ON w.id = coalesce(p.merged_into, p.id) JOIN event e ON e.id = r.event
  WHERE r.event = $1 AND r.person = ANY($2::int[]) AND w.email IS NOT NULL ORDER BY r.id"""


async def shown(event_id: int, until: datetime, people: Collection[int] | None = None) -> None:
    """Everybody on the list, or these of them, hear their minutes, or that they were missed."""
    sheets = {sheet.person_id: sheet for sheet in await presence.of_event(event_id)}
    whom = list(sheets) if people is None else list(sheets.keys() & set(people))
    for row in await execute(WHOM, event_id, whom):
        letter = _shown(row, sheets[row["person"]], until)
        cause = f"presence:{event_id}:{row['person']}:shown"
        await outbox.post(letter, _recipient(row), cause=cause)


def _shown(row: dict[str, Any], sheet: Sheet, until: datetime) -> AboutPresence:
    said = row["language"]
    last = language.long_day(until - timedelta(minutes=1), said)
    if not sheet.was_there:
        return letters.PresenceMissed(**_about(row), until=last)
    return letters.PresenceShown(
        **_about(row),
        minutes=language.duration(sheet.minutes, said),
        until=last,
        evaluation_url=links.absolute(f"/registrations/{row['code']}/evaluation"),
    )


async def corrected(event_id: int, people: Iterable[int], *, reason: str = "") -> None:
    """Whose minutes changed since they saw them hears what they are now, and why."""
    sheets: dict[int, Sheet] = {s.person_id: s for s in await presence.of_event(event_id)}
    for row in await execute(WHOM, event_id, [one for one in people if one in sheets]):
        letter = letters.PresenceCorrected(
            **_about(row),
            minutes=language.duration(sheets[row["person"]].minutes, row["language"]),
            reason=reason,
        )
        cause = f"presence:{event_id}:{row['person']}:{row['version']}"
        await outbox.post(letter, _recipient(row), cause=cause)


async def declined(event_id: int, person_id: int, objection_id: int, answer: str) -> None:
    """Whose objection was not followed hears why."""
    for row in await execute(WHOM, event_id, [person_id]):
        letter = letters.ObjectionDeclined(**_about(row), reason=answer)
        await outbox.post(letter, _recipient(row), cause=f"objection:{objection_id}")


def _about(row: dict[str, Any]) -> dict[str, str]:
    said = row["language"]
    return {
        "event": (row["title_en"] if said == "en" else "") or row["title"],
        "when": language.span(row["starts_at"], row["ends_at"], said),
        "url": links.absolute(f"/registrations/{row['code']}/presence"),
    }


def _recipient(row: dict[str, Any]) -> outbox.Recipient:
    return outbox.Recipient(row["told"], row["display_name"], row["email"], row["language"])
