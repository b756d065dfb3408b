"""Files of our own that pages load, under names that change with their content."""

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
PREFIX = "/static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}


@cache
def manifest() -> dict[str, str]:
    """File name → address with a fingerprint, which may be kept for ever."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in TYPES:
            mark = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            found[path.name] = f"{PREFIX}/{path.stem}.{mark}{path.suffix}"
    return found


@cache
def contents() -> dict[str, tuple[bytes, str]]:
    """Address → bytes and media type."""
    return {
        address: ((FOLDER / name).read_bytes(), TYPES[Path(name).suffix])
        for name, address in manifest().items()
    }


def address(name: str) -> str:
    """The address of one file; an unknown name is a mistake in a template."""
    return manifest()[name]
