"""Cookies: of this host alone, kept from scripts, over https only where the site is.

`__Host-` (RFC 6265bis 4.1.3.2) has the browser itself see to it that no neighbour under the same
domain, and nobody on the line without https, sets one. Such a cookie always has the path `/`.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from server import settings


def name_of(plain: str) -> str:
    """The name that a cookie goes by here: browsers take the prefix over https only."""
    return f"__Host-{plain}" if settings.current().is_secure else plain


def make(plain: str, value: str, seconds: int, *, is_strict: bool = False) -> Cookie:
    """A cookie that lives so long; without a value it goes. `is_strict`: from our pages only."""
    return Cookie(
        name_of(plain),
        value=value,
        max_age=seconds if value else 0,
        path="/",
        httponly=True,
        secure=settings.current().is_secure,
        samesite="strict" if is_strict else "lax",
    )


def read(connection: ASGIConnection[Any, Any, Any, Any], plain: str) -> str:
    """What a browser brought under this name; empty without."""
    return connection.cookies.get(name_of(plain), "")
