"""Who asks, and in which language. The session middleware has put both in the scope."""

import ipaddress
from typing import Any

from litestar.connection import ASGIConnection

from server import clock
from server.actors import ANONYMOUS, Actor
from server.errors import NotFound, ProofNeeded, SignInNeeded
from server.language import LANGUAGES
from server.rights import Area, may_change, may_see
from server.web import cookies

Connection = ASGIConnection[Any, Any, Any, Any]
LANGUAGE_COOKIE = "lang"


def actor_of(connection: Connection) -> Actor:
    """The signed-in person, or a stranger."""
    actor = connection.scope["state"].get("actor", ANONYMOUS)
    if not isinstance(actor, Actor):
        raise TypeError("the scope holds no Actor")
    return actor


def language_of(connection: Connection) -> str:
    """The address says so, else the reader chose so before, else their own; else Dutch."""
    said = (
        connection.query_params.get("lang"),
        cookies.read(connection, LANGUAGE_COOKIE),
        actor_of(connection).language,
    )
    return next((one for one in said if one in LANGUAGES), "nl")


def require_signed_in(connection: Connection) -> Actor:
    """The signed-in person. Raises SignInNeeded."""
    actor = actor_of(connection)
    if not actor.is_signed_in:
        raise SignInNeeded
    return actor


def require_board(connection: Connection) -> Actor:
    """Somebody with an office; for anybody else the page does not exist. Raises ProofNeeded."""
    actor = require_signed_in(connection)
    if not actor.is_board:
        raise ProofNeeded if actor.holds_office else NotFound
    return actor


def require_right(connection: Connection, area: Area, *, to_change: bool = False) -> Actor:
    """Somebody whose office may see, or change, this area; for others it does not exist.

    Raises ProofNeeded when only the second factor is missing.
    """
    actor, may = require_signed_in(connection), may_change if to_change else may_see
    if may(actor.roles, area):
        return actor
    raise ProofNeeded if may(actor.held, area) else NotFound


def require_fresh(connection: Connection) -> Actor:
    """Somebody who showed within minutes who they are. Raises ProofNeeded."""
    actor = require_signed_in(connection)
    if not actor.is_fresh(clock.now()):
        raise ProofNeeded
    return actor


def require_fresh_reader(connection: Connection) -> Actor:
    """The same for lists of people over the API; a program showed it when its token was made.

    Raises ProofNeeded.
    """
    actor = require_signed_in(connection)
    return actor if actor.scopes is not None else require_fresh(connection)


def address_of(connection: Connection) -> str:
    """The network address of the peer, for brakes; of IPv6 the /64 that one household has.

    Whom a proxy speaks for is found by the server before us, from PROXIES only.
    """
    host = connection.client.host if connection.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network(f"{host}/64", strict=False))
    return host
