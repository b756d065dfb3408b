"""A session that ends while somebody writes: the text comes back and can be sent again."""

import html
import re

import httpx
import pytest

from server import clock
from server.talks import queries
from tests.talks.cast import board, call, drafted, heading, in_state, person, sign_in, submitted
from tests.talks.test_pages import FORM

pytestmark = pytest.mark.anyio
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def sent_again(page: str) -> dict[str, str]:
    """What the form on the page holds."""
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page)}


async def test_a_text_survives_a_session_that_ended(client: httpx.AsyncClient) -> None:
    els, now = await person("Els"), clock.now()
    view = await drafted(els, await call(now), now=now)
    typed = {**FORM, "abstract": "Wat <helpt>\n\n& blijft?", "revision": "1", "do": "draft"}
    typed["key"] = "7a0c0a52-8a55-4c7e-9d59-0f6d3a1f2b11"
    address = f"/me/proposals/{view.code}/text"

    lost = await client.post(address, data=typed)
    unsigned = await client.post(address, data=sent_again(lost.text))
    await sign_in(client, els)
    saved = await client.post(address, data=sent_again(unsigned.text))

    assert (lost.status_code, saved.status_code) == (401, 303)
    assert heading(lost.text) == "U bent niet meer ingelogd"
    assert 'href="/sign-in?next=/me" target="_blank"' in lost.text
    assert sent_again(lost.text) == sent_again(unsigned.text) == typed
    assert f">{typed['key']}<" not in lost.text
    kept = await queries.by_id(view.id)
    assert (kept.title, kept.abstract) == (typed["title"], typed["abstract"])


async def test_it_says_nothing_of_what_stands_at_the_address(client: httpx.AsyncClient) -> None:
    now = clock.now()
    view = await submitted(await person("Els"), await call(now), now=now)

    there, nowhere = [
        (await client.post(f"/me/proposals/{code}/text", data=FORM)).text.replace(code, "…")
        for code in (view.code, "nergens")
    ]

    assert there == nowhere


@pytest.mark.parametrize(("path", "field"), [("withdrawal", "reason"), ("rejection", "note")])
async def test_so_does_what_is_written_with_a_decision(
    client: httpx.AsyncClient, path: str, field: str
) -> None:
    now, els, carla = clock.now(), await person("Els"), await board()
    congress = await call(now)
    view = await in_state("submitted", els, congress, now)
    mine = path == "withdrawal"
    base = "/me/proposals" if mine else f"/board/talks/{congress.slug}"
    address = f"{base}/{view.code}/{path}"

    lost = await client.post(address, data={field: "Een lang verhaal"})
    await sign_in(client, els if mine else carla)
    done = await client.post(address, data=sent_again(lost.text))

    assert (lost.status_code, done.status_code) == (401, 303)
    history = await queries.history(view.id)
    assert [step.reason for step in history] == ["Een lang verhaal"]
