"""The verbs of an issue: write, test, approve, schedule, pause, cancel. Each is one transaction."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.issues import counting, lint, queries, rules
from server.issues.states import ISSUE
from server.issues.views import Issue
from server.newsletters import queries as lists
from server.people.rules import email_key
from tables.issues import Counted, IssueState

QUEUE_TEST = """INSERT INTO newsletter_delivery
  (issue, test, person, subscription, email, email_key, name, language, message_id, not_before)
  VALUES ($1, $2, $3, (SELECT s.id FROM subscription s WHERE s.list = $4 AND s.email_key = $6
    AND s.state IN ('confirmed', 'automatic')), $5, $6, $7, $8, $9, $10)"""


async def create(actor: Actor, slug: str, values: Mapping[str, str], *, now: datetime) -> int:
    """Begin an issue of a list. Raises Invalid, NotFound."""
    one = await lists.get_list(slug)
    _check(values)
    async with transaction():
        rows = await execute(
            "INSERT INTO newsletter_issue (list, subject_nl, subject_en, body_nl, body_en,"
            " created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id",
            *(one.id, *(values[name] for name in rules.FIELDS), now),
        )
        issue_id: int = rows[0]["id"]
        await _note_writer(actor, issue_id)
        after = {"list": slug, "subject_nl": values["subject_nl"]}
        await audit.record(actor, "create", ("newsletter_issue", issue_id), after=after)
    return issue_id


async def write(
    actor: Actor,
    issue_id: int,
    values: Mapping[str, str],
    *,
    expected_revision: int | None,
    now: datetime,
) -> bool:
    """Change the words; what was tested or approved must be so again. Whether anything changed.

    Raises Invalid, NotFound; refuses: Underway, and Stale when somebody saved since.
    """
    _check(values)
    async with transaction():
        before = await _locked(issue_id)
        if before["state"] not in rules.TO_WRITE:
            raise rules.Underway
        after = {name: values[name] for name in rules.FIELDS if values[name] != before[name]}
        if not after:
            return False
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        if before["state"] != IssueState.draft:
            also = {"approved_by": None, "approved_at": None}
            await ISSUE.move(issue_id, "revise", actor=actor, set_also=also)
            await counting.forget(issue_id, Counted.approved)
        assignments = ", ".join(f"{name} = ${n}" for n, name in enumerate(after, start=3))
        await execute(
            f"UPDATE newsletter_issue SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            *(issue_id, now, *after.values()),
        )
        await _note_writer(actor, issue_id)
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("newsletter_issue", issue_id), before=was, after=after)
    return True


async def test(actor: Actor, issue_id: int, *, now: datetime) -> None:
    """Send it to whoever asks, in each language it is written in. Refuses: WrongState, NotReady."""
    async with transaction():
        row = await ISSUE.move(issue_id, "test", actor=actor)
        issue = await queries.get_issue(issue_id)
        _require_ready(issue)
        to = await lists.get_address(actor)
        tried = await execute(
            "SELECT coalesce(max(test), 0) AS n FROM newsletter_delivery WHERE issue = $1", issue_id
        )
        written = [said for said, words in issue.words.items() if words.is_written]
        for n, said in enumerate(written, start=int(tried[0]["n"]) + 1):
            await execute(
                QUEUE_TEST,
                *(issue_id, n, to.person_id, row["list"], to.email, email_key(to.email)),
                *(to.name, said, uuid4(), now),
            )


async def approve(
    actor: Actor,
    issue_id: int,
    *,
    is_sure: bool,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """A second person lets it go; who would get it today is written down beside it.

    Whoever wrote it may only if nobody else holds an office for it, and says so (`is_sure`).
    Refuses: WrongState, NotReady, OwnWork, NobodyToSend, and Stale when it is not what they read.
    """
    async with transaction():
        before = await _locked(issue_id)
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        issue = await queries.get_issue(issue_id)
        is_alone = is_sure and not await queries.somebody_else(issue.writers, clock.day_of(now))
        if not rules.may_approve(actor.person_id, issue.writers, is_alone=is_alone):
            raise rules.OwnWork
        is_own = actor.person_id in issue.writers
        await ISSUE.move(
            issue_id,
            "approve",
            actor=actor,
            reason="alone in the offices" if is_own else "",
            set_also={"approved_by": actor.person_id, "approved_at": now},
        )
        _require_ready(issue)
        counted = await counting.take(issue_id, issue.list.id, Counted.approved, now=now)
        if not counted.get(""):
            raise rules.NobodyToSend


async def schedule(actor: Actor, issue_id: int, at: datetime, *, now: datetime) -> None:
    """Say when it goes. Raises Invalid; refuses: WrongState."""
    problem = rules.problem_of_moment(at, now)
    if problem:
        raise Invalid(at=problem)
    async with transaction():
        await ISSUE.move(
            issue_id, "schedule", actor=actor, set_also={"scheduled_at": at, "note": ""}
        )


async def unschedule(actor: Actor, issue_id: int, *, reason: str = "") -> None:
    """Not at that moment after all. Refuses: WrongState."""
    async with transaction():
        set_also = {"scheduled_at": None, "note": reason[: rules.NOTE_AT_MOST]}
        await ISSUE.move(issue_id, "unschedule", actor=actor, reason=reason, set_also=set_also)


async def pause(actor: Actor, issue_id: int, *, reason: str = "") -> None:
    """Send nobody more for now; whoever is being mailed at this moment still is.

    Refuses: WrongState.
    """
    async with transaction():
        set_also = {"note": reason[: rules.NOTE_AT_MOST]}
        await ISSUE.move(issue_id, "pause", actor=actor, reason=reason, set_also=set_also)


async def resume(actor: Actor, issue_id: int, *, now: datetime) -> None:
    """Go on where it stopped; what was refused until now stops it no second time.

    Refuses: WrongState.
    """
    async with transaction():
        set_also = {"note": "", "resumed_at": now}
        await ISSUE.move(issue_id, "resume", actor=actor, set_also=set_also)


async def cancel(actor: Actor, issue_id: int, *, reason: str, now: datetime) -> None:
    """Never send it, or nobody more. Refuses: WrongState."""
    async with transaction():
        set_also = {"ended_at": now, "note": reason[: rules.NOTE_AT_MOST]}
        await ISSUE.move(issue_id, "cancel", actor=actor, reason=reason, set_also=set_also)
        await execute(
            "UPDATE newsletter_delivery SET state = 'skipped', reason = 'cancelled',"
            " changed_at = $2 WHERE issue = $1 AND state IN ('queued', 'retry', 'sending')",
            *(issue_id, now),
        )


def tomorrow_morning(now: datetime) -> datetime:
    """What a form proposes: nine o'clock of the next day, as clocks in Amsterdam show it."""
    local = now.astimezone(clock.AMSTERDAM)
    return (local + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)


def _check(values: Mapping[str, str]) -> None:
    problems = rules.problems(values)
    if problems:
        raise Invalid(**problems)


def _require_ready(issue: Issue) -> None:
    if any(one.blocks for one in lint.remarks(issue.words)):
        raise rules.NotReady


async def _locked(issue_id: int) -> dict[str, object]:
    rows = await execute("SELECT * FROM newsletter_issue WHERE id = $1 FOR UPDATE", issue_id)
    if not rows:
        raise NotFound
    return rows[0]


async def _note_writer(actor: Actor, issue_id: int) -> None:
    if actor.person_id is not None:
        await execute(
            "INSERT INTO newsletter_writer (issue, person) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            *(issue_id, actor.person_id),
        )
