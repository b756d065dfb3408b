"""What every request passes: host, origin, headers, problems, and one line in the log."""

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
import structlog
from structlog.testing import capture_logs

from server import clock, database, settings
from server.accounts import service
from server.web import assets, same_origin
from tests import factories
from tests.clients import heading, session_of, sign_in

pytestmark = pytest.mark.anyio
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
NO_REFERRER = {"referrer-policy": "no-referrer"}  # what was refused may be a secret address


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as caught:
        yield caught
    structlog.configure(**before)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://localhost:8000"}, 303),
        ({"origin": "http://localhost:9000"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://["}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://localhost:8000"}, 403),
    ],
)
async def test_only_our_own_pages_may_act(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/sign-out", headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(("scheme", "may"), [("https", True), ("http", False), ("ftp", False)])
def test_a_page_without_encryption_is_not_ours_where_we_are_encrypted(
    scheme: str, may: bool
) -> None:
    before = settings.current()
    settings.use(msgspec.structs.replace(before, base_url="https://netwerk.example"))
    try:
        headers = {"origin": f"{scheme}://netwerk.example"}
        assert same_origin.is_allowed("POST", headers, "netwerk.example") is may
    finally:
        settings.use(before)


async def test_a_link_from_elsewhere_may_be_followed(client: httpx.AsyncClient) -> None:
    answer = await client.get("/events", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "[::1", "localhost:99999"]
)
async def test_a_strange_host_is_refused(client: httpx.AsyncClient, host: str) -> None:
    answer = await client.get("/", headers={"host": host})

    assert answer.status_code == 421
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "evil" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/me", 303),
        ("/nothing/here", 404),
        ("/registrations/unknown", 404),
        ("/calendars/public.ics", 200),
        ("/api/events", 200),
        ("/api/me", 401),
        ("/events/%00", 404),
        (assets.address("app.css"), 200),
        ("/static/app.0123.css", 404),
        ("/robots.txt", 200),
        ("/health", 200),
    ],
)
async def test_every_answer_carries_the_headers(
    client: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await client.get(path)

    assert answer.status_code == status
    is_refused = status >= 400 and not path.startswith("/api/")
    wanted = HEADERS | NO_REFERRER if is_refused else HEADERS
    assert {name: answer.headers.get(name) for name in HEADERS} == wanted
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_also_our_own_mistakes_carry_the_headers(client: httpx.AsyncClient) -> None:
    pool, database.ENGINE.pool = database.ENGINE.pool, None

    plain = await client.get("/events")
    client.cookies.set("session", "something")
    signed_in = await client.get("/events")

    database.ENGINE.pool = pool
    for answer in (plain, signed_in):
        assert answer.status_code == 500
        wanted = HEADERS | NO_REFERRER
        assert {name: answer.headers.get(name) for name in HEADERS} == wanted
        assert heading(answer) != ""
        assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/me", 401),
        ("GET", "/api/nothing", 404),
        ("GET", "/api/events/unknown", 404),
        ("GET", "/api/registrations/unknown", 404),
        ("DELETE", "/api/events", 405),
        ("POST", "/api/events/unknown/registrations", 401),
    ],
)
async def test_the_api_answers_with_problems(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path, json={} if method == "POST" else None)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert ("www-authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b'{"remark": 3}', 400),
        (b'{"unknown": 3}', 400),
        (b'{"remark": "' + b"x" * 1001 + b'"}', 422),
        (b'{"unit_id": 99}', 409),
        (b"{}", 201),
    ],
)
async def test_the_api_says_what_is_wrong_with_a_body(
    client: httpx.AsyncClient, body: bytes, status: int
) -> None:
    event, _ = await factories.open_event()
    await sign_in(client, await factories.anna())

    answer = await client.post(
        f"/api/events/{event.slug}/registrations",
        content=body,
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == status
    if status != 201:
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_wrong_method_on_a_page_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/events")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert heading(answer) != ""


async def test_the_log_holds_no_secret(client: httpx.AsyncClient, lines: list[Any]) -> None:
    event, _ = await factories.open_event()
    session = await session_of(await factories.anna())
    client.cookies.set("session", session)
    url = await service.sign_in_url(1, now=clock.now())
    secret = url.rpartition("/")[2]
    await client.get(url)
    await client.get(f"/events/{event.slug}?token=hidden-in-query")
    starts = (
        "/registrations/",
        "/api/registrations/",
        "/u/",
        "/newsletters/confirm/",
        "/check-in/",
    )
    for path in starts:
        await client.get(path + "hidden-in-path")
        await client.post(path + "hidden-in-path", data={"name": "hidden-in-body"})
    await client.post("/registrations/hidden-in-path/cancellation")
    await client.get("/registrations/hidden-in-path%2f..")

    written = repr(lines)

    assert len([line for line in lines if line["event"] == "request"]) == 14
    assert [word for word in ("hidden", secret, session) if word in written] == []
    assert lines[1] == {
        "event": "request",
        "log_level": "info",
        "method": "GET",
        "path": f"/events/{event.slug}",
        "status": 200,
        "ms": lines[1]["ms"],
        "statements": lines[1]["statements"],
        "request": lines[1]["request"],
        "person": 1,
    }


@pytest.mark.parametrize(
    ("notice", "is_shown"),
    [
        ("accounts.notice.signed_out", True),
        ("errors.surprise", False),
        ("accounts.notice.unknown", False),
        ("<b>", False),
    ],
)
async def test_only_a_notice_of_ours_is_shown(
    client: httpx.AsyncClient, notice: str, is_shown: bool
) -> None:
    client.cookies.set("notice", notice)

    answer = await client.get("/")

    assert ('role="status"' in answer.text) is is_shown
    assert (
        'notice=""' in answer.headers["set-cookie"] or "notice=null" in answer.headers["set-cookie"]
    )


@pytest.mark.parametrize(
    ("query", "cookie", "said"),
    [
        ("", "", "nl"),
        ("?lang=en", "", "en"),
        ("?lang=nl", "en", "nl"),
        ("", "en", "en"),
        ("?lang=fr", "", "nl"),
        ("?lang=fr", "en", "en"),
        ("", "fr", "nl"),
    ],
)
async def test_the_address_then_the_cookie_choose_the_language(
    client: httpx.AsyncClient, query: str, cookie: str, said: str
) -> None:
    if cookie:
        client.cookies.set("lang", cookie)

    answer = await client.get(f"/events{query}")

    assert f'<html lang="{said}"' in answer.text


async def test_a_person_reads_their_own_language(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.member("Anna", language="en"))

    assert '<html lang="en"' in (await client.get("/me")).text


async def test_odd_input_is_answered_in_words(client: httpx.AsyncClient) -> None:
    odd = "a\x00b\ud7ff\u202e".encode()

    answers = [
        await client.post("/sign-in", data={"email": odd.decode(), "next": "\x00"}),
        await client.post("/sign-in", content=b"email=%ff%fe&email=%00"),
        await client.post(
            "/sign-in",
            content=b"\xff\xfe=1&&&==",
            headers={"content-type": "application/x-www-form-urlencoded"},
        ),
        await client.post(
            "/sign-in", content=b"--x\r\n", headers={"content-type": "multipart/form-data"}
        ),
        await client.post("/sign-in", files={"email": ("a.txt", b"anna@example.com")}),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 400, 422]


@pytest.mark.parametrize("before", ["x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_an_odd_page_of_the_past_is_a_page(client: httpx.AsyncClient, before: str) -> None:
    answer = await client.get("/events/past", params={"before": before, "kind": "\x00"})

    assert answer.status_code == 200
