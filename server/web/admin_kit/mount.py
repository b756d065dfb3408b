"""The admin inside the site: a guard before it, headers on it, and only what it needs reachable.

Decision 0008. Litestar 2.25 hands a mount a path without its prefix and without `root_path`, so
both are rebuilt here.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import unquote

from litestar.connection import ASGIConnection, Request
from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from server import clock, language
from server.errors import NotFound, TooMany
from server.web import rate_limit, refusals, same_origin
from server.web.admin_kit import front, router
from server.web.admin_kit.desk import Desk
from server.web.admin_kit.links import MOUNT
from server.web.refusals import AnyRequest
from server.web.visitor import Connection, actor_of, language_of

BODY_BYTES = 10 * 1024 * 1024
OPEN = ("/api/tables/", "/api/links/", "/api/forms/", "/api/user/")
OPEN_PUBLIC = ("/public/meta/", "/public/translations/")
EXPORT = "/csv/"
A_MINUTE, MINUTE_SECONDS = 600, 60  # a person clicks; what asks ten times a second is a program
FOR_EVER = "public, max-age=31536000, immutable"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
}


def mount(desks: Sequence[Desk], links: Mapping[str, str]) -> ASGIRouteHandler:
    """The route handler of `/admin` for these desks."""

    @lru_cache(maxsize=64)
    def admin_of(roles: frozenset[str]) -> router.DeskAdmin:
        """The admin of one set of offices: it holds nothing that they may not see."""
        own = (desk.of(roles) for desk in desks)
        return router.build([desk for desk in own if desk is not None], links)

    @asgi(MOUNT, is_mount=True, copy_scope=True)
    async def admin_mount(scope: Scope, receive: Receive, send: Send) -> None:
        path = unquote(scope["raw_path"].split(b"?")[0].decode("latin-1"))
        inner = path.removeprefix(MOUNT)
        try:
            outside = _guard(scope, inner) or _own(scope, inner) or await _too_often(scope)
        except NotFound as absent:
            scope["path"] = path  # a copy of our own; pages say where they are
            await _not_found(scope, absent)(scope, receive, send)
            return
        if outside is not None:
            await outside(scope, receive, _with_headers(send, inner))  # type: ignore[arg-type]
            return
        scope["state"]["admin_language"] = language_of(ASGIConnection(scope))
        inside = {**scope, "path": path, "root_path": MOUNT}
        admin = admin_of(actor_of(ASGIConnection(scope)).roles)
        await admin(inside, receive, _with_headers(send, inner))  # type: ignore[arg-type]

    return admin_mount


def _not_found(scope: Scope, absent: NotFound) -> ASGIApp:
    """The page of the site, the same as at any address that does not exist."""
    request: AnyRequest = Request(scope)
    return refusals.not_found(request, absent).to_asgi_response(None, request)


def _guard(scope: Scope, inner: str) -> Response | None:
    """Why a request does not come in. Raises NotFound where the admin must not seem to exist."""
    connection: Connection = ASGIConnection(scope)
    actor, method = actor_of(connection), str(scope["method"])  # type: ignore[typeddict-item]
    if inner and not inner.startswith("/"):
        raise NotFound  # Litestar's mount also takes `/administrator`
    is_page = inner in ("", "/") and method in ("GET", "HEAD")
    if not actor.is_signed_in:
        return _go(f"/sign-in?next={MOUNT}/") if is_page else _sign_in_needed(connection)
    if not actor.holds_office or not _is_reachable(inner):
        raise NotFound
    if not actor.is_board or (inner.endswith(EXPORT) and not actor.is_fresh(clock.now())):
        is_page |= inner.endswith(EXPORT)
        return _go(f"/second-step?next={MOUNT}/") if is_page else _proof_needed(connection)
    if not same_origin.is_allowed(method, connection.headers, connection.headers.get("host", "")):
        return PlainTextResponse("", 403)
    return _too_much(connection)


def _go(path: str) -> Response:
    return RedirectResponse(path, status_code=303)


def _sign_in_needed(connection: Connection) -> Response:
    detail = language.text(language_of(connection), "admin.sign_in_needed")
    return JSONResponse({"detail": detail}, 401, {"WWW-Authenticate": 'Cookie realm="netwerk"'})


def _proof_needed(connection: Connection) -> Response:
    detail = language.text(language_of(connection), "errors.proof_needed")
    return JSONResponse({"detail": detail}, 403)


async def _too_often(scope: Scope) -> Response | None:
    """Somebody's program, or somebody's stolen session, empties the register row by row."""
    connection: Connection = ASGIConnection(scope)
    key = f"admin:{actor_of(connection).person_id}"
    try:
        await rate_limit.allow(key, A_MINUTE, MINUTE_SECONDS, clock.now())
    except TooMany as no:
        seconds = str(no.values["seconds"])
        detail = language.text(language_of(connection), no.message_key, seconds=seconds)
        return JSONResponse({"detail": detail}, 429, {"Retry-After": seconds})
    return None


def _too_much(connection: Connection) -> Response | None:
    """A body says how long it is, and that is not too long."""
    length = connection.headers.get("content-length", "0")
    if "transfer-encoding" in connection.headers or not length.isdecimal():
        return PlainTextResponse("", 411)
    return PlainTextResponse("", 413) if int(length) > BODY_BYTES else None


def _is_reachable(inner: str) -> bool:
    """Only what the interface needs: no second way to sign in, no API documents, no media."""
    return inner in ("", "/") or inner.startswith((front.ASSETS, *OPEN, *OPEN_PUBLIC))


def _own(scope: Scope, inner: str) -> Response | None:
    """The page and the files of the interface, which are ours."""
    if inner == "":
        return RedirectResponse(f"{MOUNT}/", status_code=307)
    said = language_of(ASGIConnection(scope))
    if inner == "/":
        return Response(front.page(said), media_type="text/html; charset=utf-8")
    if not inner.startswith(front.ASSETS):
        return None
    return _file(scope, inner)


def _file(scope: Scope, address: str) -> Response:
    if address not in front.files():
        raise NotFound
    body, media_type = front.files()[address]
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
    connection: Connection = ASGIConnection(scope)
    if "gzip" in connection.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = front.smaller(address), "gzip"
    return Response(body, media_type=media_type, headers=headers)


def _with_headers(send: Send, inner: str) -> Send:
    kept = {} if inner.startswith(front.ASSETS) else {"cache-control": "no-store"}
    ours = {name.encode(): value.encode() for name, value in (HEADERS | kept).items()}

    async def wrapped(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = [pair for pair in message["headers"] if pair[0].lower() not in ours]
            message["headers"] = [*given, *ours.items()]
        await send(message)

    return wrapped
