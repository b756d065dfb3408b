"""Every address of the product: the table of contents."""

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from server.accounts import pages as accounts
from server.errors import NotFound
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

ROUTES = [*ACCOUNTS, see("/static/{name:str}", static)]
