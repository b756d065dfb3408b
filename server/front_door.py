"""What every request passes first: host, origin, who asks, headers, and one line in the log."""

import time
from collections.abc import Callable
from datetime import datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from litestar import Request, Response
from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from server import clock
from server.accounts import api_tokens, rules, sessions, token_queries
from server.accounts import queries as accounts
from server.accounts.cookies import SESSION
from server.actors import ANONYMOUS, Actor
from server.database import STATEMENTS
from server.errors import TokenRefused
from server.settings import Settings
from server.web import cookies
from server.web.log import log
from server.web.policy import CSP
from server.web.refusals import API, http_error, not_allowed, surprise, token_refused
from server.web.same_origin import is_allowed

BY_OTHERS = ("/u/",)  # RFC 8058: mail providers post here; the address itself is the authority
WITHOUT_SESSION = (
    "/static/",
    "/health",
    "/calendars/public.ics",
    "/calendars/groups/",
    "/calendars/deadlines.ics",
)
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SECRET = (
    *("/sign-in/", "/set-up/", "/calendars/personal/", "/join/", "/address/"),
    *("/u/", "/newsletters/confirm/", "/newsletters/preferences/"),
    *("/registrations/", "/api/registrations/", "/check-in/"),
)
HEADERS = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"strict-origin-when-cross-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
}
HSTS = {b"strict-transport-security": b"max-age=31536000; includeSubDomains"}


def front_door(inside: ASGIApp, settings: Settings) -> ASGIApp:
    """Wrap the whole application, its error pages and mounts included."""
    always = HEADERS | (HSTS if settings.is_secure else {})
    hosts = {str(urlsplit(settings.base_url).hostname)} | (
        set() if settings.is_secure else LOOPBACK
    )

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await inside(scope, receive, send)
            return
        visit = _Visit(scope, send, always)
        scope["state"] |= {"actor": ANONYMOUS, "request_id": visit.id}
        if _host(scope) not in hosts:
            _forget_host(scope)
            await _refuse(http_error, HTTPException(status_code=421), scope, receive, visit.send)
        elif _is_foreign(scope):
            await _refuse(not_allowed, PermissionError(), scope, receive, visit.send)
        else:
            await _let_in(inside, scope, receive, visit.send)
        visit.write_line()

    return enter


class _Visit:
    """One request: adds the headers to its answer and remembers what the log wants to know."""

    def __init__(self, scope: Scope, send: Send, always: dict[bytes, bytes]) -> None:
        self.id = uuid4().hex[:12]
        self.status = 0
        self._path = scope["path"]  # a mount cuts its prefix off
        self._scope, self._send, self._always = scope, send, always
        self._began = time.perf_counter()
        self._statements = [0]
        STATEMENTS.set(self._statements)

    async def send(self, message: Message) -> None:
        """Pass an answer on, with the headers that every answer carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [*message.get("headers", [])]
            names = {name.lower() for name, _ in given}
            given += [item for item in self._always.items() if item[0] not in names]
            message["headers"] = [*given, (b"x-request-id", self.id.encode())]
        await self._send(message)

    def write_line(self) -> None:
        """One line: never a body, a cookie, a query or a secret address."""
        path = self._path
        secret = next((start for start in SECRET if path.startswith(start)), None)
        state = self._scope["state"]
        address = {"feed_token": state["feed_token"]} if "feed_token" in state else {}
        log.info(
            "request",
            method=self._scope.get("method"),
            path=f"{secret}…" if secret else path,
            status=self.status,
            ms=round((time.perf_counter() - self._began) * 1000, 1),
            statements=self._statements[0],
            request=self.id,
            person=state["actor"].person_id,
            **address,
        )


async def _let_in(inside: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """On to the page, once it is known who asks."""
    if not scope["path"].startswith(WITHOUT_SESSION):
        try:
            scope["state"]["actor"] = await _who(scope, clock.now())
        except TokenRefused as error:
            await _refuse(token_refused, error, scope, receive, send)
            return
        except Exception as error:  # the handlers of errors stand further in
            await _refuse(surprise, error, scope, receive, send)
            return
    await inside(scope, receive, send)


async def _who(scope: Scope, now: datetime) -> Actor:
    """Whoever the token or else the session cookie belongs to, or a stranger."""
    bearer = _bearer(scope)
    if bearer is not None:
        return await _program(bearer, now)
    token = _cookie(scope, cookies.name_of(SESSION))
    found = await accounts.find_actor(token, now) if token else None
    if found is None:
        return ANONYMOUS
    actor, last_used_at = found
    if actor.session_id is not None and now - last_used_at > rules.TOUCH_EVERY:
        await sessions.touch(actor.session_id, now=now)
    return actor


async def _program(token: str, now: datetime) -> Actor:
    """The owner of an API token, with what its scopes allow. Raises TokenRefused."""
    found = await token_queries.find_actor(token, now)
    if found is None:
        raise TokenRefused
    if found.last_used_at is None or now - found.last_used_at > rules.TOUCH_EVERY:
        await api_tokens.touch(found.token_id, now=now)
    return found.actor


def _bearer(scope: Scope) -> str | None:
    """What a program brings, to the API only; with it no cookie counts. None: no program."""
    if not scope["path"].startswith(API):
        return None
    scheme, _, token = _headers(scope).get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _cookie(scope: Scope, name: str) -> str | None:
    header = _headers(scope).get("cookie", "")
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _host(scope: Scope) -> str:
    """The name by which we were asked for; links in letters must never follow a stranger's."""
    try:
        asked = urlsplit(f"//{_headers(scope).get('host', '')}")
        _ = asked.port  # a port that cannot be is found by reading it
        return asked.hostname or ""
    except ValueError:
        return ""


def _forget_host(scope: Scope) -> None:
    """The page that refuses a name must not read it again: it may be no name at all."""
    scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"host"]


async def _refuse(
    handler: Callable[..., Response[Any]],
    error: Exception,
    scope: Scope,
    receive: Receive,
    send: Send,
) -> None:
    request: Request[Any, Any, Any] = Request(scope)
    await handler(request, error).to_asgi_response(None, request)(scope, receive, send)


def _is_foreign(scope: Scope) -> bool:
    """Somebody else's page tries to act with our reader's cookies."""
    if scope["path"].startswith(BY_OTHERS) or _bearer(scope) is not None:
        return False  # no browser adds these by itself
    headers = _headers(scope)
    return not is_allowed(str(scope.get("method")), headers, headers.get("host", ""))
