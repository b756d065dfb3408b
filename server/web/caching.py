"""Conditional requests (RFC 9110, 13) for bytes that were made before.

An `Answers` holds every header ready for both codings, so that answering costs a comparison and
two sends. The rules are pure functions of the bytes' validators and the request's headers.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from litestar.types import Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]
ETAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
# The three forms of RFC 9110, 5.6.7: as sent today, RFC 850, and C's asctime().
HTTP_DATES = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")
METHODS = ("GET", "HEAD")
REPEATED_IN_304 = (b"cache-control", b"vary", b"last-modified")


@dataclass(frozen=True)
class Stored:
    """Bytes with their validators. `etag` is opaque, without quotes; whole seconds, UTC."""

    body: bytes
    body_gz: bytes
    etag: str
    last_modified: datetime


@dataclass(frozen=True)
class Asked:
    """What a request says about the copy it already has."""

    gzip: bool = False
    if_none_match: str | None = None
    if_modified_since: str | None = None


@dataclass(frozen=True)
class Reply:
    """An answer ready to be sent; it is an ASGI application."""

    status: int
    headers: Headers
    body: bytes

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": False})


class Answers:
    """Every answer that stored bytes can give: both codings, whole or 304, GET or HEAD.

    `name` is what the bytes are of, for who counts.
    """

    def __init__(self, stored: Stored, headers: Mapping[str, str], name: str = "") -> None:
        self.stored, self.name = stored, name
        self.etags = (stored.etag, f"{stored.etag}-gz")
        shared = _raw({**headers, "Last-Modified": http_date(stored.last_modified)})
        self._whole = (
            self._complete(shared, self.etags[0], stored.body, ()),
            self._complete(
                shared, self.etags[1], stored.body_gz, ((b"content-encoding", b"gzip"),)
            ),
        )
        repeated = [header for header in shared if header[0] in REPEATED_IN_304]
        self._unchanged = tuple(
            Reply(304, [*repeated, (b"etag", f'"{etag}"'.encode())], b"") for etag in self.etags
        )
        self._bodiless = tuple(Reply(200, reply.headers, b"") for reply in self._whole)

    @staticmethod
    def _complete(
        shared: Headers, etag: str, body: bytes, more: tuple[tuple[bytes, bytes], ...]
    ) -> Reply:
        own = [(b"etag", f'"{etag}"'.encode()), (b"content-length", str(len(body)).encode())]
        return Reply(200, [*shared, *own, *more], body)

    def to(self, method: str, asked: Asked) -> Reply:
        """The answer to GET or HEAD. A 304 repeats the ETag that the reader has."""
        known = which_unchanged(self.etags, self.stored.last_modified, asked)
        if known is not None:
            return self._unchanged[known]
        return (self._bodiless if method == "HEAD" else self._whole)[asked.gzip]


def asked(headers: Iterable[tuple[bytes, bytes]]) -> Asked:
    """Read the three headers that matter from an ASGI scope; repeated lists are joined."""
    gzip, matches, since = False, None, None
    for name, value in headers:
        if name == b"if-none-match":
            text = value.decode("latin-1")
            matches = text if matches is None else f"{matches}, {text}"
        elif name == b"accept-encoding":
            gzip = accepts_gzip(value.decode("latin-1"))
        elif name == b"if-modified-since":
            since = value.decode("latin-1")
    return Asked(gzip, matches, since)


def which_unchanged(etags: tuple[str, str], last_modified: datetime, request: Asked) -> int | None:
    """Which coding's 304 answers the request: 0 plain, 1 gzip, None when the bytes are owed.

    If-None-Match alone decides when it is there (RFC 9110, 13.2.2), compared weakly.
    """
    selected = int(request.gzip)
    if request.if_none_match is not None:
        return _matching(etags, selected, request.if_none_match)
    if request.if_modified_since is None:
        return None
    since = read_http_date(request.if_modified_since)
    return selected if since is not None and last_modified <= since else None


def _matching(etags: tuple[str, str], selected: int, header: str) -> int | None:
    if header.strip() == "*":
        return selected
    known = etags_in(header)
    for coding in (selected, 1 - selected):
        if etags[coding] in known:
            return coding
    return None


@lru_cache(1024)
def etags_in(header: str) -> frozenset[str]:
    """The opaque tags of an If-None-Match list, weak or strong."""
    return frozenset(ETAG.findall(header))


@lru_cache(256)
def accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding allows gzip: named, or by `*`, and not with `q=0`."""
    allowed: dict[str, bool] = {}
    for item in header.lower().split(","):
        coding, _, rest = item.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d*)?)\s*", rest)
        allowed[coding.strip()] = not rest.strip() or (weight is not None and float(weight[1]) > 0)
    return allowed.get("gzip", allowed.get("x-gzip", allowed.get("*", False)))


@lru_cache(256)
def read_http_date(text: str) -> datetime | None:
    """A date of one of the three permitted forms; None for anything else."""
    for form in HTTP_DATES:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def http_date(moment: datetime) -> str:
    """`Tue, 12 May 2026 17:30:00 GMT`."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _raw(headers: Mapping[str, str]) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
