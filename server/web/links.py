"""Addresses of our own pages as the outside world must write them."""

from server import settings


def absolute(path: str) -> str:
    """The full address of a path, for letters, feeds and `canonical` links."""
    return settings.current().base_url + path


def is_local(path: str) -> bool:
    """Whether a path that came from outside stays on this site: no host, no scheme, no tricks."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return plain and path.startswith("/") and not path.startswith("//")
