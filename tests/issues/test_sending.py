"""Sending over real SMTP: everybody who may be mailed once, nobody who may not."""

import asyncio
import time

import msgspec
import pytest

from server import clock, settings
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
    await service.resume(ANONYMOUS, issue_id, now=clock.now())
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


async def test_who_got_another_address_is_followed(db: None, mailbox: Mailbox) -> None:
    dirk = await member("dirk@oud.example", "Dirk", starts_on=clock.today())
    await due(0, audience="members", opt_in="automatic")
    await sending.begin(later())
    await execute(
        "UPDATE person SET email = 'dirk@nieuw.example', email_key = 'dirk@nieuw.example'"
        " WHERE id = $1",
        dirk.id,
    )

    await sending.tick(later())

    assert [m["To"] for m in mailbox.received] == ["dirk@nieuw.example"]
    assert await states() == {"sent": 1}


async def test_an_address_that_got_it_is_not_mailed_twice(db: None, mailbox: Mailbox) -> None:
    """Dirk took over the address of a subscription that was queued by itself."""
    dirk = await member("dirk@oud.example", "Dirk", starts_on=clock.today())
    await due(1)
    await execute(
        "INSERT INTO subscription (list, person, email, email_key, state, token_hash, asked_at)"
        " VALUES (1, $1, 'dirk@oud.example', 'dirk@oud.example', 'confirmed', '\\x02', now())",
        dirk.id,
    )
    await sending.begin(later())
    await execute(
        "UPDATE person SET email = 'l1@lezer.example', email_key = 'l1@lezer.example'"
        " WHERE id = $1",
        dirk.id,
    )

    await sending.tick(later())

    assert [m["To"] for m in mailbox.received] == ["l1@lezer.example"]
    assert sorted((await states()).items()) == [("sent", 1), ("skipped", 1)]


async def test_nobody_injects_a_header(db: None, mailbox: Mailbox) -> None:
    one_line = "Kwaad\r\nBcc: iedereen@example.org"
    await due(1, name_nl=one_line)
    await execute("UPDATE subscription SET name = $1", one_line)
    await execute("UPDATE newsletter_issue SET subject_nl = $1", one_line)

    await sending.tick(later())

    head = mailbox.raw[0].partition(b"\r\n\r\n")[0]
    assert b"\r\nBcc" not in head
    assert mailbox.received[0]["Subject"] == "Kwaad Bcc: iedereen@example.org"


async def test_a_list_with_a_foreign_name_keeps_its_id(db: None, mailbox: Mailbox) -> None:
    await due(1, name_nl='Überraschend "nieuws"')

    await sending.tick(later())

    head = mailbox.raw[0].partition(b"\r\n\r\n")[0].decode("ascii").split("\r\n")
    (line,) = [one for one in head if one.startswith("List-Id:")]
    assert line.endswith("?= <nieuws.lists.localhost>")
    assert line.startswith("List-Id: =?utf-8?")


async def test_the_pace_is_kept(db: None, mailbox: Mailbox) -> None:
    await due(3)
    settings.use(msgspec.structs.replace(settings.current(), mail_rate=10))
    began = time.monotonic()

    await sending.tick(later())

    assert time.monotonic() - began >= 0.3


async def test_whoever_was_erased_gets_nothing(db: None, mailbox: Mailbox) -> None:
    await due(2)
    await sending.begin(later())
    await execute("DELETE FROM newsletter_delivery WHERE email_key = 'l1@lezer.example'")

    await sending.tick(later())

    assert [m["To"] for m in mailbox.received] == ["l2@lezer.example"]


async def test_starting_twice_queues_once(db: None, mailbox: Mailbox) -> None:
    """Two workers look at the same second, with real commits."""
    await due(20)
    now = later()

    await asyncio.gather(*(sending.begin(now) for _ in range(4)))

    assert await states() == {"queued": 20}
    started = await execute("SELECT 1 FROM audit_entry WHERE action = 'start'")
    assert len(started) == 1
