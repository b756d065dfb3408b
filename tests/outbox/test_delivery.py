"""Letters leave the house: once, again when they must, and never for a thing undone."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiosmtpd.controller import Controller

from emails.letters.accounts import SignInLinkLetter
from emails.letters.registrations import EventCancelled, RegistrationConfirmed
from server import settings
from server.database import execute, transaction
from server.outbox import delivery
from server.outbox.service import Recipient, post

pytestmark = pytest.mark.anyio
ANNA = Recipient(None, "Anna de Vries", "anna@example.org", "nl")

# What the claim would be for somebody who thinks that one statement is safe by itself.
CLAIM_WITHOUT_LOCK = delivery.CLAIM.replace("FOR UPDATE SKIP LOCKED", "").replace(
    "FROM due WHERE", "FROM due, pg_sleep(0.3) WHERE"
)


class Mailbox:
    """A real SMTP server's handler that refuses when told to."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answers: list[str] = []
        self.seconds = 0.0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        if self.answers:
            return self.answers.pop(0)
        self.received.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    before = settings.load({"VAR_DIR": str(tmp_path)}, tmp_path / ".env")
    settings.use(replace_mail(before, f"smtp://127.0.0.1:{port}"))
    yield box
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def replace_mail(using: settings.Settings, url: str) -> settings.Settings:
    return msgspec.structs.replace(using, mail_url=url)


async def owe(cause: str = "line:1:confirmed:1", to: Recipient = ANNA) -> None:
    async with transaction():
        await post(RegistrationConfirmed.sample(), to, cause=cause)


async def states() -> list[str]:
    return [r["state"] for r in await execute("SELECT state FROM outbox_letter ORDER BY id")]


def later(minutes: int = 1) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=minutes)


async def test_a_letter_arrives_once(db: None, mailbox: Mailbox) -> None:
    await owe()

    assert await delivery.deliver(later()) == 1
    assert await delivery.deliver(later()) == 0

    [message] = mailbox.received
    assert message["To"] == "Anna de Vries <anna@example.org>"
    assert message["Subject"] == "U heeft een plaats: Pijndag 2027"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert await states() == ["sent"]


async def test_a_verb_undone_owes_nothing(db: None, mailbox: Mailbox) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await post(RegistrationConfirmed.sample(), ANNA, cause="x")
            raise ZeroDivisionError

    assert await delivery.deliver(later()) == 0


async def test_the_same_cause_owes_one_letter(db: None, mailbox: Mailbox) -> None:
    await owe()
    await owe()

    assert await delivery.deliver(later()) == 1


async def test_a_temporary_refusal_is_tried_again_under_the_same_id(
    db: None, mailbox: Mailbox
) -> None:
    mailbox.answers = ["451 come back later"]
    await owe()
    ids = await execute("SELECT message_id::text AS id FROM outbox_letter")

    await delivery.deliver(later(1))
    assert await states() == ["retry"]
    assert await delivery.deliver(later(1)) == 0
    await delivery.deliver(later(3))

    assert await states() == ["sent"]
    assert mailbox.received[0]["Message-ID"].startswith(f"<{ids[0]['id']}@")


async def test_a_final_refusal_is_shown_to_the_board(db: None, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 no such mailbox"]
    await owe()

    await delivery.deliver(later())

    rows = await execute("SELECT state, last_error FROM outbox_letter")
    assert rows == [{"state": "failed", "last_error": "550 no such mailbox"}]


async def test_after_the_last_try_it_fails(db: None, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 later"] * 6
    await owe()

    for minutes in (1, 10, 30, 60, 200, 1000):
        await delivery.deliver(later(minutes))

    assert await states() == ["failed"]


async def test_nobody_answering_loses_nothing(db: None, mailbox: Mailbox) -> None:
    settings.use(replace_mail(settings.current(), "smtp://127.0.0.1:9"))
    await owe()

    assert await delivery.deliver(later()) == 1

    assert await states() == ["retry"]


async def test_a_killed_worker_sends_again_after_the_lease(db: None, mailbox: Mailbox) -> None:
    await owe()
    assert len(await delivery.claim(later(1))) == 1

    assert await delivery.deliver(later(9)) == 0
    assert await delivery.deliver(later(12)) == 1

    assert await states() == ["sent"]


async def test_workers_at_once_send_each_letter_once(db: None, mailbox: Mailbox) -> None:
    for number in range(120):
        await owe(f"cause:{number}")

    await asyncio.gather(*(delivery.deliver(later()) for _ in range(4)))

    assert len(mailbox.received) == 120
    assert len({m["Message-ID"] for m in mailbox.received}) == 120


async def test_the_control_that_claims_without_a_lock_sends_twice(
    db: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CLAIM", CLAIM_WITHOUT_LOCK)
    mailbox.seconds = 0.05
    for number in range(5):
        await owe(f"cause:{number}")

    await asyncio.gather(*(delivery.deliver(later()) for _ in range(4)))

    assert len(mailbox.received) > 5


async def test_a_poisonous_letter_is_parked_while_others_go(db: None, mailbox: Mailbox) -> None:
    await owe("poison")
    await execute("UPDATE outbox_letter SET values = '{}'")
    await owe("good")

    await delivery.deliver(later())

    assert await states() == ["failed", "sent"]


async def test_an_expired_letter_is_dropped(db: None, mailbox: Mailbox) -> None:
    async with transaction():
        await post(RegistrationConfirmed.sample(), ANNA, cause="x", expires_at=later(1))

    await delivery.deliver(later(2))

    assert await states() == ["dropped"]
    assert mailbox.received == []


async def test_two_addresses_are_no_address(db: None, mailbox: Mailbox) -> None:
    await owe(to=replace(ANNA, email="a@example.org, b@example.org"))

    await delivery.deliver(later())

    assert await states() == ["failed"]
    assert mailbox.received == []


async def test_a_name_with_line_breaks_adds_no_header(db: None, mailbox: Mailbox) -> None:
    event = "Pijndag\r\nBcc: x@example.org"
    letter = EventCancelled(event=event, when="morgen", reason="")
    async with transaction():
        await post(letter, ANNA, cause="x")

    await delivery.deliver(later())

    assert mailbox.received[0]["Bcc"] is None
    assert mailbox.received[0]["Subject"] == "Geannuleerd: Pijndag Bcc: x@example.org"


async def test_a_secret_is_forgotten_once_sent(db: None, mailbox: Mailbox) -> None:
    async with transaction():
        await post(SignInLinkLetter.sample(), ANNA, cause="x")

    await delivery.deliver(later())

    assert await execute("SELECT values::text AS v FROM outbox_letter") == [{"v": "{}"}]


async def test_files_hold_whole_letters(db: None, mailbox: Mailbox, tmp_path: Path) -> None:
    settings.use(replace_mail(settings.current(), "file:"))
    await owe()

    await delivery.deliver(later())

    [path] = (tmp_path / "mail").iterdir()
    assert message_from_bytes(path.read_bytes())["To"] == "Anna de Vries <anna@example.org>"
