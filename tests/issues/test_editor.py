"""The editor over HTTP: what somebody typed is never lost, and the preview can do nothing."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.issues import queries, service
from tests.issues.cast import (
    WORDS,
    approved,
    later,
    signed_in,
    written,
)

pytestmark = pytest.mark.anyio
ATOM = "{http://www.w3.org/2005/Atom}"


async def test_a_second_tab_gets_both_texts(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    path = f"/board/issues/{issue_id}/text"
    await client.post(path, data={**WORDS, "body_nl": "Van het ene tabblad", "revision": "1"})

    second = {**WORDS, "body_nl": "Van het andere tabblad", "revision": "1"}
    answer = await client.post(path, data=second)

    assert answer.status_code == 409
    assert "Van het ene tabblad" in answer.text
    assert "Van het andere tabblad</textarea>" in answer.text
    again = await client.post(path, data={**second, "revision": "2"})
    assert again.status_code == 303
    assert (await queries.get_issue(issue_id)).body_nl == "Van het andere tabblad"


async def test_a_session_that_ended_keeps_the_text(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    path = f"/board/issues/{issue_id}/text"
    client.cookies.clear()

    answer = await client.post(path, data={**WORDS, "body_nl": "Niet kwijt", "revision": "1"})
    empty = await client.post(path, data={})

    assert answer.status_code == 401
    assert 'name="body_nl" value="Niet kwijt"' in answer.text
    assert f'action="{path}"' in answer.text
    assert empty.headers["location"].startswith("/sign-in")


async def test_a_second_step_that_ran_out_keeps_the_text(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=13))

    answer = await client.post(
        f"/board/issues/{issue_id}/text", data={**WORDS, "body_nl": "Niet kwijt"}
    )

    assert answer.status_code == 403
    assert 'name="body_nl" value="Niet kwijt"' in answer.text
    assert "/second-step" in answer.text


async def test_scheduled_in_the_meantime_keeps_the_text(client: httpx.AsyncClient) -> None:
    issue_id, anna, _ = await approved()
    await service.schedule(anna, issue_id, later(60), now=clock.now())
    await signed_in(client, "Anna")

    answer = await client.post(
        f"/board/issues/{issue_id}/text", data={**WORDS, "body_nl": "Te laat", "revision": "3"}
    )

    assert answer.status_code == 409
    assert "Te laat</textarea>" in answer.text
    assert (await client.get(f"/board/issues/{issue_id}/text")).status_code == 409


async def test_bad_input_says_so_and_keeps_the_rest(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    answer = await client.post(
        f"/board/issues/{issue_id}/text",
        data={**WORDS, "subject_nl": "x" * 71, "body_nl": "Blijft"},
    )
    assert answer.status_code == 422
    assert "Blijft</textarea>" in answer.text
    assert 'href="#subject_nl"' in answer.text


async def test_filling_changes_the_page_and_saves_nothing(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    now = clock.now()
    await execute(
        "INSERT INTO event (title, slug, starts_at, ends_at, uid, state, published_at)"
        " VALUES ('Pijndag', 'pijndag', $1, $2, gen_random_uuid(), 'published', $3)",
        *(now + timedelta(9), now + timedelta(9, hours=2), now),
    )

    answer = await client.post(
        f"/board/issues/{issue_id}/text",
        data={**WORDS, "revision": "1", "do": "fill", "items": "/events/pijndag"},
    )

    link = "- [Pijndag](http://localhost:8000/events/pijndag)"
    assert answer.status_code == 200
    assert answer.text.count(link) == 2  # in both languages, since both are written
    assert link not in (await queries.get_issue(issue_id)).body_nl


async def test_the_preview_is_a_mail_in_a_frame_that_can_do_nothing(
    client: httpx.AsyncClient,
) -> None:
    issue_id = await written(client)
    path = f"/board/issues/{issue_id}/preview"

    page = await client.get(f"/board/issues/{issue_id}/text")
    saved = await client.get(path, params={"said": "en"})
    typed = await client.post(
        path, data={**WORDS, "body_nl": "Beste {{name}}, **nu**", "reader": "l1@lezer.example"}
    )

    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert 'sandbox=""' in page.text
    assert "Dear reader," in saved.text
    assert "Beste Lezer, <strong>nu</strong>" in typed.text
    for answer in (saved, typed):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "script-src" not in policy
        assert "frame-ancestors 'self'; sandbox" in policy
    assert "**nu**" not in (await queries.get_issue(issue_id)).body_nl


@pytest.mark.parametrize(
    ("reader", "says"),
    [
        ("niemand@example.org", "staat niet op deze lijst"),
        ("geen adres", "staat niet op deze lijst"),
        ("l2@lezer.example", "afgemeld"),
    ],
)
async def test_the_preview_says_who_would_get_nothing(
    client: httpx.AsyncClient, reader: str, says: str
) -> None:
    issue_id = await written(client)
    await execute("UPDATE subscription SET state = 'unsubscribed' WHERE id = 2")

    answer = await client.get(f"/board/issues/{issue_id}/preview", params={"reader": reader})

    assert says in answer.text
