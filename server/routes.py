"""Every address of the product: the table of contents."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post, route
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from server.accounts import pages as accounts
from server.calendars import addresses
from server.calendars import pages as calendars
from server.errors import NotFound
from server.health import health
from server.events import pages as events
from server.newsletters import board as mailing_lists
from server.newsletters import pages as newsletters
from server.registrations import pages as registrations
from server.web import assets

ForEver = {"Cache-Control": "public, max-age=31536000, immutable"}


async def static(name: FromPath[str]) -> Response[bytes]:
    """A file under a name that changes with its content."""
    found = assets.contents().get(f"{assets.PREFIX}/{name}")
    if found is None:
        raise NotFound
    return Response(found[0], media_type=found[1], headers=ForEver)


def see(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """A page to look at."""
    return get(path, include_in_schema=False)(handler)


def feed(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """An address that calendar programs fetch; they ask for its head too."""
    return route(path, http_method=["GET", "HEAD"], include_in_schema=False)(handler)


def act(path: str, handler: Callable[..., Any]) -> BaseRouteHandler:
    """A form that somebody sends."""
    return post(path, status_code=200, include_in_schema=False)(handler)


ACCOUNTS = [
    see("/sign-in", accounts.ask),
    act("/sign-in", accounts.send),
    see("/sign-in/{token:str}", accounts.arrive),
    act("/sign-in/{token:str}", accounts.enter),
    act("/sign-out", accounts.leave),
    see("/set-up/{token:str}", accounts.set_up_page),
    act("/set-up/{token:str}", accounts.set_up),
    see("/me/devices", accounts.devices),
    act("/me/devices/{session_id:int}/end", accounts.end_device),
]

NEWSLETTERS = [
    see("/newsletters", newsletters.sign_up),
    act("/newsletters", newsletters.ask),
    see("/newsletters/asked", newsletters.asked),
    see("/newsletters/confirm/{token:str}", newsletters.confirming),
    act("/newsletters/confirm/{token:str}", newsletters.confirm),
    see("/newsletters/preferences/{token:str}", newsletters.preferences),
    act("/newsletters/preferences/{token:str}", newsletters.prefer),
    act("/newsletters/preferences/{token:str}/objection", newsletters.object_to_all),
    see("/u/{token:str}", newsletters.leaving),
    act("/u/{token:str}", newsletters.leave),
    see("/me/newsletters", newsletters.mine),
    act("/me/newsletters", newsletters.choose),
    see("/board/newsletters", mailing_lists.overview),
    see("/board/newsletters/{slug:str}", mailing_lists.subscribers),
    see("/board/newsletters/{slug:str}/subscribers.csv", mailing_lists.subscribers_csv),
    see("/board/newsletters/{slug:str}/subscribers.xlsx", mailing_lists.subscribers_xlsx),
    see("/board/newsletters/{slug:str}/suppressed.csv", mailing_lists.suppressed_csv),
    see("/board/newsletters/{slug:str}/suppressed.xlsx", mailing_lists.suppressed_xlsx),
]

EVENTS = [
    see("/events", events.agenda),
    see("/events/past", events.past),
    see("/events/{slug:str}", events.show_event),
    see("/events/{slug:str}/registration", registrations.form),
    act("/events/{slug:str}/registration", registrations.register),
    see("/registrations/{code:str}", registrations.mine),
    act("/registrations/{code:str}/verification", registrations.verify),
    act("/registrations/{code:str}/acceptance", registrations.accept),
    act("/registrations/{code:str}/decline", registrations.decline),
    act("/registrations/{code:str}/cancellation", registrations.cancel),
]

CALENDARS = [
    see("/calendars", calendars.index),
    act("/calendars/addresses", calendars.create),
    see("/calendars/addresses/new", calendars.shown),
    act("/calendars/addresses/{address_id:int}/revocation", calendars.revoke),
]

FEEDS = [
    feed("/calendars/public.ics", addresses.public),
    feed("/calendars/groups/{file:str}", addresses.group),
    feed("/calendars/personal/{file:str}", addresses.personal),
    feed("/events/{slug:str}/event.ics", addresses.event),
]

ROUTES = [
    *ACCOUNTS,
    *CALENDARS,
    *FEEDS,
    *EVENTS,
    *NEWSLETTERS,
    see("/static/{name:str}", static),
    see("/health", health),
]
