"""What the product says when it says no: one page, or one problem+json (RFC 9457), for each kind.

Edges never catch a Refusal; these handlers are the only place where it becomes an answer.
"""

import traceback
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from server import language
from server.errors import (
    Invalid,
    NotAllowed,
    NotFound,
    ProofNeeded,
    Refusal,
    ScopeNeeded,
    SignInNeeded,
    TokenRefused,
    TooMany,
    WrongState,
)
from server.web.log import log
from server.web.pages import page, secret
from server.web.visitor import language_of

AnyRequest = Request[Any, Any, Any]
PROBLEM = "application/problem+json"
API = "/api/"


def refused(request: AnyRequest, refusal: Refusal) -> Response[str]:
    """A rule said no: 409 with its sentence, or 429 when asked too often."""
    status = 429 if isinstance(refusal, TooMany) else 409
    response = _answer(request, status, "errors/refusal.html", sentence(request, refusal))
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.values.get("seconds", 60))
    return response


def sentence(request: AnyRequest, refusal: Refusal) -> str:
    """The refusal in the reader's words, with what is possible instead."""
    said = language_of(request)
    values: dict[str, Any] = dict(refusal.values)
    if isinstance(refusal, WrongState):
        values = _in_words(said, values)
    return language.text(said, refusal.message_key, **values)


def _in_words(said: str, values: Mapping[str, Any]) -> dict[str, Any]:
    machine, allowed = values["machine"], values["allowed"]
    actions = allowed if isinstance(allowed, tuple) else ()
    words = [language.text(said, f"states.{machine}.action.{action}") for action in actions]
    return {
        "state": language.text(said, f"states.{machine}.{values['state']}"),
        "allowed": ", ".join(words) or language.text(said, "errors.nothing_possible"),
    }


def not_found(request: AnyRequest, _error: Exception) -> Response[str]:
    """It does not exist, or not for this reader."""
    return _answer(request, 404, "errors/not_found.html", _say(request, "errors.not_found"))


def not_allowed(request: AnyRequest, _error: Exception) -> Response[str]:
    """Known to exist, not open to this reader."""
    return _answer(request, 403, "errors/not_allowed.html", _say(request, "errors.not_allowed"))


def sign_in_needed(request: AnyRequest, _error: Exception) -> Response[Any]:
    """Pages lead to the sign-in page and back again; the API answers 401."""
    if request.url.path.startswith(API):
        response = _problem(401, _say(request, "errors.sign_in_needed"))
        response.headers["WWW-Authenticate"] = 'Bearer realm="netwerk", Cookie realm="netwerk"'
        return response
    wanted = request.url.path if request.method == "GET" else "/me"
    return Redirect(f"/sign-in?next={quote(wanted)}", status_code=303)


def token_refused(request: AnyRequest, _error: Exception) -> Response[str]:
    """A program's token opens nothing (RFC 6750)."""
    response = _problem(401, _say(request, "errors.token_refused"))
    response.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def scope_needed(request: AnyRequest, error: ScopeNeeded) -> Response[str]:
    """A program's token was not given what this asks (RFC 6750)."""
    text = language.text(language_of(request), "errors.scope_needed", scope=error.scope)
    response = _problem(403, text)
    told = f'Bearer error="insufficient_scope", scope="{error.scope}"'
    response.headers["WWW-Authenticate"] = told
    return response


def proof_needed(request: AnyRequest, _error: Exception) -> Response[Any]:
    """Pages lead to the second step and back again; the API answers 403 with the reason."""
    if request.url.path.startswith(API):
        return _problem(403, _say(request, "errors.proof_needed"))
    return Redirect(second_step(request), status_code=303)


def second_step(request: AnyRequest) -> str:
    """The page of the second step, which leads back to where the reader was."""
    if request.method == "GET":
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        here = urlsplit(request.headers.get("referer", "")).path or "/me"
    return f"/second-step?next={quote(here)}"


def invalid(request: AnyRequest, error: Invalid) -> Response[str]:
    """Input that no form caught: every field with its sentence."""
    sentences = {name: _say(request, key) for name, key in error.fields.items()}
    if request.url.path.startswith(API):
        return _problem(422, _say(request, "errors.invalid"), errors=sentences)
    text = " ".join(sentences.values())
    return secret(page(request, "errors/refusal.html", status=422, sentence=text))


def http_error(request: AnyRequest, error: HTTPException) -> Response[str]:
    """What the framework refuses: an unknown page, a wrong method, unreadable input."""
    if error.status_code == 404:
        return not_found(request, error)
    key = f"errors.http.{error.status_code}"
    text = _say(request, key if language.knows(key) else "errors.http.400")
    response = _answer(request, error.status_code, "errors/refusal.html", text)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def surprise(request: AnyRequest, error: Exception) -> Response[str]:
    """Our mistake: to the log with the request's id, to the reader an honest page."""
    trace = "".join(traceback.format_exception(error))
    log.error("surprise", request=request.scope["state"].get("request_id"), trace=trace)
    return _answer(request, 500, "errors/surprise.html", _say(request, "errors.surprise"))


def unholdable(request: AnyRequest, error: Exception) -> Response[str]:
    """A key beyond any row's (`/9999999999`) names nothing; other bad data is our mistake."""
    names_nothing = type(error) in (asyncpg.DataError, asyncpg.CharacterNotInRepertoireError)
    return not_found(request, error) if names_nothing else surprise(request, error)


def too_deep(request: AnyRequest, error: Exception) -> Response[str]:
    """JSON nested deeper than any request of ours; any other recursion is our mistake."""
    is_input = str(error).endswith("while deserializing an object")
    return (
        http_error(request, HTTPException(status_code=400))
        if is_input
        else surprise(request, error)
    )


HANDLERS: dict[int | type[Exception], Callable[..., Response[Any]]] = {
    Refusal: refused,
    NotFound: not_found,
    NotAllowed: not_allowed,
    SignInNeeded: sign_in_needed,
    ProofNeeded: proof_needed,
    ScopeNeeded: scope_needed,
    TokenRefused: token_refused,
    Invalid: invalid,
    HTTPException: http_error,
    asyncpg.DataError: unholdable,
    RecursionError: too_deep,
    Exception: surprise,
}


def _say(request: AnyRequest, key: str) -> str:
    return language.text(language_of(request), key)


def _answer(request: AnyRequest, status: int, template: str, text: str) -> Response[Any]:
    """Kept by nobody and telling nobody its address: what was refused may have been a secret."""
    if request.url.path.startswith(API):
        return _problem(status, text)
    return secret(page(request, template, status=status, sentence=text))


def _problem(status: int, detail: str, **more: object) -> Response[str]:
    body = {"type": "about:blank", "status": status, "detail": detail, **more}
    return Response(
        msgspec.json.encode(body).decode(),
        status_code=status,
        media_type=PROBLEM,
        headers={"Cache-Control": "no-store"},
    )
