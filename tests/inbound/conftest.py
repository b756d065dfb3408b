"""Anna, who was invited by mail, and whatever her calendar answers."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import msgspec
import pytest

from server import settings
from server.database import execute
from server.inbound import service
from server.inbound.service import Taken
from server.outbox import answer_address
from server.readers import READERS
from tests import factories
from tests.factories import NOON
from tests.inbound import raw
from tests.invitations.cast import Mail, send
from tests.outbox.conftest import mailbox
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY, register

__all__ = ["mailbox"]
SECRET = "s" * 40


@dataclass
class Invited:
    """A person, the event, and how an answer is addressed."""

    person_id: int
    event_id: int
    uid: str
    to: str
    code: str
    mail: Mail

    def reply(self, partstat: str = "DECLINED", **more: object) -> bytes:
        return raw.calendar(self.uid, self.to, partstat=partstat, **more)  # type: ignore[arg-type]

    async def answer(self) -> str:
        """What is noted of her calendar."""
        rows = await execute(
            "SELECT answer FROM calendar_invitation WHERE person = $1", self.person_id
        )
        return str(rows[0]["answer"])

    async def state(self) -> str:
        rows = await execute("SELECT state FROM registration_line")
        return str(rows[0]["state"])


async def take(message: bytes) -> Taken:
    return await service.take(message, READERS, now=NOON)


@pytest.fixture
async def invited(db: None, mailbox: Mailbox) -> AsyncIterator[Invited]:
    using = msgspec.structs.replace(
        settings.current(), inbound_secret=SECRET, agenda_address="agenda@example.org"
    )
    settings.use(using)
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    view = await register(anna, event.id)
    (mail,) = await send(mailbox, EARLY)
    to = answer_address.of_person(anna.id)
    yield Invited(anna.id, event.id, mail.value("UID"), to, view.code, mail)


Make = Callable[..., bytes]
