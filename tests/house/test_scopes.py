"""Every address of the API says which scope a token needs for it."""

from litestar.handlers import HTTPRouteHandler

from server import language
from server.web.scopes import Scope
from tests.conftest import product

DOCUMENTS = {"/api/openapi.json"}


def handlers() -> list[tuple[str, HTTPRouteHandler]]:
    return [
        (route.path, handler)
        for route in product().routes
        for handler in getattr(route, "route_handlers", ())
        if route.path.startswith("/api/") and "OPTIONS" not in handler.http_methods
    ]


def test_every_address_of_the_api_declares_its_scope() -> None:
    silent = {path for path, handler in handlers() if "scope" not in handler.opt}

    assert silent == DOCUMENTS


def test_whatever_acts_needs_a_scope() -> None:
    free = [
        path
        for path, handler in handlers()
        if handler.http_methods != {"GET"} and not handler.opt.get("scope")
    ]

    assert free == []


def test_a_declared_scope_is_also_asked() -> None:
    unguarded = [
        path
        for path, handler in handlers()
        if handler.opt.get("scope")
        and not any(guard.__module__ == "server.web.scopes" for guard in handler.guards or ())
    ]

    assert unguarded == []


def test_every_scope_has_words() -> None:
    assert [scope for scope in Scope if not language.knows(scope.key)] == []
