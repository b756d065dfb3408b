"""Sending over real SMTP: everybody who may be mailed once, nobody who may not."""

import asyncio

import pytest

from server import clock
from server.actors import ANONYMOUS
from server.database import execute
from server.issues import queries, sending, service
from server.newsletters import links
from server.newsletters import service as newsletters
from tests.issues.cast import due, later, states
from tests.newsletters.cast import member
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio


async def test_everybody_gets_it_once_in_their_language(db: None, mailbox: Mailbox) -> None:
    issue_id = await due(3)

    assert await sending.tick(later()) == 3
    assert await sending.tick(later(20)) == 0

    assert sorted(message["To"] for message in mailbox.received) == [
        f"l{n}@lezer.example" for n in (1, 2, 3)
    ]
    subjects = {message["To"]: message["Subject"] for message in mailbox.received}
    assert subjects["l1@lezer.example"] == "Nieuws van november"
    assert subjects["l3@lezer.example"] == "News of November"
    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.number) == ("sent", 1)
    assert await states() == {"sent": 3}


async def test_the_bytes_on_the_wire_offer_a_way_off(db: None, mailbox: Mailbox) -> None:
    await due(1)

    await sending.tick(later())

    head = mailbox.raw[0].partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    token = links.token_of(1)
    assert (
        f"List-Unsubscribe: <http://localhost:8000/u/{token}>,"
        f" <mailto:netwerk@localhost.localdomain?subject=unsubscribe%20{token}>" in head
    )
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert 'List-Id: "Nieuws" <nieuws.lists.localhost>' in head
    assert "Precedence: bulk" in head
    assert "List-Post: NO" in head
    assert not any(line.startswith("Auto-Submitted") for line in head)
    body = mailbox.received[0].get_body(("plain",))
    assert body is not None
    assert f"/u/{token}" in body.get_content()


async def test_who_leaves_while_it_is_sent_gets_none(db: None, mailbox: Mailbox) -> None:
    """Checked per reader: l2 leaves when l1 has been mailed."""
    await due(3)
    mailbox.seconds = [1.0]
    at_work = asyncio.create_task(sending.tick(later()))
    await mailbox.wait()
    await newsletters.unsubscribe(links.token_of(2), channel="one_click", now=clock.now())
    await at_work

    assert [m["To"] for m in mailbox.received] == ["l1@lezer.example", "l3@lezer.example"]
    assert await states() == {"sent": 2, "skipped": 1}
    log = await queries.deliveries(1, state="skipped")
    assert [(one.email, one.reason) for one in log] == [("l2@lezer.example", "unsubscribed")]


async def test_pausing_stops_at_the_next_reader(db: None, mailbox: Mailbox) -> None:
    issue_id = await due(3)
    mailbox.seconds = [1.0]
    at_work = asyncio.create_task(sending.tick(later()))
    await mailbox.wait()
    await service.pause(ANONYMOUS, issue_id)
    await at_work

    assert len(mailbox.received) == 1
    assert await sending.tick(later(20)) == 0
    await service.resume(ANONYMOUS, issue_id)
    await sending.tick(later(21))
    assert len(mailbox.received) == 3
    assert (await queries.get_issue(issue_id)).state == "sent"


async def test_members_who_never_answered_have_a_way_off_too(db: None, mailbox: Mailbox) -> None:
    await member("dirk@example.org", "Dirk", starts_on=clock.today())
    await due(0, slug="nieuws", audience="members", opt_in="automatic")

    await sending.tick(later())

    (message,) = mailbox.received
    off = str(message["List-Unsubscribe"]).partition("/u/")[2].partition(">")[0]
    await newsletters.unsubscribe(off, channel="one_click", now=clock.now())
    rows = await execute("SELECT state FROM subscription")
    assert [row["state"] for row in rows] == ["unsubscribed"]
    consent = await execute("SELECT action, person FROM consent_event")
    assert [row["action"] for row in consent] == ["withdrawn"]
