"""What a program may do with an API token: declared with the routes, kept small and readable.

People and strangers have no scopes and pass; a program passes where its token names the scope.
"""

from collections.abc import Awaitable, Callable
from enum import StrEnum

from litestar.handlers import BaseRouteHandler

from server.errors import NotAllowed, ScopeNeeded
from server.web.visitor import Connection, actor_of

Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
TOKEN, SESSION = "token", "session"
BY_PEOPLE = "people only"


class Scope(StrEnum):
    """One thing that a token can be given."""

    events_read = "events:read"
    registrations_read = "registrations:read"
    registrations_write = "registrations:write"
    proposals_read = "proposals:read"
    proposals_write = "proposals:write"
    me_read = "me:read"
    check_in = "check-in"  # at the doors that its owner keeps at that moment, and nowhere else
    board = "board"  # acts with the offices that its owner holds at that moment

    @property
    def key(self) -> str:
        """The key of its words: message keys have no colons."""
        return f"accounts.scope.{self.value.replace(':', '_').replace('-', '_')}"


def guard(scope: Scope) -> Guard:
    """A guard for a route. Raises ScopeNeeded for a program whose token does not name it."""

    async def check(connection: Connection, _handler: BaseRouteHandler) -> None:
        scopes = actor_of(connection).scopes
        if scopes is not None and scope.value not in scopes:
            raise ScopeNeeded(scope.value)

    return check


async def people_only(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard for what decides about somebody: no program does. Raises NotAllowed."""
    if actor_of(connection).scopes is not None:
        raise NotAllowed


def security(scope: Scope | None, *, for_strangers: bool) -> list[dict[str, list[str]]]:
    """How a route says in the OpenAPI document who gets in: any one of these is enough."""
    if scope is None:
        return [{}, {TOKEN: []}]
    ways: list[dict[str, list[str]]] = [{TOKEN: [scope.value]}, {SESSION: []}]
    return [*ways, {}] if for_strangers else ways
