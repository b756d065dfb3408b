"""Requests that change something must come from our own pages.

Browsers say where a request comes from: `Sec-Fetch-Site`, and `Origin` in those that do not.
A program that sends neither carries no cookies of a browser either and passes. Decision 0002.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from server import settings

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def is_allowed(method: str, headers: Mapping[str, str], host: str) -> bool:
    """Whether a request may act: safe, from our own pages, or from no browser at all."""
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        parts = urlsplit(origin or "")
    except ValueError:
        return False
    is_ours = parts.netloc == host and (parts.scheme == "https" or not settings.current().is_secure)
    return origin is None or is_ours
