"""Links that still work, one of each kind: made at a moment, as the product makes them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from server import clock
from server.accounts import one_time_links
from server.accounts import service as accounts
from server.actors import ANONYMOUS, SYSTEM
from server.applications import service as applications
from server.attendance import helpers
from server.newsletters import service as newsletters
from server.people import address_change
from server.registrations import passing_on
from tables.accounts import LinkPurpose
from tests import factories
from tests.applications import cast as applying
from tests.attendance.cast import day
from tests.clients import last_letter
from tests.newsletters.cast import asked, last_token, mailing_list
from tests.registrations import cast as registering

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
FOR_EVER = timedelta(0)
BOARD = replace(SYSTEM, person_id=0)


@dataclass(frozen=True)
class Live:
    """The row of the table it belongs to, its token, what its form sends, and how long it lives.

    `again`: what a second use is told, 409 where it is used up. `looks`: there is a page there.
    """

    shape: str
    token: str
    sent: dict[str, str] = field(default_factory=dict)
    life: timedelta = FOR_EVER
    again: int = 409
    looks: bool = True

    @property
    def path(self) -> str:
        """Its address."""
        folder, _, rest = self.shape.partition("{")
        return folder + self.token + rest.partition("}")[2]


async def sign_in(now: datetime) -> Live:
    who = await factories.known("Anna")
    link = await accounts.sign_in_url(who.id, now=now)
    return Live("/sign-in/{token}", _last(link), life=10 * MINUTE)


async def invitation(now: datetime) -> Live:
    who = await factories.known("Anna")
    link = await one_time_links.make(who.id, LinkPurpose.invitation, now=now)
    return Live("/sign-in/{token}", _last(link.url), life=7 * DAY)


async def set_up(now: datetime) -> Live:
    link = await accounts.set_up_link(now=now)
    sent = {"surname": "Eerste", "email": "eerste@example.com"}
    return Live("/set-up/{token}", _last(link), sent, life=DAY)


async def address(now: datetime) -> Live:
    return Live("/address/confirm/{token}", await _address_asked(now), life=2 * DAY)


async def way_back(now: datetime) -> Live:
    await address_change.confirm(await _address_asked(now), now=now)
    return Live("/address/undo/{token}", await _in_letter(), life=14 * DAY)


async def join(now: datetime) -> Live:
    await applications.apply(ANONYMOUS, await applying.form(), now=now)
    return Live("/join/confirm/{token}", await applying.token(), life=7 * DAY)


async def subscription(now: datetime) -> Live:
    await mailing_list()
    await newsletters.sign_up(ANONYMOUS, asked(), now=now)
    return Live("/newsletters/confirm/{token}", await last_token(), life=7 * DAY, again=303)


async def preferences(now: datetime) -> Live:
    return Live("/newsletters/preferences/{token}", await _subscribed(now), again=303)


async def objection(now: datetime) -> Live:
    shape = "/newsletters/preferences/{token}/objection"
    return Live(shape, await _subscribed(now), again=303, looks=False)


async def leaving(now: datetime) -> Live:
    return Live("/u/{token}", await _subscribed(now), again=200)


async def helping(now: datetime) -> Live:
    event = await factories.event(starts_at=now, ends_at=now + MINUTE)
    token = await helpers.give(BOARD, event.id, "Kim", now=now)
    return Live("/check-in/{token}", token, {"code": "geen"}, life=2 * DAY, again=303)


async def place(_now: datetime) -> Live:
    event, _ = await factories.open_event(5)
    view = await registering.stranger("vreemd@example.com", event.id, now=clock.now())
    return Live("/registrations/{code}/verification", view.code, looks=False)


async def given_up(_now: datetime) -> Live:
    event, _ = await factories.open_event(5)
    view = await registering.register(await factories.known("Anna"), event.id, now=clock.now())
    return Live("/registrations/{code}/cancellation", view.code, looks=False)


async def taken_over(_now: datetime) -> Live:
    return Live("/hand-over/{token}/acceptance", await _handed_on(), looks=False)


async def not_taken(_now: datetime) -> Live:
    return Live("/hand-over/{token}/decline", await _handed_on(), looks=False)


async def evaluation(_now: datetime) -> Live:
    event = await day()
    await event.comes("Anna")
    scores = {"overall": "5", "content": "4", "organisation": "3"}
    return Live("/registrations/{code}/evaluation", event.codes["Anna"], scores)


async def _handed_on() -> str:
    """The link of a colleague; what its page shows is in tests/admission/test_pages.py."""
    event, _ = await factories.open_event(5)
    view = await registering.register(await factories.known("Anna"), event.id, now=clock.now())
    asked = {"name": "Kim", "email": "kim@example.com"}
    await passing_on.ask(ANONYMOUS, view.code, **asked, now=clock.now())
    return await _in_letter()


async def _address_asked(now: datetime) -> str:
    who = factories.acting(await factories.known("Anna"))
    await address_change.ask(replace(who, proved_at=now), "anna.nieuw@example.com", now=now)
    return await _in_letter()


async def _subscribed(now: datetime) -> str:
    """The lasting token of somebody who is on a list."""
    await newsletters.confirm((await subscription(now)).token, now=now)
    await newsletters.sign_up(ANONYMOUS, asked(), now=now)
    return await last_token()


async def _in_letter() -> str:
    return _last(str((await last_letter())["url"]))


def _last(url: str) -> str:
    return url.rpartition("/")[2]


MAKERS: tuple[Callable[[datetime], Awaitable[Live]], ...] = (
    *(sign_in, invitation, set_up, address, way_back, join, subscription, preferences, objection),
    *(leaving, helping, place, given_up, evaluation, taken_over, not_taken),
)
SHAPES = {
    *("/sign-in/{token}", "/set-up/{token}", "/address/confirm/{token}", "/address/undo/{token}"),
    *("/join/confirm/{token}", "/newsletters/confirm/{token}", "/newsletters/preferences/{token}"),
    *("/newsletters/preferences/{token}/objection", "/u/{token}", "/check-in/{token}"),
    *("/hand-over/{token}", "/hand-over/{token}/acceptance", "/hand-over/{token}/decline"),
}
