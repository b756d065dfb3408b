"""The editor, the pages of the board, the archive and the feed, over HTTP."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest

from server import clock
from server.database import execute
from server.issues import queries, sending
from tables.accounts import Role
from tests.clients import heading, sign_in, statements
from tests.issues.cast import (
    WORDS,
    approved,
    due,
    later,
    office,
    readers,
    signed_in,
    written,
)
from tests.newsletters.cast import mailing_list, member, person
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio
ATOM = "{http://www.w3.org/2005/Atom}"


async def test_from_a_subject_to_the_archive(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    await readers(await mailing_list(), 2)
    await office("Anna")
    await office("Bram")
    await signed_in(client, "Anna")

    begun = await client.post("/board/newsletters/nieuws/issues", data={"subject_nl": "Maart"})
    assert begun.headers["location"] == "/board/issues/1/text"
    opened = await client.get("/board/issues/1/text")
    assert "Beste {{name}}," in opened.text
    saved = await client.post("/board/issues/1/text", data={**WORDS, "revision": "1"})
    assert saved.headers["location"] == "/board/issues/1"
    await client.post("/board/issues/1/test")
    await sending.tick(later())
    own = await client.post("/board/issues/1/approval", data={"sure": "y"})
    assert own.status_code == 409
    await signed_in(client, "Bram")
    page = await client.get("/board/issues/1")
    read = re.findall(r'name="revision" value="(\d+)"', page.text)[0]
    stale = await client.post("/board/issues/1/approval", data={"revision": "1"})
    assert stale.status_code == 409
    done = await client.post("/board/issues/1/approval", data={"revision": read})
    assert done.status_code == 303
    await client.post("/board/issues/1/sending")
    await sending.tick(later(2))

    client.cookies.clear()
    archive = await client.get("/newsletters/archive/nieuws")
    assert "Nieuws van november" in archive.text
    read = await client.get("/newsletters/archive/nieuws/1")
    assert heading(read) == "Nieuws van november"
    assert "Beste lezer," in read.text
    assert "/u/" not in read.text
    assert len(mailbox.received) == 4


async def test_approving_asks_a_fresh_proof(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    await execute("UPDATE newsletter_issue SET state = 'tested'")
    await office("Bram")
    await signed_in(client, "Bram")
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=1))

    answer = await client.post(f"/board/issues/{issue_id}/approval")

    assert answer.headers["location"].startswith("/second-step")


@pytest.mark.parametrize(
    ("at", "says"),
    [
        ("2020-01-01T09:00", "al voorbij"),
        ("2099-01-01T09:00", "binnen een jaar"),
        ("gisteren", "datum"),
        ("", "datum"),
    ],
)
async def test_a_moment_that_will_not_do(client: httpx.AsyncClient, at: str, says: str) -> None:
    issue_id, _, _ = await approved()
    await signed_in(client, "Anna")
    answer = await client.post(f"/board/issues/{issue_id}/schedule", data={"at": at})
    assert answer.status_code == 422
    assert says in answer.text
    assert (await queries.get_issue(issue_id)).state == "approved"


async def test_the_log_says_what_became_of_each(
    client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    issue_id = await due(3)
    await sending.begin(later())
    await execute("UPDATE subscription SET state = 'unsubscribed' WHERE id = 2")
    mailbox.at_recipient = ["550 no such user"]
    await sending.tick(later(1))
    await signed_in(client, "Anna")

    log = await client.get(f"/board/issues/{issue_id}/log")
    skipped = await client.get(f"/board/issues/{issue_id}/log?state=skipped")
    nobody = await client.get(f"/board/issues/{issue_id}/log?q=%25")

    assert all(f"l{n}@lezer.example" in log.text for n in (1, 2, 3))
    assert "550 no such user" in log.text
    assert "l2@lezer.example" in skipped.text
    assert "l1@lezer.example" not in skipped.text
    assert "Niemand gevonden" in nobody.text


async def test_members_read_their_archive_and_others_do_not(
    client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    dirk = await member("dirk@example.org", "Dirk", starts_on=clock.today())
    els = await person("els@example.org", "Els")
    await due(0, slug="leden", audience="members", opt_in="automatic")
    await sending.tick(later())
    path = "/newsletters/archive/leden"

    stranger = await client.get(path)
    await sign_in(client, els)
    other = [(await client.get(p)).status_code for p in (path, f"{path}/1")]
    await sign_in(client, dirk)
    own = [(await client.get(p)).status_code for p in (path, f"{path}/1", f"{path}/2")]
    feed = await client.get(f"{path}/atom.xml")

    assert stranger.headers["location"].startswith("/sign-in")
    assert (other, own, feed.status_code) == ([404, 404], [200, 200, 404], 404)


async def test_the_feed_is_valid_and_of_nobody(client: httpx.AsyncClient, mailbox: Mailbox) -> None:
    await due(1, name_nl="Nieuws & <meer>", description_nl="een\x0btab")
    await sending.tick(later())
    path = "/newsletters/archive/nieuws/atom.xml"

    answer = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})

    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext(f"{ATOM}title") == "Nieuws & <meer>"
    content = feed.findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "<p>Beste lezer,</p>" in content
    assert "/u/" not in answer.text
    assert again.status_code == 304


async def test_who_may_not_see_it_is_told_of_nothing(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    thea = await office("Thea", Role.treasurer)
    assert thea.person_id
    await signed_in(client, "Thea")
    paths = ("", "/text", "/log", "/preview")
    found = [(await client.get(f"/board/issues/{issue_id}{path}")).status_code for path in paths]
    assert found == [404] * 4


async def test_pages_cost_a_fixed_number_of_statements(
    client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    await due(60)
    await sending.tick(later())
    await signed_in(client, "Anna")

    for path, number in {
        "/board/newsletters/nieuws/issues": 3,
        "/board/issues/1": 7,
        "/board/issues/1/log": 3,
        "/newsletters/archive/nieuws": 3,
        "/newsletters/archive/nieuws/1": 3,
        "/board/why-mailed?email=l1@lezer.example": 6,
    }.items():
        assert (path, await statements(client, "GET", path)) == (path, number)
