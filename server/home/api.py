"""Who you are, and what the API can do."""

from functools import lru_cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response

from server import clock
from server.registrations import queries as registrations
from server.registrations.schemas import RegistrationOut, registration_out
from server.web.pages import page
from server.web.scopes import Scope
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]


class Me(msgspec.Struct):
    """You, as you are signed in."""

    name: str
    email: str
    language: str
    is_member: bool
    is_board: bool
    registrations: list[RegistrationOut]


async def me(request: AnyRequest) -> Me:
    """Who you are, and your registrations for events that are not over."""
    actor = require_signed_in(request)
    mine = await registrations.of_person(actor.person_id or 0, since=clock.now())
    return Me(
        name=actor.name,
        email=actor.email,
        language=actor.language,
        is_member=actor.is_member,
        is_board=actor.is_board,
        registrations=[registration_out(view, clock.now()) for view in mine],
    )


async def openapi(request: AnyRequest) -> Response[Any]:
    """The description of the API (OpenAPI 3.1)."""
    return Response(_described(request.app)[1], media_type="application/json")


async def documentation(request: AnyRequest) -> Response[Any]:
    """The same as a page that people read."""
    paths = _described(request.app)[0].get("paths", {})
    return page(request, "home/api.html", paths=paths, scopes=list(Scope))


@lru_cache(maxsize=1)
def _described(app: Litestar) -> tuple[dict[str, Any], bytes]:
    """The description and its bytes: the same as long as the program runs, and slow to make."""
    schema = app.openapi_schema.to_schema()
    return schema, msgspec.json.encode(schema)
