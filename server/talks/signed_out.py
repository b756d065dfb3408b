"""Somebody whose session ended while they wrote: nothing typed is lost."""

from typing import Any

from litestar import Request, Response

from server.errors import SignInNeeded
from server.web.forms import sent
from server.web.pages import page

WRITTEN = ("title", "abstract", "remark", "note", "reason")


async def typed_again(request: Request[Any, Any, Any]) -> Response[Any]:
    """What was sent, as a form to send once more after signing in beside it. Answers 401.

    Reads nothing but the request: a stranger learns nothing of what stands at the address.
    Raises SignInNeeded where nothing was written.
    """
    kept = [(k, v) for k, v in (await sent(request)).multi_items() if isinstance(v, str)]
    if not any(name in WRITTEN and value.strip() for name, value in kept):
        raise SignInNeeded
    answer = page(request, "talks/signed_out.html", status=401, kept=kept, written=WRITTEN)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["WWW-Authenticate"] = 'Cookie realm="netwerk"'
    return answer
