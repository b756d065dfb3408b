"""The worker: a table of jobs, and the loop that runs each of them in its time.

Several workers may run at once: a run is claimed by one guarded upsert of its `job_run` row, so
each job runs once per interval whoever is first. Jobs are idempotent all the same.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import datetime
from math import log2

import asyncpg

from server import clock, settings
from server.accounts import service as accounts
from server.accreditation import service as accreditation
from server.applications import service as applications
from server.attendance import drawing_up as attendance
from server.audit import chain
from server.bounces import service as bounces
from server.calendars import service as calendars
from server.certificates import making
from server.certificates import service as certificates
from server.database import execute
from server.directory import reminders as directory
from server.duplicates import finding as duplicates
from server.evaluation import service as evaluation
from server.fees import service as fees
from server.imports import service as bringing
from server.imports import working as imports
from server.inbound import mailbox
from server.inbound import service as inbound
from server.invitations import enclosing as invitations
from server.invitations import meetings
from server.issues import sending as issues
from server.memberships import reminders as memberships
from server.newsletters import service as newsletters
from server.outbox import delivery as outbox
from server.people import address_change, numbers
from server.privacy import retention as privacy
from server.questions import needs
from server.readers import READERS
from server.registrations import passing_on
from server.registrations import places as registrations
from server.talks import service as talks
from server.web import rate_limit
from server.web.log import log
from server.webhooks import delivery as webhooks

FAILURES_BEFORE_BACKING_OFF = 5
LONGEST_PAUSE_SECONDS = 15 * 60
LONGEST_PAUSE_FOR_ROWS = 60  # seconds
SECONDS_BETWEEN_LOOKS = 30.0
SECONDS_WITHOUT_DATABASE = 2.0
SECONDS_TO_FINISH = 8.0
LONGEST_ERROR = 500
ANCHORS = "audit-anchors"
NO_DATABASE = (OSError, RuntimeError, asyncpg.PostgresError, asyncpg.InterfaceError)

CLAIM = """
INSERT INTO job_run (name, ran_at, failures, error) VALUES ($1, $2, 0, '')
ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at
WHERE job_run.ran_at <= $2 - make_interval(secs => GREATEST($3, LEAST($4,
        $3 * power(2, LEAST(20, GREATEST(0, job_run.failures - $5 + 1))))))
   OR job_run.ran_at > $2 + interval '1 minute'  -- a clock was set back
RETURNING failures"""


@dataclass(frozen=True)
class Job:
    """What is done every so many seconds. It must be idempotent and may run late."""

    name: str
    seconds: float
    function: Callable[[datetime], Awaitable[object]]


async def _read_mailbox(now: datetime) -> int:
    """Only where there is one to look into."""
    url = settings.current().mailbox_url
    return len(await mailbox.look(url, READERS, now=now)) if url else 0


async def _seal_audit(_now: datetime) -> int:
    return await chain.seal()


async def _deliver(now: datetime) -> int:
    """With what changed for its reader's calendar in each letter."""
    return await outbox.deliver(now, enclose=invitations.enclose)


async def _expire_numbers(now: datetime) -> int:
    return await numbers.expire(clock.day_of(now))


async def _check_audit(now: datetime) -> object:
    """A broken chain stands in `job_run` and on the board's page until it is looked into."""
    return await chain.require_whole(settings.current().var_dir / ANCHORS, now=now)


JOBS = [
    Job("outbox.deliver", 2, _deliver),
    Job("registrations.tick", 20, registrations.tick),
    Job("registrations.hand_over", 60, passing_on.tick),
    Job("questions.forget", 3600, needs.tick),
    Job("attendance.tick", 300, attendance.tick),
    Job("accreditation.tick", 300, accreditation.tick),
    Job("evaluation.shuffle", 1800, evaluation.shuffle),
    Job("certificates.follow", 60, certificates.follow),
    Job("certificates.make", 3, making.make),
    Job("talks.tick", 300, talks.tick),
    Job("numbers.expire", 24 * 3600, _expire_numbers),
    Job("people.tick", 3600, address_change.tick),
    Job("applications.tick", 3600, applications.tick),
    Job("imports.tick", 2, imports.tick),
    Job("imports.forget", 24 * 3600, bringing.forget),
    Job("duplicates.look", 24 * 3600, duplicates.look),
    Job("privacy.forget", 24 * 3600, privacy.apply),
    Job("fees.remind", 3600, fees.remind),
    Job("memberships.tick", 3600, memberships.tick),
    Job("directory.tick", 3600, directory.tick),
    Job("audit.seal", 10, _seal_audit),
    Job("audit.check", 24 * 3600, _check_audit),
    Job("accounts.tick", 3600, accounts.tick),
    Job("rate_limit.forget", 3600, rate_limit.forget),
    Job("calendars.tick", 3600, calendars.tick),
    Job("invitations.meetings", 60, meetings.tick),
    Job("inbound.read", 120, _read_mailbox),
    Job("bounces.refused", 120, bounces.count_refusals),
    Job("inbound.forget", 24 * 3600, inbound.forget),
    Job("newsletters.tick", 3600, newsletters.tick),
    Job("newsletters.send", 2, issues.tick),
    Job("webhooks.tick", 5, webhooks.tick),
    Job("webhooks.forget", 24 * 3600, webhooks.forget),
]


async def work(stop: asyncio.Event, jobs: Sequence[Job] = JOBS) -> None:
    """Run every job in its time until `stop` is set; then let those at work finish, briefly."""
    loops = [
        asyncio.create_task(_keep(job, stop), name=job.name, context=Context()) for job in jobs
    ]
    await stop.wait()
    if not loops:
        return
    _, unfinished = await asyncio.wait(loops, timeout=SECONDS_TO_FINISH)
    for task in unfinished:
        log.warning("job cut off", job=task.get_name())
        task.cancel()
    await asyncio.gather(*loops, return_exceptions=True)


async def _keep(job: Job, stop: asyncio.Event) -> None:
    """One job for ever. Each run has a fresh context, so that nothing leaks from run to run."""
    while not stop.is_set():
        run = asyncio.create_task(run_when_due(job, clock.now()), context=Context())
        try:
            database_answers = await run
        except asyncio.CancelledError:
            run.cancel()
            raise
        longest = SECONDS_BETWEEN_LOOKS if database_answers else SECONDS_WITHOUT_DATABASE
        await _pause(stop, min(job.seconds, longest))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


async def run_when_due(job: Job, now: datetime) -> bool:
    """Run the job if nobody did so within its interval. False when the database does not answer.

    After five failures in a row the interval doubles with each further one, up to 15 minutes;
    an interval that is longer by itself stays what it is. For single rows that fail it is a
    minute at most: the others are done in their time. An interval is over a look early, or
    every run would be a look later than the one before.
    """
    try:
        claimed = await execute(
            CLAIM,
            job.name,
            now,
            job.seconds - min(job.seconds / 10, SECONDS_BETWEEN_LOOKS),
            LONGEST_PAUSE_SECONDS,
            FAILURES_BEFORE_BACKING_OFF,
        )
        if claimed:
            await _run(job, now, claimed[0]["failures"])
    except NO_DATABASE as problem:
        log.warning("worker has no database", job=job.name, why=_words(problem))
        return False
    return True


async def _run(job: Job, now: datetime, failures: int) -> None:
    try:
        await job.function(now)
    except Exception as problem:  # whatever it is, the other jobs go on and this one comes back
        failures = _counted(job, problem, failures)
        log.exception("job failed", job=job.name, failures=failures)
        await _note(job, failures, _words(problem))
    else:
        if failures:
            await _note(job, 0, "")


def _counted(job: Job, problem: Exception, failures: int) -> int:
    """One more; of single rows (`one_by_one.each`) never so many that the others wait long."""
    if not isinstance(problem, ExceptionGroup):
        return failures + 1
    doublings = max(0, int(log2(LONGEST_PAUSE_FOR_ROWS / job.seconds)))
    return min(failures + 1, FAILURES_BEFORE_BACKING_OFF - 1 + doublings)


async def _note(job: Job, failures: int, error: str) -> None:
    await execute(
        "UPDATE job_run SET failures = $2, error = $3 WHERE name = $1", job.name, failures, error
    )


def _words(problem: BaseException) -> str:
    """Without the detail that PostgreSQL adds below: that may be somebody's address.

    Of several troubles how many there were, and the first.
    """
    if isinstance(problem, BaseExceptionGroup):
        return f"{problem.message}: {_words(problem.exceptions[0])}"[:LONGEST_ERROR]
    return f"{type(problem).__name__}: {problem}".partition("\n")[0][:LONGEST_ERROR]
