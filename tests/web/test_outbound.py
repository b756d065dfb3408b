"""The one way out: only public addresses, and never longer or larger than agreed."""

import asyncio
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import server
from server import settings
from server.web import outbound
from server.web.outbound import Answer, NotSent, Outbound
from tests.listeners import OK, Heard, answers, certificate, listening, status

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def outside(**given: Any) -> AsyncIterator[Outbound]:
    way = Outbound(**{"allow_loopback": True, **given})
    try:
        yield way
    finally:
        await way.close()


async def sent(url: str, **given: Any) -> Answer:
    async with outside(**given) as way:
        return await way.post(url, b"{}", {"content-type": "application/json"})


async def problem(url: str, **given: Any) -> str:
    with pytest.raises(NotSent) as said:
        await sent(url, **given)
    return said.value.why


def resolving(*answered: str) -> Any:
    async def resolve(_name: str, _port: int) -> list[str]:
        return list(answered)

    return resolve


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9"),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1"),
        *("192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.1.1.1"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "fe80::1"),
        *("fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "100::1", "3fff::1"),
        *("2606:4700::1%1", "", "localhost", "0x7f.1", "2130706433", "127.1"),
    ],
)
def test_an_address_that_is_not_public_is_known(address: str) -> None:
    assert not outbound.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_a_public_address_is_known(address: str) -> None:
    assert outbound.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example/", "ftp://a.example/", "//a.example/", "a.example", ""),
        *("https://a.example:80/", "https://a.example:22/", "https://a.example:1023/"),
        *("https://u:p@a.example/", "https://u@a.example/", "https://a.example:99999/"),
        *("https://", "https:///x", "https://[::1", "https://a.example/ x", "https://a\\b/"),
        *("https://é.example/", "https://a.example/\r\nx: y", f"https://a.example/{'a' * 500}"),
    ],
)
async def test_an_impossible_address_is_refused(url: str) -> None:
    assert not outbound.is_possible(url)
    if not url.startswith("http://"):
        assert await problem(url) == "address"


@pytest.mark.parametrize(
    "url", ["https://a.example/", "https://a.example:8443/x?y=z", "https://a.example:443"]
)
def test_a_possible_address_is_accepted(url: str) -> None:
    assert outbound.is_possible(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:8443/",
        "https://127.0.0.1:8443/",
        "https://127.1:8443/",
        "https://2130706433:8443/",
        "https://0x7f000001:8443/",
        "https://[::1]:8443/",
        "https://[::ffff:127.0.0.1]:8443/",
        "https://0.0.0.0:8443/",
        "http://127.0.0.1:8443/",
    ],
)
async def test_this_very_machine_is_no_address_in_any_spelling(url: str) -> None:
    async with listening(answers(OK)) as heard:
        assert (
            await problem(url.replace("8443", str(heard.port)), allow_loopback=False) == "address"
        )
    assert heard.requests == []


async def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    found = resolving("8.8.8.8", "10.0.0.1")

    assert await problem("https://a.example/", resolve=found) == "address"


async def test_loopback_is_never_open_where_demo_is_off(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {"SECRET_KEY": "k" * 32, "DEMO": "0", "VAR_DIR": str(tmp_path)}
    settings.use(settings.load(given, tmp_path / ".env"))

    async with listening(answers(OK)) as heard:
        assert await problem(heard.url) == "address"


async def test_http_is_for_this_machine_only() -> None:
    assert await problem("http://a.example/", resolve=resolving("8.8.8.8")) == "address"


async def test_what_was_sent_arrives_and_what_was_answered_comes_back() -> None:
    async with listening(answers(OK)) as heard:
        assert await sent(heard.url) == Answer(200, b"ok")

    headers, body = heard.requests[0]
    assert (headers[":line"], body) == ("POST /hook?x=1 HTTP/1.1", b"{}")
    assert (headers["host"], headers["accept-encoding"]) == (f"127.0.0.1:{heard.port}", "identity")


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(answers(OK)) as heard, listening(status(502)) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await sent(heard.url)).status == 200

    assert proxy.requests == []


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    inside = Heard(port=1)
    async with listening(status(302, f"location: {inside.url}")) as heard:
        assert (await sent(heard.url)).status == 302
    assert len(heard.requests) == 1


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n"])
async def test_a_silent_server_is_left_when_time_is_up(beginning: bytes) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        await asyncio.sleep(5)

    async with listening(talk) as heard:
        began = time.monotonic()
        assert await problem(heard.url, seconds=0.3) == "time"
    assert time.monotonic() - began < 2


async def test_a_server_that_drips_for_ever_is_left_when_time_is_up() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1\r\nx\r\n")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with listening(talk) as heard:
        assert await problem(heard.url, seconds=0.5) == "time"


async def test_of_a_huge_answer_only_the_beginning_is_read() -> None:
    written = 0

    async def talk(writer: asyncio.StreamWriter) -> None:
        nonlocal written
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n")
        while written < 1_000_000_000:
            writer.write(b"x" * 65536)
            written += 65536
            await writer.drain()

    async with listening(talk) as heard:
        answer = await sent(heard.url)

    assert (answer.status, len(answer.body)) == (200, outbound.ANSWER_BYTES)
    assert written < 100_000_000


async def test_endless_headers_are_cut_off() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n")
        for _ in range(10_000):
            writer.write(b"x: " + b"y" * 1000 + b"\r\n")
            await writer.drain()

    async with listening(talk) as heard:
        assert await problem(heard.url) == "connection"


async def test_a_packed_answer_is_not_unpacked() -> None:
    packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x8b\x08"

    async with listening(answers(packed)) as heard:
        assert (await sent(heard.url)).body == b"\x1f\x8b\x08"


@pytest.mark.parametrize(
    "said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9"]
)
async def test_a_broken_answer_is_no_answer(said: bytes) -> None:
    async with listening(answers(said)) as heard:
        assert await problem(heard.url) == "connection"


async def test_a_closed_door_is_no_connection() -> None:
    async with listening(answers(OK)) as heard:
        pass
    assert await problem(heard.url) == "connection"


async def test_a_name_that_nobody_knows_is_no_connection() -> None:
    assert await problem("https://nobody.invalid/") == "connection"


def named(heard: Heard, name: str = "hooks.example") -> str:
    return f"https://{name}:{heard.port}/hook"


async def test_the_connection_goes_to_the_checked_address_under_the_right_name(
    tmp_path: Path,
) -> None:
    own, trusting = certificate(tmp_path, "hooks.example")
    asked: list[str] = []

    async def rebinding(name: str, _port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    async with listening(answers(OK), own) as heard:
        answer = await sent(named(heard), trusted=trusting, resolve=rebinding)

    assert (answer.status, asked, heard.names) == (200, ["hooks.example"], ["hooks.example"])
    assert heard.requests[0][0]["host"] == f"hooks.example:{heard.port}"


async def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    own, trusting = certificate(tmp_path, "other.example")
    given = {"trusted": trusting, "resolve": resolving("127.0.0.1")}

    async with listening(answers(OK), own) as heard:
        assert await problem(named(heard), **given) == "certificate"
    assert heard.requests == []


async def test_a_certificate_that_nobody_signed_is_refused(tmp_path: Path) -> None:
    own, _ = certificate(tmp_path, "hooks.example")

    async with listening(answers(OK), own) as heard:
        assert await problem(named(heard), resolve=resolving("127.0.0.1")) == "certificate"


async def test_without_a_word_certificates_are_checked() -> None:
    async with outside() as way:
        context = way._client._transport._pool._ssl_context  # type: ignore[attr-defined]

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_nothing_else_in_the_product_goes_out() -> None:
    """But letters, to the host that the operator named in MAIL_URL."""
    folder = Path(server.__file__).parent
    clients = re.compile(
        r"^\s*(?:import|from) (?:httpx|requests|aiohttp|urllib\.request|http\.client)\b", re.M
    )
    found = [
        str(path.relative_to(folder))
        for path in folder.rglob("*.py")
        if clients.search(path.read_text())
    ]

    assert sorted(found) == ["outbox/providers/__init__.py", "web/outbound.py"]
