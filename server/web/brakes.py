"""Brakes: how often one account, or one address on the network, may act. Declared with the routes.

Counted in PostgreSQL, for all processes, before the handler and outside its transaction, so that
nothing it undoes is forgotten. Reading is not braked here: it costs no statement.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar.handlers import BaseRouteHandler

from server import clock
from server.web import rate_limit
from server.web.visitor import Connection, actor_of, address_of

MINUTE, HOUR = 60, 3600
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


@dataclass(frozen=True)
class Brake:
    """At most `limit` in a window of so many seconds, by account, else by address.

    `name` is what is counted together. `for_strangers`: people who are signed in do not count.
    """

    name: str
    limit: int
    seconds: int
    for_strangers: bool = False


ACTS = Brake("acts", 240, MINUTE)
"""What everybody may do who is not told otherwise: more than anybody clicks."""


def guard(brake: Brake) -> Guard:
    """A guard for a route. Refuses: TooMany."""

    async def count(connection: Connection, _handler: BaseRouteHandler) -> None:
        actor = actor_of(connection)
        if actor.is_signed_in and brake.for_strangers:
            return
        who = f"account:{actor.person_id}" if actor.is_signed_in else address_of(connection)
        await rate_limit.allow(f"{brake.name}:{who}", brake.limit, brake.seconds, clock.now())

    return count
