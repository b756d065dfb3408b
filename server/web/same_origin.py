"""Requests that change something must come from our own pages.

Browsers say where a request comes from: `Sec-Fetch-Site`, and `Origin` in those that do not.
A program that sends neither carries no cookies of a browser either and passes. See decision 0002.
"""

from urllib.parse import urlsplit

from litestar import Request
from litestar.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_allowed(method: str, headers: dict[str, str], own_hosts: set[str]) -> bool:
    """Whether a request may act: safe, from ourselves, or from no browser at all."""
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in own_hosts
