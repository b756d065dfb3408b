"""`netwerk doctor`: looks at everything an operator can get wrong, and says what to do."""

import os
import shutil
import stat
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from dns.asyncresolver import Resolver

from server import clock, migrating, worker
from server.accounts.queries import HAS_FACTOR
from server.audit import chain
from server.cli import mail_domain
from server.database import execute
from server.inbound import mailbox
from server.outbox.message import sender
from server.outbox.transports import connect
from server.outbox.trouble import Unreachable
from server.settings import Settings

LATE = timedelta(minutes=2)
SKEW = timedelta(seconds=30)
LITTLE_DISK = 1_000_000_000  # bytes
SOON = timedelta(days=30)
PATIENCE_SECONDS = 5.0
SMTP = ("smtp", "smtps")
OLDEST_POSTGRES = 150_000


@dataclass(frozen=True)
class Complaint:
    """What is wrong, and the next step."""

    what: str
    do: str


Check = Callable[[Settings, datetime], Awaitable[list[Complaint]]]


async def examine(settings: Settings, now: datetime) -> Mapping[str, list[Complaint]]:
    """Every check by name, with what it found."""
    found: dict[str, list[Complaint]] = {}
    for name, check in CHECKS.items():
        try:
            found[name] = await check(settings, now)
        except Exception as error:  # a check that fails is a finding, and the others go on
            found[name] = [Complaint(f"This could not be looked at: {error}.", "See the log.")]
    return found


async def address(settings: Settings, _now: datetime) -> list[Complaint]:
    """Reached by others only over https."""
    if settings.is_secure or urlsplit(settings.base_url).hostname in ("localhost", "127.0.0.1"):
        return []
    return [Complaint("BASE_URL is not https.", "Put a proxy with a certificate before it.")]


async def files(settings: Settings, _now: datetime) -> list[Complaint]:
    """Secrets that others on the machine can read, and the room that is left."""
    found = []
    for path in (settings.var_dir / "secret_key", Path(".env")):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(Complaint(f"Others can read {path}.", f"chmod 600 {path}"))
    if not os.access(settings.var_dir, os.W_OK):
        found.append(Complaint(f"{settings.var_dir} cannot be written.", "Check its owner."))
    elif shutil.disk_usage(settings.var_dir).free < LITTLE_DISK:
        found.append(Complaint("Less than 1 GB is free for VAR_DIR.", "Make room."))
    return found


async def database(_settings: Settings, now: datetime) -> list[Complaint]:
    """PostgreSQL's version and clock, and migrations that were not run."""
    rows = await execute("SELECT current_setting('server_version_num')::int AS v, now() AS at")
    found = []
    if rows[0]["v"] < OLDEST_POSTGRES:
        found.append(Complaint("PostgreSQL is older than 15.", "Upgrade it."))
    if abs(rows[0]["at"] - now) > SKEW:
        found.append(Complaint("The clocks of program and database differ.", "Use NTP on both."))
    if await migrating.missing():
        found.append(Complaint("Migrations are waiting.", "netwerk migrate"))
    return found


async def work(_settings: Settings, now: datetime) -> list[Complaint]:
    """Whether the worker runs, and which of its jobs fail."""
    rows = await execute("SELECT name, ran_at, failures, error FROM job_run ORDER BY name")
    newest = max((row["ran_at"] for row in rows), default=None)
    if newest is None or now - newest > LATE:
        when = "never ran" if newest is None else f"last ran at {newest:%Y-%m-%d %H:%M} UTC"
        return [Complaint(f"The worker {when}.", "netwerk run, or netwerk worker")]
    return [
        Complaint(f"The job {row['name']} failed {row['failures']} times: {row['error']}.", "Look.")
        for row in rows
        if row["failures"]
    ]


async def mail(settings: Settings, _now: datetime) -> list[Complaint]:
    """Whether the mail server lets us in, with a certificate that is right; nothing is sent."""
    if settings.mail_url.startswith("file:"):
        return [] if not settings.is_secure else [Complaint("Mail goes to files.", "Set MAIL_URL.")]
    try:
        async with connect(settings.mail_url, settings.var_dir, seconds=PATIENCE_SECONDS) as way:
            await way.greet()
    except Unreachable as error:
        return [Complaint(f"The mail server does not let us in: {error}.", "Check MAIL_URL.")]
    rows = await execute("SELECT count(*) AS n FROM outbox_letter WHERE state = 'failed'")
    failed = rows[0]["n"]
    return [Complaint(f"{failed} letters failed.", "Open /board/letters.")] if failed else []


async def inbox(settings: Settings, _now: datetime) -> list[Complaint]:
    """Whether the mailbox with answers of calendars opens; nothing in it is touched."""
    if not settings.mailbox_url:
        return []
    try:
        await mailbox.try_out(settings.mailbox_url)
    except OSError as error:
        return [Complaint(f"The mailbox cannot be opened: {error}.", "Check MAILBOX_URL.")]
    return []


async def trail(settings: Settings, _now: datetime) -> list[Complaint]:
    """Whether the audit chain closes."""
    verdict = await chain.check(settings.var_dir / worker.ANCHORS)
    if not verdict.findings:
        return []
    places = ", ".join(str(one.position) for one in verdict.findings[:5])
    return [Complaint(f"The audit trail was changed at {places}.", "netwerk verify-audit")]


async def offices(_settings: Settings, now: datetime) -> list[Complaint]:
    """Office holders without a second factor, and offices that end soon."""
    rows = await execute(
        f"SELECT p.display_name AS name, r.role, r.until_on, {HAS_FACTOR} AS has_factor"
        " FROM role_grant r JOIN person p ON p.id = r.person"
        " WHERE r.role <> 'check_in' AND (r.until_on IS NULL OR r.until_on >= $1)"
        " ORDER BY p.sort_key, r.role",
        clock.day_of(now),
    )
    if not rows:
        return [Complaint("Nobody holds an office.", "netwerk set-up-link")]
    bare = dict.fromkeys(row["name"] for row in rows if not row["has_factor"])
    found = [Complaint(f"{name} has no second step yet.", "Ask them to sign in.") for name in bare]
    ending = [r for r in rows if r["until_on"] and r["until_on"] <= clock.day_of(now + SOON)]
    return found + [
        Complaint(f"{r['name']} is {r['role']} until {r['until_on']}.", "Open /board/accounts.")
        for r in ending
    ]


async def domain(settings: Settings, _now: datetime) -> list[Complaint]:
    """What receivers of our mail look up of its domain; only where letters really leave."""
    if not settings.is_secure or settings.mail_url.startswith("file:"):
        return []
    url = urlsplit(settings.mail_url)
    ours = url.hostname or "" if url.scheme in SMTP else ""
    name = sender().rpartition("@")[2]
    found = await mail_domain.findings(name, Resolver(), sends_from=ours)
    return [Complaint(what, step) for what, step in found]


CHECKS: dict[str, Check] = {
    "address": address,
    "files": files,
    "database": database,
    "worker": work,
    "mail": mail,
    "mail domain": domain,
    "mailbox": inbox,
    "audit trail": trail,
    "offices": offices,
}
