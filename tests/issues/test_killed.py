"""A worker is killed in the middle of 5,000: nobody is missed, and nobody is mailed twice.

But for whom it was mailing at that very moment: a death between acceptance and commit. To be quick,
most of the 5,000 stand as sent before; `FULL=1` really sends to every one of them.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server import clock, database, settings
from server.database import execute
from server.issues import claims, queries, sending
from tests.issues.cast import due, later, states
from tests.outbox.mailbox import Mailbox, listening

pytestmark = pytest.mark.anyio
MANY = 5000
BEFORE = 0 if "FULL" in os.environ else 4400  # went out earlier
ROOT = Path(__file__).parents[2]


class Sink(Mailbox):
    """Only remembers who got something."""

    def __init__(self) -> None:
        super().__init__()
        self.to: list[str] = []
        self.enough = MANY

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.to += envelope.rcpt_tos
        if len(self.to) >= self.enough:
            self.arrived.set()
        return "250 taken"


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    using = settings.current()
    with listening(Sink()) as box:
        assert isinstance(box, Sink)
        settings.use(
            msgspec.structs.replace(using, mail_url=box.url, mail_rate=0, var_dir=tmp_path)
        )
        yield box


def kill_a_worker_in_the_middle(box: Sink, after: int) -> int:
    """Start a worker, kill it once so many were mailed; how many that were."""
    box.enough = after
    arguments = [sys.executable, "-m", "tests.issues.worker"]
    dsn = str(database.ENGINE.config["dsn"])
    with subprocess.Popen([*arguments, dsn, box.url], cwd=ROOT) as worker:
        assert box.arrived.wait(60)
        worker.kill()
    return len(box.to)


async def test_nobody_is_missed_and_nobody_mailed_twice(db: None, sink: Sink) -> None:
    issue_id = await due(MANY)
    await sending.begin(clock.now())
    await execute(
        "UPDATE newsletter_delivery SET state = 'sent' WHERE test = 0 AND email_key IN"
        " (SELECT 'l' || n || '@lezer.example' FROM generate_series(1, $1) n)",
        BEFORE,
    )

    at_death = await asyncio.to_thread(kill_a_worker_in_the_middle, sink, 220)
    assert 220 <= at_death < MANY - BEFORE
    assert (await states())["sending"] > 0  # what the dead one had claimed

    now = later(claims.LEASE.total_seconds() / 60 + 1)
    while await sending.tick(now):
        pass

    times = Counter(sink.to)
    assert set(times) == {f"l{n}@lezer.example" for n in range(BEFORE + 1, MANY + 1)}
    assert [to for to, n in times.items() if n > 2] == []
    assert len([to for to, n in times.items() if n > 1]) <= 1
    assert await states() == {"sent": MANY}
    assert (await queries.get_issue(issue_id)).state == "sent"


async def test_two_workers_mail_nobody_twice(db: None, sink: Sink) -> None:
    """Real commits of two at once; without the claim, both would send to all (see below)."""
    await due(300)
    now = later()

    async def work() -> None:
        while await sending.tick(now):
            pass

    await asyncio.gather(work(), work())

    assert len(sink.to) == len(set(sink.to)) == 300


async def test_without_the_claim_two_workers_would(
    db: None, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same two, when each takes what it sees."""
    await due(40)
    blind = claims.CLAIM.replace("FOR UPDATE OF d SKIP LOCKED", "").replace(
        "(d.state = 'sending' AND d.claimed_at <= $2)",
        "(d.state = 'sending' OR $2::timestamptz IS NULL)",
    )
    monkeypatch.setattr(claims, "CLAIM", blind)
    monkeypatch.setattr(claims, "MINE", "WHERE id = $1 AND $2::timestamptz IS NOT NULL")
    now = later()

    await sending.begin(now)
    await asyncio.gather(sending.tick(now), sending.tick(now))

    assert len(sink.to) > len(set(sink.to))
