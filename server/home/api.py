"""Who you are, and what the API can do."""

from typing import Any

import msgspec
from litestar import Request, Response

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
    body = msgspec.json.encode(request.app.openapi_schema.to_schema())
    return Response(body, media_type="application/json")


async def documentation(request: AnyRequest) -> Response[Any]:
    """The same as a page that people read."""
    schema = request.app.openapi_schema.to_schema()
    return page(request, "home/api.html", paths=schema.get("paths", {}), scopes=list(Scope))
