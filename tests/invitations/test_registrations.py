"""What the calendar of somebody who registers is told, mail by mail."""

from datetime import timedelta

import pytest

from server.actors import SYSTEM
from server.registrations import organising
from tests import factories
from tests.invitations.cast import send
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import EARLY, register

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


async def moved(event_id: int, by: timedelta) -> None:
    event = await factories.Event.objects().get(factories.Event.id == event_id)
    assert event is not None
    values = {"starts_at": event.starts_at + by, "ends_at": event.ends_at + by}
    await organising.change_event(SYSTEM, event_id, values, now=EARLY)


async def test_a_confirmed_place_stands_in_the_calendar_at_once(mailbox: Mailbox) -> None:
    anna = await factories.anna()
    event, _ = await factories.open_event(5, published_at=EARLY)
    await register(anna, event.id)

    (mail,) = await send(mailbox, EARLY)

    assert mail.subject == "U heeft een plaats: Pijndag"
    assert mail.told == ("REQUEST", 1)
