"""Secrets that a page shows once: they wait in a sealed cookie of the person they are for."""

from typing import Any

from litestar import Response

from server.web import cookies, sealing
from server.web.visitor import Connection, actor_of

COOKIE = "shown-once"
SECONDS = 300


def put(response: Response[Any], connection: Connection, purpose: str, words: list[str]) -> None:
    """Words for the very next page of this reader, and for nobody else on this computer."""
    sealed = sealing.seal(_of(connection, purpose), "\n".join(words).encode()).decode()
    response.set_cookie(cookies.make(COOKIE, sealed, SECONDS, is_strict=True))


def read(connection: Connection, purpose: str) -> list[str]:
    """What was put away for this reader, if it was this and not long ago."""
    sealed = cookies.read(connection, COOKIE).encode(errors="replace")
    plain = sealing.unseal(_of(connection, purpose), sealed, seconds=SECONDS)
    return plain.decode().split("\n") if plain else []


def gone(response: Response[Any]) -> None:
    """They were shown."""
    response.set_cookie(cookies.make(COOKIE, "", 0, is_strict=True))


def _of(connection: Connection, purpose: str) -> str:
    return f"{purpose} of {actor_of(connection).person_id}"
