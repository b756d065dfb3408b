"""Files that people send: what they are is read from their bytes, never from their name.

Only what is on this list comes in, under a name of ours, and goes out as a download: a browser
never shows it as a page of ours. Pictures are cleaned (`pictures`). Pure.
"""

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from server.errors import Invalid
from server.web import pictures

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
ACCEPTED = ",".join(f".{kind}" for kind in [*MEDIA_TYPES, "jpeg"])
MOST_BYTES = 20 * 1024 * 1024
BODY_BYTES = MOST_BYTES + 1024 * 1024  # a file that is a little too large is told so kindly
LONGEST_NAME = 80
MOST_PARTS = 10_000  # of an office file
IN_NAMES = frozenset(" -_().,&+")
# Names that Windows keeps for itself, whatever stands behind the dot.
DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))
)
CLEANED: Mapping[str, Callable[[bytes], bytes]] = {
    "png": pictures.clean_png,
    "jpg": pictures.clean_jpeg,
    "webp": pictures.clean_webp,
}
OFFICE = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx"}


@dataclass(frozen=True)
class Upload:
    """A file that may come in: `kind` is its ending too; `digest` is SHA-256 of what is kept."""

    name: str
    kind: str
    content: bytes

    @property
    def digest(self) -> str:
        """What tells two files apart."""
        return hashlib.sha256(self.content).hexdigest()


def taken(filename: str, content: bytes) -> Upload:
    """The file under a safe name. Raises Invalid on `file`: empty, too large, of another kind,
    broken, or with macros."""
    if not content:
        raise Invalid(file="errors.file.empty")
    if len(content) > MOST_BYTES:
        raise Invalid(file="errors.file.too_large")
    kind = kind_of(content)
    try:
        kept = CLEANED[kind](content) if kind in CLEANED else content
    except ValueError:
        raise Invalid(file="errors.file.broken") from None
    return Upload(name_of(filename, kind), kind, kept)


def kind_of(content: bytes) -> str:
    """What a file is: a key of MEDIA_TYPES. Raises Invalid on `file`."""
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise Invalid(file="errors.file.broken")
        return "pdf"
    if content.startswith(pictures.PNG_START):
        return "png"
    if content.startswith(pictures.JPEG_START):
        return "jpg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    raise Invalid(file="errors.file.kind")


def _office_kind(content: bytes) -> str:
    """By the table of contents only: nothing is unpacked."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, UnicodeDecodeError):
        raise Invalid(file="errors.file.broken") from None
    if len(names) > MOST_PARTS:
        raise Invalid(file="errors.file.broken")
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise Invalid(file="errors.file.macros")
    # OpenDocument 1.3, part 2, 3.3: first, not compressed, so that it stands at a fixed place.
    if content[30:38] == b"mimetype" and content[38:].startswith(MEDIA_TYPES["odp"].encode()):
        if any(name.startswith(("Basic/", "Scripts/")) for name in names):
            raise Invalid(file="errors.file.macros")
        return "odp"
    found = [kind for part, kind in OFFICE.items() if part in names]
    if "[Content_Types].xml" not in names or len(found) != 1:
        raise Invalid(file="errors.file.kind")
    return found[0]


def name_of(filename: str, kind: str) -> str:
    """`Hand-out dag 1.pdf`: letters, digits and little else, with the ending of what it is."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    plain = unicodedata.normalize("NFC", stem)
    kept = "".join(c if c.isalnum() or c in IN_NAMES else "-" for c in plain)
    short = " ".join(kept.split())[:LONGEST_NAME].strip(" .-_,")
    is_device = short.partition(".")[0].lower() in DEVICES
    return f"{'document' if not short or is_device else short}.{kind}"


def as_download(name: str) -> str:
    """Content-Disposition for a name (RFC 6266): in plain letters, and as it is."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = plain.replace('"', "").replace("\\", "")
    plain = plain if not plain.startswith(".") else f"document{plain}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def headers(name: str) -> dict[str, str]:
    """What goes with a file of somebody's: it runs nothing, frames nothing, and is what it says."""
    return {
        "Content-Disposition": as_download(name),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
