"""What the button behind the link to the old address does; the page is `people.pages.undoing`."""

from typing import Any

from litestar import Response
from litestar.params import FromPath

from server import clock
from server.reclaiming import service
from server.web.pages import see_other


async def take_back(token: FromPath[str]) -> Response[Any]:
    """The old address again, and nobody else in the account."""
    await service.take_back(token, now=clock.now())
    return see_other("/sign-in?next=/me/security", notice="people.notice.address_restored")
