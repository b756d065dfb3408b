"""Somebody whose session, or second step, ended while they wrote: nothing typed is lost."""

from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import signature
from typing import Any

from litestar import Request, Response

from server.errors import ProofNeeded, SignInNeeded
from server.web.forms import sent
from server.web.pages import page, secret

SECRETS = {"password", "code"}  # never written into a page
NOT_WRITTEN = {"key", "revision"}  # sent again, but nobody wrote them
LONGEST_CHOICE = 12  # what a button or a list sends has no spaces and is shorter
Handler = Callable[..., Awaitable[Response[Any]]]


def keeping(handler: Handler) -> Handler:
    """The handler of a form, which gives back what it cannot take yet.

    One that does not look at the request asks nobody to sign in.
    """
    if "request" not in signature(handler).parameters:
        return handler

    @wraps(handler)
    async def kept(request: Request[Any, Any, Any], **more: Any) -> Response[Any]:
        try:
            return await handler(request=request, **more)
        except (SignInNeeded, ProofNeeded) as needed:
            written = await _written(request)
            if not written:
                raise
            return _once_more(request, written, needed)

    return kept


async def _written(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """What was sent, if somebody wrote any of it: a button or a box is pressed again soon."""
    fields = [(name, text) for name, text in (await sent(request)).multi_items() if text]
    texts = [(name, text) for name, text in fields if isinstance(text, str)]
    is_writing = any(
        len(text) > LONGEST_CHOICE or " " in text or "@" in text
        for name, text in texts
        if name not in NOT_WRITTEN
    )
    return texts if is_writing and not SECRETS & {name for name, _ in texts} else []


def _once_more(
    request: Request[Any, Any, Any], written: list[tuple[str, str]], needed: Exception
) -> Response[Any]:
    """What was sent as a form to send again after signing in beside it.

    Reads nothing but the request: a stranger learns nothing of what stands at the address.
    """
    is_out = isinstance(needed, SignInNeeded)
    answer = secret(
        page(
            request,
            "errors/signed_out.html",
            status=401 if is_out else 403,
            written=written,
            shown=[text for name, text in written if name not in NOT_WRITTEN and len(text) > 2],
            way_in="/sign-in?next=/me" if is_out else "/second-step?next=/me",
            about="signed_out" if is_out else "proof",
        )
    )
    if is_out:
        answer.headers["WWW-Authenticate"] = 'Cookie realm="netwerk"'
    return answer
