"""The page of the admin and its files, under names that change with their content."""

import gzip
import hashlib
from functools import cache

from server import language
from server.web import assets
from server.web.admin_kit import interface

ASSETS = "/assets/"


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """Address inside the mount → bytes and media type; the names change with the content."""
    found = {
        "nl.js": (interface.script("nl").encode(), "text/javascript; charset=utf-8"),
        "en.js": (interface.script("en").encode(), "text/javascript; charset=utf-8"),
        "admin.css": (interface.style().encode(), "text/css; charset=utf-8"),
    }
    return {_address(name, body): (body, kind) for name, (body, kind) in found.items()}


def _address(name: str, body: bytes) -> str:
    stem, suffix = name.split(".")
    return f"{ASSETS}{stem}.{hashlib.sha256(body).hexdigest()[:12]}.{suffix}"


@cache
def smaller(address: str) -> bytes:
    """A file as browsers like to get it: gzip, made once."""
    return gzip.compress(files()[address][0], 6, mtime=0)


@cache
def page(said: str) -> str:
    """The page that the interface fills, without anything inline."""
    script = next(name for name in files() if name.startswith(f"{ASSETS}{said}."))
    style = next(name for name in files() if name.endswith(".css"))
    title = language.text(said, "admin.site_name")
    return (
        f'<!DOCTYPE html><html lang="{said}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f'<script type="module" src=".{script}"></script>'
        f'<link rel="icon" type="image/svg+xml" href="{assets.address("favicon.svg")}">'
        f'<link rel="stylesheet" href=".{style}"></head><body><noscript><p>'
        f"{language.text(said, 'admin.no_script')}</p></noscript>"
        f'<div id="app"></div></body></html>'
    )
