"""Several events of a series at once: a mail changes one entry, so each has a mail of its own."""

import pytest

from server.actors import SYSTEM
from server.database import execute
from server.series import stepping
from server.series.rules import Scope
from tests import factories
from tests.invitations.cast import send, told
from tests.outbox.mailbox import Mailbox
from tests.registrations.cast import register
from tests.series import cast
from tests.series.test_changing import change, half_past_seven

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def coming(mailbox: Mailbox, made: int, name: str, *, is_sent: bool = True) -> list[int]:
    """Somebody has a place at each event of a series."""
    who = await factories.known(name)
    ids = await cast.event_ids(made)
    for one in ids:
        await register(who, one, now=cast.NOW)
    if is_sent:
        await send(mailbox, cast.NOW)
    return ids


async def test_each_event_that_a_mail_brought_is_moved_by_a_mail(mailbox: Mailbox) -> None:
    made = await cast.series(3)
    ids = await coming(mailbox, made, "Anna")

    await change(ids[0], Scope.all, half_past_seven(2, 9))
    mails = await send(mailbox, cast.NOW)

    assert [mail.subject for mail in mails] == ["Gewijzigd: Casuïstiek"] * 3
    assert [mail.told[0] for mail in mails] == ["REQUEST"] * 3
    assert len({mail.value("UID") for mail in mails}) == 3
    assert {mail.value("DTSTART")[-6:] for mail in mails} == {"193000"}


async def test_whom_no_mail_invited_gets_one_letter(mailbox: Mailbox) -> None:
    made = await cast.series(3)
    ids = await coming(mailbox, made, "Anna", is_sent=False)
    await execute("DELETE FROM outbox_letter")

    await change(ids[0], Scope.all, half_past_seven(2, 9))

    assert told(await send(mailbox, cast.NOW)) == [None]


async def test_what_is_cancelled_together_is_taken_out_one_by_one(mailbox: Mailbox) -> None:
    made = await cast.series(3)
    await coming(mailbox, made, "Anna")

    slugs = (await cast.slugs(made))[1:]
    await stepping.take(SYSTEM, made, "cancel", slugs, reason="Verbouwing", now=cast.NOW)
    mails = await send(mailbox, cast.NOW)

    assert [mail.subject for mail in mails] == ["Geannuleerd: Casuïstiek"] * 2
    assert [mail.told[0] for mail in mails] == ["CANCEL"] * 2
    assert {mail.value("STATUS") for mail in mails} == {"CANCELLED"}
