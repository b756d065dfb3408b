"""What mail servers do: refuse, put off, drop the line, or are not there."""

from datetime import timedelta

import msgspec
import pytest

from server import clock, settings
from server.actors import ANONYMOUS
from server.database import execute
from server.issues import queries, sending, service
from tests.issues.cast import due, later, states
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("answers", "kept"),
    [
        (["550 no such user"], {"failed": 1, "sent": 1}),
        (["450 come back"], {"retry": 1, "sent": 1}),
    ],
)
async def test_one_refusal_stops_nobody_else(
    db: None, mailbox: Mailbox, answers: list[str], kept: dict[str, int]
) -> None:
    await due(2)
    mailbox.at_recipient = answers

    await sending.tick(later())

    assert await states() == kept


async def test_who_was_told_to_come_back_is_mailed_later(db: None, mailbox: Mailbox) -> None:
    issue_id = await due(1)
    mailbox.at_recipient = ["450 come back"]
    await sending.tick(later())
    await sending.tick(later(1.5))
    assert mailbox.received == []

    await sending.tick(later(3))

    assert len(mailbox.received) == 1
    assert (await queries.get_issue(issue_id)).state == "sent"


async def test_a_connection_that_drops_after_data_sends_again_with_the_same_id(
    db: None, mailbox: Mailbox
) -> None:
    """Accepted, but we did not hear it: the one case of two, told apart by nobody but the id."""
    await due(3)
    mailbox.hang_ups = 1

    await sending.tick(later())
    await sending.tick(later(5))

    ids = [m["Message-ID"] for m in mailbox.received]
    assert (len(ids), len(set(ids))) == (4, 3)
    assert await states() == {"sent": 3}


async def test_no_mail_server_is_nobodys_fault(db: None, mailbox: Mailbox) -> None:
    issue_id = await due(2)
    using = settings.current()
    settings.use(msgspec.structs.replace(using, mail_url="smtp://127.0.0.1:9"))
    await sending.tick(later())
    rows = await execute("SELECT state, attempts FROM newsletter_delivery WHERE test = 0")
    assert [(row["state"], row["attempts"]) for row in rows] == [("queued", 0)] * 2

    settings.use(using)
    await sending.tick(later(5))

    assert len(mailbox.received) == 2
    assert (await queries.get_issue(issue_id)).state == "sent"


async def test_too_many_refusals_stop_the_sending(db: None, mailbox: Mailbox) -> None:
    issue_id = await due(60)
    mailbox.at_recipient = ["550 no"] * 6

    await sending.tick(later())

    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.note) == ("paused", "refused")
    assert (await states())["failed"] == 6
    assert (await states())["queued"] == 10


async def test_whoever_looked_and_went_on_is_stopped_by_new_refusals_only(
    db: None, mailbox: Mailbox
) -> None:
    issue_id, now = await due(260), clock.now()
    mailbox.at_recipient = ["550 no"] * 6
    await sending.tick(now)
    await service.resume(ANONYMOUS, issue_id, now=now + timedelta(minutes=1))

    await sending.tick(now + timedelta(minutes=2))
    assert (await queries.get_issue(issue_id)).state == "sending"

    mailbox.at_recipient = ["550 no"] * 6
    await sending.tick(now + timedelta(minutes=3))
    assert (await queries.get_issue(issue_id)).note == "refused"
