"""Letters leave the house: once, and never for a thing undone."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from emails.letters.accounts import SignInLinkLetter
from server.database import transaction
from server.outbox import delivery
from server.outbox.service import post
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import ANNA, CANCELLED, later, outbox, owe, states

pytestmark = pytest.mark.anyio

# What the claim would be for somebody who thinks that one statement is safe by itself.
CLAIM_WITHOUT_LOCK = delivery.CLAIM.replace("FOR UPDATE SKIP LOCKED", "").replace(
    "FROM due WHERE", "FROM due, pg_sleep(0.3) WHERE"
)


async def test_a_letter_arrives_once(db: None, mailbox: Mailbox) -> None:
    await owe()

    assert await delivery.deliver(later()) == 1
    assert await delivery.deliver(later()) == 0

    assert [message["To"] for message in mailbox.received] == ["anna@example.org"]
    assert await outbox("state", "attempts", "sent_at IS NOT NULL", "last_error") == [
        ("sent", 1, True, "")
    ]


async def test_a_verb_undone_owes_nothing(db: None, mailbox: Mailbox) -> None:
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await post(CANCELLED, ANNA, cause="x")
            raise ZeroDivisionError

    assert await delivery.deliver(later()) == 0
    assert await states() == []


async def test_nothing_is_owed_outside_a_transaction(db: None) -> None:
    with pytest.raises(RuntimeError):
        await post(CANCELLED, ANNA, cause="x")


async def test_the_same_cause_owes_one_letter(db: None, mailbox: Mailbox) -> None:
    await owe()
    await owe()

    assert await delivery.deliver(later()) == 1


async def test_workers_at_once_send_each_letter_once(db: None, mailbox: Mailbox) -> None:
    for number in range(60):
        await owe(f"cause:{number}")

    await asyncio.gather(*(delivery.deliver(later()) for _ in range(4)))

    assert len(mailbox.received) == 60
    assert len({m["Message-ID"] for m in mailbox.received}) == 60


async def test_the_control_that_claims_without_a_lock_sends_twice(
    db: None, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CLAIM", CLAIM_WITHOUT_LOCK)
    for number in range(5):
        await owe(f"cause:{number}")

    await asyncio.gather(*(delivery.deliver(later()) for _ in range(4)))

    assert len(mailbox.received) > 5


async def test_service_letters_go_before_the_news(db: None, mailbox: Mailbox) -> None:
    await owe("a", letter=replace(CANCELLED, event="Nieuws"))
    async with transaction():
        await delivery.execute("UPDATE outbox_letter SET category = 'news'")
    await owe("b", letter=replace(CANCELLED, event="Pijndag"))

    await delivery.deliver(later())

    assert [str(message["Subject"]) for message in mailbox.received] == [
        "Geannuleerd: Pijndag",
        "Geannuleerd: Nieuws",
    ]


async def test_a_poisonous_letter_is_parked_while_others_go(db: None, mailbox: Mailbox) -> None:
    await owe("poison")
    async with transaction():
        await delivery.execute("UPDATE outbox_letter SET kind = 'place_offered'")
    await owe("good")

    await delivery.deliver(later())

    assert await outbox("state", "last_error") == [
        ("failed", "UndefinedError: 'until' is undefined"),
        ("sent", ""),
    ]


async def test_an_expired_letter_is_dropped_with_its_secret(db: None, mailbox: Mailbox) -> None:
    await owe(letter=SignInLinkLetter.sample(), expires_at=later(1))

    await delivery.deliver(later(2))

    assert await outbox("state", "values::text") == [("dropped", "{}")]
    assert mailbox.received == []


async def test_a_secret_is_forgotten_once_sent(db: None, mailbox: Mailbox) -> None:
    await owe("secret", letter=SignInLinkLetter.sample())
    await owe("plain")

    await delivery.deliver(later())

    assert await outbox("values::text <> '{}'") == [(False,), (True,)]


async def test_a_failed_letter_keeps_its_secret_for_two_weeks(db: None, mailbox: Mailbox) -> None:
    mailbox.at_recipient = ["550 no such mailbox"]
    await owe(letter=SignInLinkLetter.sample())
    await delivery.deliver(later())

    await delivery.deliver(later(13 * 24 * 60))
    assert await outbox("values::text <> '{}'") == [(True,)]
    await delivery.deliver(later(14 * 24 * 60 + 1))

    assert await outbox("state", "values::text") == [("failed", "{}")]


@pytest.mark.parametrize("address", ["", "a@example.org, b@example.org", "a@b@c.nl", "a@nergens"])
async def test_what_is_not_one_address_gets_no_letter(
    db: None, mailbox: Mailbox, address: str
) -> None:
    await owe(to=replace(ANNA, email=address))

    await delivery.deliver(later())

    assert await states() == ["failed"]
    assert mailbox.received == []


async def test_files_hold_whole_letters(db: None, files: Path) -> None:
    await owe()
    [(message_id,)] = await outbox("message_id::text")

    await delivery.deliver(later())

    assert names_in(files) == [f"{message_id}.eml"]
    assert await states() == ["sent"]


async def test_a_folder_that_cannot_be_written_loses_nothing(db: None, files: Path) -> None:
    in_the_way(files)
    await owe()

    await delivery.deliver(later())
    assert await outbox("state", "attempts") == [("retry", 0)]
    out_of_the_way(files)
    await delivery.deliver(later(3))

    assert await states() == ["sent"]


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def in_the_way(folder: Path) -> None:
    folder.write_text("a file where the folder should be")


def out_of_the_way(folder: Path) -> None:
    folder.unlink()
