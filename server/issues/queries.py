"""Issues, their receipts and their deliveries."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.issues.views import Delivery, Issue, Progress
from server.newsletters.queries import LIST_COLUMNS
from server.newsletters.views import MailingList
from server.outbox.service import like_escaped
from server.rights import CHANGE, RIGHTS, Area
from tables.issues import Counted

PAGE = 50
OF_LIST = tuple(MailingList.__dataclass_fields__)
COLUMNS = f"""
SELECT i.id AS issue_id, i.state, i.number, i.subject_nl, i.subject_en, i.body_nl, i.body_en,
  i.revision, i.approved_by, i.approved_at, i.scheduled_at, i.started_at, i.ended_at, i.note,
  i.changed_at, coalesce(a.display_name, '') AS approver, w.writers, w.writer_names, {LIST_COLUMNS}
FROM newsletter_issue i JOIN newsletter_list l ON l.id = i.list
LEFT JOIN person a ON a.id = i.approved_by
LEFT JOIN LATERAL (SELECT coalesce(array_agg(p.id ORDER BY w.id), '{{}}') AS writers,
    coalesce(array_agg(p.display_name ORDER BY w.id), '{{}}') AS writer_names
  FROM newsletter_writer w JOIN person p ON p.id = w.person WHERE w.issue = i.id) w ON true
"""
OFFICES = [role for role, right in RIGHTS[Area.newsletters].items() if right == CHANGE]


async def get_issue(issue_id: int) -> Issue:
    """One issue. Raises NotFound."""
    found = await _issues("WHERE i.id = $1", issue_id)
    if not found:
        raise NotFound
    return found[0]


async def of_list(list_id: int) -> list[Issue]:
    """The issues of a list, those that are worked on first, then the newest."""
    return await _issues(
        "WHERE i.list = $1 ORDER BY i.number IS NOT NULL, i.number DESC, i.id DESC LIMIT 100",
        list_id,
    )


async def archived(list_id: int, *, before: int | None = None, limit: int = PAGE) -> list[Issue]:
    """What a list has sent, the newest first."""
    return await _issues(
        "WHERE i.list = $1 AND i.state IN ('sending', 'paused', 'sent')"
        " AND ($2::int IS NULL OR i.number < $2) ORDER BY i.number DESC LIMIT $3",
        *(list_id, before, limit),
    )


async def numbered(list_id: int, number: int) -> Issue:
    """An issue that was sent, by its number. Raises NotFound."""
    found = await _issues("WHERE i.list = $1 AND i.number = $2", list_id, number)
    if not found or not found[0].has_begun:
        raise NotFound
    return found[0]


async def receipts(issue_id: int) -> dict[str, dict[str, int]]:
    """When it was counted → reason → how many people."""
    found: dict[str, dict[str, int]] = {one.value: {} for one in Counted}
    for row in await execute(
        "SELECT counted, reason, people FROM newsletter_receipt WHERE issue = $1 ORDER BY id",
        issue_id,
    ):
        found[row["counted"]][row["reason"]] = row["people"]
    return found


async def progress(issue_id: int) -> Progress:
    """How far it is, test sends apart."""
    rows = await execute(
        "SELECT state, count(*)::int AS n FROM newsletter_delivery"
        " WHERE issue = $1 AND test = 0 GROUP BY state",
        issue_id,
    )
    return Progress({row["state"]: row["n"] for row in rows})


async def tried(issue_id: int) -> dict[str, int]:
    """State → how many, of what was tried since it began or somebody let it go on.

    What came back because there is no such mailbox was refused as well.
    """
    rows = await execute(
        "SELECT CASE WHEN b.id IS NULL THEN d.state ELSE 'failed' END AS state, count(*)::int AS n"
        " FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue"
        " LEFT JOIN bounce b ON b.message_id = d.message_id AND b.verdict = 'hard'"
        " WHERE d.issue = $1 AND d.test = 0"
        " AND d.changed_at >= coalesce(i.resumed_at, '-infinity') GROUP BY 1",
        issue_id,
    )
    return {row["state"]: row["n"] for row in rows}


async def deliveries(
    issue_id: int, *, search: str = "", state: str = "", after: int = 0, limit: int = PAGE
) -> list[Delivery]:
    """The log of an issue, in order of who was queued; test sends too."""
    return await _deliveries(
        "WHERE d.issue = $1 AND d.id > $2 AND ($3 = '' OR d.state = $3)"
        " AND (d.email ILIKE $4 OR d.name ILIKE $4) ORDER BY d.id LIMIT $5",
        *(issue_id, after, state, f"%{like_escaped(search)}%", limit),
    )


async def tests(issue_id: int) -> list[Delivery]:
    """The newest test sends."""
    return await _deliveries(
        "WHERE d.issue = $1 AND d.test > 0 ORDER BY d.test DESC LIMIT 4", issue_id
    )


async def somebody_else(writers: Sequence[int], day: date) -> bool:
    """Whether anybody who did not write it holds an office that may approve it today."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM role_grant r JOIN person p ON p.id = r.person"
        " WHERE r.role = ANY($1::text[]) AND r.event IS NULL AND r.from_on <= $3"
        " AND (r.until_on IS NULL OR r.until_on >= $3) AND p.deceased_on IS NULL"
        " AND p.anonymised_at IS NULL AND r.person <> ALL($2::int[])) AS found",
        *(OFFICES, list(writers), day),
    )
    return bool(rows[0]["found"])


async def fixed_before(list_id: int) -> datetime | None:
    """When the text of the last issue that was sent was fixed: what came later is new."""
    rows = await execute(
        "SELECT max(coalesce(approved_at, started_at)) AS at FROM newsletter_issue"
        " WHERE list = $1 AND number IS NOT NULL",
        list_id,
    )
    at: datetime | None = rows[0]["at"]
    return at


async def bodies(list_id: int, *, but: int) -> list[str]:
    """What stands in the other issues of a list, cancelled ones apart."""
    rows = await execute(
        "SELECT body_nl || E'\\n' || body_en AS body FROM newsletter_issue"
        " WHERE list = $1 AND id <> $2 AND state <> 'cancelled' ORDER BY id DESC LIMIT 24",
        *(list_id, but),
    )
    return [row["body"] for row in rows]


async def _issues(rest: str, *values: object) -> list[Issue]:
    return [_issue(row) for row in await execute(f"{COLUMNS} {rest}", *values)]


def _issue(row: dict[str, Any]) -> Issue:
    of_list = MailingList(**{name: row.pop(name) for name in OF_LIST})
    row |= {name: tuple(row[name]) for name in ("writers", "writer_names")}
    return Issue(id=row.pop("issue_id"), list=of_list, **row)


async def _deliveries(rest: str, *values: object) -> list[Delivery]:
    rows = await execute(
        "SELECT d.id, d.person AS person_id, d.email, d.name, d.language, d.test, d.state,"
        f" d.reason, d.attempts, d.sent_at, d.changed_at FROM newsletter_delivery d {rest}",
        *values,
    )
    return [Delivery(**row) for row in rows]
