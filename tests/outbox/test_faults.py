"""The mail server refuses, hangs, breaks off or is away; the worker is killed: nothing is lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from server import postgres
from server.outbox import delivery
from server.outbox.trouble import Broken
from tests.outbox.mailbox import Mailbox, silent
from tests.outbox.owing import later, outbox, owe, send_by, states

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
WORKER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from server import database, settings
from server.outbox import delivery

async def main(dsn, mail_url, var_dir):
    settings.use(settings.load({"MAIL_URL": mail_url, "VAR_DIR": var_dir}, Path(var_dir, ".env")))
    database.configure(dsn)
    await database.open_pool(2)
    await delivery.deliver(datetime.now(UTC) + timedelta(seconds=30))

asyncio.run(main(*sys.argv[1:]))
"""


def start_worker(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WORKER, *arguments]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


async def test_a_temporary_refusal_is_tried_again_under_the_same_id(
    db: None, mailbox: Mailbox
) -> None:
    mailbox.at_recipient = ["451 4.7.1 greylisted, come back later"]
    await owe()
    [(message_id,)] = await outbox("message_id::text")

    await delivery.deliver(later(1))
    assert await outbox("state", "attempts", "last_error") == [
        ("retry", 1, "451 4.7.1 greylisted, come back later")
    ]
    assert await delivery.deliver(later(1)) == 0
    await delivery.deliver(later(3))

    assert await states() == ["sent"]
    assert [m["Message-ID"].split("@")[0] for m in mailbox.received] == [f"<{message_id}"]


async def test_the_waits_are_1_5_15_60_and_240_minutes(db: None, mailbox: Mailbox) -> None:
    mailbox.at_message = ["451 later"] * 6
    await owe()
    waits = []
    now = later()

    for _ in range(5):
        await delivery.deliver(now)
        [(due_at,)] = await outbox("not_before")
        waits.append((due_at - now).total_seconds() / 60)
        now = due_at
    await delivery.deliver(now)

    assert waits == [1, 5, 15, 60, 240]
    assert await outbox("state", "attempts") == [("failed", 6)]


@pytest.mark.parametrize("at", ["at_recipient", "at_message"])
async def test_a_final_refusal_is_kept_with_its_reason(db: None, mailbox: Mailbox, at: str) -> None:
    getattr(mailbox, at).append("550 5.1.1 no such mailbox")
    await owe("refused")
    await owe("taken")

    await delivery.deliver(later())

    assert await outbox("state", "last_error") == [
        ("failed", "550 5.1.1 no such mailbox"),
        ("sent", ""),
    ]


@pytest.mark.parametrize("words", ["553 5.7.1 not your address", "421 too busy"])
async def test_what_is_our_trouble_is_no_try_of_the_letter(
    db: None, mailbox: Mailbox, words: str
) -> None:
    mailbox.at_sender = [words]
    await owe()

    await delivery.deliver(later())
    assert await outbox("state", "attempts", "last_error") == [("retry", 0, words)]
    await delivery.deliver(later(3))

    assert await states() == ["sent"]


async def test_an_outage_of_a_week_fails_no_letter(db: None, mailbox: Mailbox) -> None:
    send_by("smtp://127.0.0.1:9")
    await owe()

    for hour in range(0, 7 * 24, 6):
        await delivery.deliver(later(hour * 60))
    assert await outbox("state", "attempts") == [("retry", 0)]
    send_by(mailbox.url)
    await delivery.deliver(later(7 * 24 * 60))

    assert await states() == ["sent"]


async def test_a_server_that_never_greets_is_given_up(db: None, mailbox: Mailbox) -> None:
    await owe()

    async with silent(lambda writer: None) as url:
        send_by(url)
        began = time.monotonic()
        await delivery.deliver(later(), seconds=0.3)

    assert time.monotonic() - began < 2
    assert await outbox("state", "attempts") == [("retry", 0)]


async def test_a_server_that_hangs_holds_up_one_letter_only(db: None, mailbox: Mailbox) -> None:
    mailbox.seconds = [3.0]
    for number in range(3):
        await owe(f"cause:{number}")

    began = time.monotonic()
    await delivery.deliver(later(1), seconds=0.3)
    assert time.monotonic() - began < 2.5
    assert await outbox("state", "attempts") == [("retry", 1), ("retry", 0), ("retry", 0)]
    await delivery.deliver(later(1))

    assert await states() == ["retry", "sent", "sent"]


async def test_a_broken_connection_costs_one_letter_one_try(db: None, mailbox: Mailbox) -> None:
    mailbox.hang_ups = 1
    await owe("first")
    await owe("second")
    [(message_id,), _] = await outbox("message_id::text")

    await delivery.deliver(later(1))
    assert await outbox("state", "attempts") == [("retry", 1), ("retry", 0)]
    await delivery.deliver(later(3))

    assert await states() == ["sent", "sent"]
    same = [m for m in mailbox.received if m["Message-ID"].startswith(f"<{message_id}@")]
    assert len(same) == 2


async def test_a_worker_killed_while_sending_sends_again_under_the_same_id(
    db: None, mailbox: Mailbox, server: postgres.Private, tmp_path: Path
) -> None:
    mailbox.seconds = [30.0]
    await owe()
    worker = start_worker(server.url(), mailbox.url, str(tmp_path))
    await mailbox.wait()

    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    assert await states() == ["sending"]
    assert await delivery.deliver(later(5)) == 0
    assert await delivery.deliver(later(12)) == 1

    assert await states() == ["sent"]
    assert len(mailbox.received) == 2
    assert len({m["Message-ID"] for m in mailbox.received}) == 1


async def test_a_worker_told_to_stop_gives_back_what_it_did_not_try(
    db: None, mailbox: Mailbox
) -> None:
    mailbox.seconds = [30.0]
    for number in range(3):
        await owe(f"cause:{number}")

    work = asyncio.create_task(delivery.deliver(later(1)))
    await mailbox.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)

    assert await outbox("state", "attempts") == [("sending", 1), ("retry", 0), ("retry", 0)]


async def test_whoever_lost_its_lease_changes_nothing(db: None, mailbox: Mailbox) -> None:
    await owe()
    [slow] = await delivery.claim(later(1))
    await delivery.deliver(later(12))

    await delivery._later(slow, str(Broken("too late")), later(13))
    await delivery._mark(slow, "failed", "too late")

    assert await outbox("state", "last_error") == [("sent", "")]
