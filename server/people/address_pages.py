"""What the links about another address open: a button for the new one, a way back for the old."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.people import address_change
from server.web.pages import page, secret, see_other

AnyRequest = Request[Any, Any, Any]


async def confirming(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What the link to the new address opens: a button."""
    change = await _look(address_change.to_confirm, token)
    return _linked(request, "confirm", token, change)


async def confirm(token: FromPath[str]) -> Response[Any]:
    """The new address is theirs."""
    await address_change.confirm(token, now=clock.now())
    return see_other("/sign-in?next=/me", notice="people.notice.address_changed")


async def undoing(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What the link to the old address opens: a button; see `reclaiming.pages.take_back`."""
    change = await _look(address_change.to_undo, token)
    return _linked(request, "undo", token, change)


async def _look(find: Any, token: str) -> address_change.Change | None:
    try:
        found: address_change.Change = await find(token, now=clock.now())
    except address_change.LinkUsedUp:
        return None
    return found


def _linked(
    request: AnyRequest, what: str, token: str, change: address_change.Change | None
) -> Response[Any]:
    status = 200 if change else 410
    response = page(
        request, "people/address.html", status=status, what=what, token=token, change=change
    )
    return secret(response)
