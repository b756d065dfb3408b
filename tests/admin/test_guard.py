"""Who comes in, through which door, and what every answer carries."""

import httpx
import pytest

from tests.admin.conftest import UNLISTED, Visit

pytestmark = pytest.mark.anyio
INSIDE = ("/admin/", "/admin/api/tables/", "/admin/api/tables/event/", "/admin/public/meta/")


@pytest.mark.parametrize("path", INSIDE)
async def test_for_a_member_the_admin_does_not_exist(visit: Visit, path: str) -> None:
    anna = visit("anna")

    inside, nowhere = await anna.get(path), await anna.get(f"/x{path}")

    assert inside.status_code == 404
    assert inside.text.replace(path, "") == nowhere.text.replace(f"/x{path}", "")


async def test_a_stranger_is_sent_to_sign_in_and_back(visit: Visit) -> None:
    stranger = visit("")

    page, data = await stranger.get("/admin/"), await stranger.get("/admin/api/tables/event/")
    write = await stranger.patch("/admin/api/tables/event/1/", json={"title": "x"})

    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?next=/admin/")
    assert (data.status_code, data.json()) == (401, {"detail": "Meld u eerst aan."})
    assert write.status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "public/login/",
        "public/logout/",
        "public/docs/",
        "public/openapi.json",
        "openapi.json",
        "api/docs/",
        "api/openapi.json",
        "api/change-password/",
        "api/mfa-setup/",
        "api/media/",
        "api/tables/../media/",
        "assets/../index.html",
        "docs",
    ],
)
async def test_every_other_door_is_closed(board: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await board.request(method, f"/admin/{path}")
        assert answer.status_code in (404, 405)


async def test_tables_without_a_desk_are_not_there(board: httpx.AsyncClient) -> None:
    names = [table._meta.tablename for table in UNLISTED]

    answers = [
        await board.request(method, f"/admin/api/tables/{name}/{path}")
        for name in [*names, "sign_in_link", "rate_limit", "migration"]
        for path in ("", "schema/", "ids/", "1/")
        for method in ("GET", "PATCH", "DELETE")
    ]

    assert {answer.status_code for answer in answers} == {404}


async def test_every_answer_carries_the_headers(board: httpx.AsyncClient) -> None:
    page = await board.get("/admin/")
    script = await board.get("/admin/" + page.text.split('src="./')[1].split('"')[0])
    data = await board.get("/admin/api/tables/event/")
    wrong = await board.get("/admin/api/tables/event/99/")

    for answer in (page, script, data, wrong):
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
    assert "unsafe-inline'; script" not in page.headers["content-security-policy"]
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert [a.headers["cache-control"] for a in (page, data, wrong)] == ["no-store"] * 3
    assert [a.headers.get("set-cookie") for a in (page, data)] == [None, None]


async def test_a_foreign_page_cannot_write(board: httpx.AsyncClient) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await board.post(
            "/admin/api/tables/locaties/", json={"name": "x"}, headers=headers
        )
        assert answer.status_code == 403


async def test_a_form_of_another_page_is_not_understood(board: httpx.AsyncClient) -> None:
    answers = [
        await board.post("/admin/api/tables/locaties/", data={"name": "x"}),
        await board.post("/admin/api/tables/locaties/", content=b"{", headers=JSON),
        await board.post("/admin/api/tables/locaties/", content=b"[1]", headers=JSON),
    ]

    assert [answer.json() for answer in answers] == [
        {"custom_form_error": "Dit verzoek is niet te begrijpen."}
    ] * 3


JSON = {"content-type": "application/json"}


async def test_a_body_is_at_most_ten_megabytes(board: httpx.AsyncClient) -> None:
    large = b'{"name": "' + b"x" * 10 * 1024 * 1024 + b'"}'

    announced = await board.post("/admin/api/tables/locaties/", content=large, headers=JSON)
    hidden = await board.post(
        "/admin/api/tables/locaties/",
        content=large,
        headers=JSON | {"transfer-encoding": "chunked"},
    )

    assert (announced.status_code, hidden.status_code) == (413, 411)


async def test_the_script_is_sent_small(board: httpx.AsyncClient) -> None:
    page = await board.get("/admin/")
    address = "/admin/" + page.text.split('src="./')[1].split('"')[0]

    small = await board.get(address, headers={"accept-encoding": "gzip"})
    plain = await board.get(address, headers={"accept-encoding": "identity"})

    assert int(small.headers["content-length"]) < 500_000
    assert small.content == plain.content


async def test_an_address_that_only_begins_alike_is_not_the_admin(visit: Visit) -> None:
    for visitor in ("", "carla"):
        assert (await visit(visitor).get("/administrator/1")).status_code == 404
