"""The one way out: requests to addresses that others chose (security: outbound HTTP).

A name is resolved once, every address of it must be public, and the connection goes to that very
address with the name in SNI and Host: a name that answers differently a moment later changes
nothing. No redirects, no proxies, ten seconds for everything, 64 kB of answer.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx

from server import settings

SECONDS = 10.0
ANSWER_BYTES = 64 * 1024
LONGEST_URL = 500
LOWEST_PORT = 1024
Resolve = Callable[[str, int], Awaitable[list[str]]]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# IANA special-purpose registries; 168.63.129.16 is a cloud's own inside address.
NOT_PUBLIC = [
    ipaddress.IPv4Network(one)
    for one in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    )
]
# Of IPv6 only what is handed out, less tunnels, translations and examples.
HANDED_OUT = ipaddress.IPv6Network("2000::/3")
NOT_HANDED_OUT = [
    ipaddress.IPv6Network(one)
    for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


class NotSent(Exception):
    """No answer; `why` is `address`, `connection`, `certificate` or `time`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Answer:
    """What came back, at most ANSWER_BYTES of it."""

    status: int
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is somewhere on the public internet."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return not any(found in network for network in NOT_PUBLIC)
    if found.scope_id is not None or found not in HANDED_OUT:
        return False
    return not any(found in network for network in NOT_HANDED_OUT)


def is_possible(url: str) -> bool:
    """Whether an address may be written down: https, no user, port 443 or from 1024."""
    parts = _parts(url)
    return parts is not None and parts.scheme == "https"


def _parts(url: str) -> SplitResult | None:
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not plain or len(url) > LONGEST_URL:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    fits = usual is not None and (port in (None, usual) or port >= LOWEST_PORT)
    return parts if fits and parts.hostname and "@" not in parts.netloc else None


class Outbound:
    """A client for addresses of others.

    `allow_loopback` is for tests: it opens this very machine, http included, and only where DEMO
    is on. `trusted` are other certificate authorities than the usual ones.
    """

    def __init__(
        self,
        *,
        allow_loopback: bool = False,
        trusted: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._allow_loopback = allow_loopback and settings.current().demo
        self._resolve = resolve or _addresses
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            verify=trusted or ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=None,  # one limit for the whole, below
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Let go of every connection."""
        await self._client.aclose()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body; the answer, whatever its status. Raises NotSent."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._send(url, body, headers)
        except TimeoutError:
            raise NotSent("time") from None
        except httpx.HTTPError as problem:
            raise NotSent(_why(problem)) from problem
        except (OSError, ValueError, httpx.InvalidURL) as problem:
            raise NotSent("connection") from problem

    async def _send(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = _parts(url)
        if parts is None or not (parts.scheme == "https" or self._allow_loopback):
            raise NotSent("address")
        name, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
        address = await self._checked(name, port, is_plain=parts.scheme == "http")
        request = self._client.build_request(
            "POST",
            httpx.URL(url).copy_with(host=address, port=port, fragment=None),
            content=body,
            headers={**headers, "host": parts.netloc, "accept-encoding": "identity"},
            extensions={"sni_hostname": name},
        )
        answer = await self._client.send(request, stream=True)
        try:
            return Answer(answer.status_code, await _beginning(answer))
        finally:
            await answer.aclose()

    async def _checked(self, name: str, port: int, *, is_plain: bool) -> str:
        """The address to connect to: every one that the name has must be permitted."""
        found = await self._resolve(name, port)
        if not found:
            raise NotSent("connection")
        for one in found:
            is_here = self._allow_loopback and _is_loopback(one)
            if not (is_here or (is_public(one) and not is_plain)):
                raise NotSent("address")
        return found[0]


async def _addresses(name: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def _is_loopback(address: str) -> bool:
    return address in ("127.0.0.1", "::1")


async def _beginning(answer: httpx.Response) -> bytes:
    """At most so many bytes, as they came over the line; nothing is unpacked."""
    held = bytearray()
    async for piece in answer.aiter_raw():
        held += piece
        if len(held) >= ANSWER_BYTES:
            break
    return bytes(held[:ANSWER_BYTES])


def _why(problem: httpx.HTTPError) -> str:
    cause: BaseException | None = problem
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "certificate"
        cause = cause.__cause__ or cause.__context__
    return "connection"
