"""A notice that the board writes down after the period in which it came."""

import pytest

from emails.rendering import render
from server.errors import Invalid
from server.memberships import deciding, notice, service
from server.memberships.refusals import AlreadyEnding
from tests.clients import last_letter
from tests.factories import NOON
from tests.memberships.test_deciding import periods
from tests.memberships.test_service import CARLA, DAY, JOINED, TODAY, kind, member
from tests.newsletters.cast import acting, person

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def test_notice_of_before_the_end_is_noted_in_the_days_of_grace() -> None:
    dirk, last = await person("dirk@example.org", "Dirk"), TODAY - 5 * DAY
    type_id = await kind(grace_days=30)
    one = await service.start(CARLA, int(dirk.id), type_id, starts_on=JOINED, ends_on=last)
    with pytest.raises(AlreadyEnding):
        await notice.give(acting(dirk), one, now=NOON)
    for came, noted in ((last + DAY, NOON), (last, NOON + 26 * DAY)):
        with pytest.raises(AlreadyEnding):
            await notice.give(CARLA, one, received_on=came, now=noted)

    await notice.give(CARLA, one, received_on=last - 5 * DAY, now=NOON)

    assert await periods(acting(dirk)) == [("gewoon", JOINED, last, "member")]
    said = render("notice_received", "nl", await last_letter(), "service").text
    assert ("eindigde op" in said, "intrekken" in said) == (True, False)


async def test_notice_of_before_a_conversion_is_noted_after_it_began() -> None:
    anna, first = await member()
    begins, later = TODAY + 10 * DAY, NOON + 12 * DAY
    type_id = await kind("aspirant", notice_to="immediate")
    second = await deciding.convert(CARLA, first, type_id, from_on=begins, now=NOON)
    with pytest.raises(Invalid):
        await notice.give(CARLA, second, received_on=JOINED - DAY, now=later)

    last = await notice.give(CARLA, second, received_on=begins - 2 * DAY, now=later)

    assert last == begins
    assert ("aspirant", begins, begins, "member") in await periods(anna)
