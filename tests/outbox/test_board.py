"""What the board may do to a letter, and what it can never see."""

import pytest

from emails.letters.accounts import SignInLinkLetter
from server.actors import Actor
from server.database import execute, transaction
from server.errors import WrongState
from server.outbox import delivery, queries, service
from tests import factories
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import CANCELLED, later, outbox, owe, states

pytestmark = pytest.mark.anyio
CARLA = Actor(name="Carla", roles=frozenset({"board"}))


async def test_a_failed_letter_is_tried_again_under_the_same_id(db: None, mailbox: Mailbox) -> None:
    mailbox.at_message = ["550 no"]
    await owe()
    before = await outbox("message_id")
    await delivery.deliver(later())

    await service.release(CARLA, 1, now=later())
    assert await outbox("state", "attempts") == [("queued", 0)]
    await delivery.deliver(later(2))

    assert await states() == ["sent"]
    assert await outbox("message_id") == before


async def test_a_letter_that_forgot_its_secret_is_not_sent_again(
    db: None, mailbox: Mailbox
) -> None:
    mailbox.at_message = ["550 no"]
    await owe(letter=SignInLinkLetter.sample(), expires_at=later(5))
    await delivery.deliver(later(1))
    await delivery.tidy(later(6))

    with pytest.raises(service.Forgotten):
        await service.release(CARLA, 1, now=later(6))

    assert await states() == ["failed"]


async def test_a_letter_that_went_is_not_sent_again(db: None, mailbox: Mailbox) -> None:
    await owe()
    await delivery.deliver(later())

    with pytest.raises(WrongState):
        await service.release(CARLA, 1, now=later())


async def test_a_letter_held_back_waits(db: None, mailbox: Mailbox) -> None:
    await owe()

    await service.hold(CARLA, 1)
    assert await delivery.deliver(later()) == 0
    await service.release(CARLA, 1, now=later())
    await delivery.deliver(later())

    assert await states() == ["sent"]


async def test_a_letter_dropped_forgets_what_it_said(db: None, mailbox: Mailbox) -> None:
    await owe()

    await service.drop(CARLA, 1, reason="dubbel")

    assert await outbox("state", "values::text") == [("dropped", "{}")]
    lines = await execute("SELECT actor, action, reason FROM audit_entry")
    assert lines == [{"actor": "Carla", "action": "drop", "reason": "dubbel"}]


async def test_who_is_forgotten_gets_nothing_more(db: None, mailbox: Mailbox) -> None:
    anna = await factories.person("De Vries")
    to = service.Recipient(anna.id, "Anna de Vries", "anna@example.org", "nl")
    await owe("sent", to=to)
    await delivery.deliver(later())
    await owe("queued", to=to)
    await owe("somebody else's")

    async with transaction():
        assert await service.forget_person(CARLA, anna.id) == 2

    assert await outbox("state", "address", "values::text <> '{}'") == [
        ("sent", "", False),
        ("dropped", "", False),
        ("queued", "anna@example.org", True),
    ]


async def test_a_person_sees_the_letters_that_reached_them(db: None, mailbox: Mailbox) -> None:
    anna = await factories.person("De Vries")
    to = service.Recipient(anna.id, "Anna de Vries", "anna@example.org", "nl")
    await owe("hers", to=to)
    await owe("somebody else's")
    await delivery.deliver(later())
    await owe("not yet gone", to=to)

    letters = await queries.received_by(anna.id)

    assert [(letter.kind, letter.state) for letter in letters] == [(CANCELLED.kind(), "sent")]
    assert await queries.counts() == {"sent": 2, "queued": 1}
