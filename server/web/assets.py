"""Files of our own that pages load, under names that change with their content."""

import hashlib
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "static"
PREFIX = "/static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}

IMPORT = re.compile(rb"from '\./([a-z-]+\.js)'")


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
        address: (_with_addresses((FOLDER / name).read_bytes()), TYPES[Path(name).suffix])
        for name, address in manifest().items()
    }


def _with_addresses(body: bytes) -> bytes:
    """What a module imports from beside it, under the name that it has here."""
    return IMPORT.sub(lambda found: b"from '" + manifest()[found[1].decode()].encode() + b"'", body)


def address(name: str) -> str:
    """The address of one file; an unknown name is a mistake in a template."""
    return manifest()[name]
