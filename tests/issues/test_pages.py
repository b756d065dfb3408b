"""The editor, the pages of the board, the archive and the feed, over HTTP."""

import re
from datetime import timedelta
from xml.etree import ElementTree

import httpx
import pytest

from server import clock
from server.database import execute
from server.issues import queries, sending, service
from tables.accounts import Role
from tables.people import Person
from tests.clients import heading, sign_in, statements
from tests.issues.cast import WORDS, approved, draft, due, later, office, readers
from tests.newsletters.cast import mailing_list, member, person
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio
ATOM = "{http://www.w3.org/2005/Atom}"


async def signed_in(client: httpx.AsyncClient, name: str) -> None:
    row = await Person.objects().get(Person.display_name == name)
    assert row is not None
    await sign_in(client, row)


async def written(client: httpx.AsyncClient, **values: str) -> int:
    """A draft by Anna, who is signed in."""
    await readers(await mailing_list(), 2)
    anna = await office("Anna")
    await signed_in(client, "Anna")
    return await draft(anna, **values)


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
    assert "Niet kwijt</textarea>" in answer.text
    assert f'action="{path}"' in answer.text
    assert empty.headers["location"].startswith("/sign-in")


async def test_a_second_step_that_ran_out_keeps_the_text(client: httpx.AsyncClient) -> None:
    issue_id = await written(client)
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=13))

    answer = await client.post(
        f"/board/issues/{issue_id}/text", data={**WORDS, "body_nl": "Niet kwijt"}
    )

    assert answer.status_code == 401
    assert "Niet kwijt</textarea>" in answer.text
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
