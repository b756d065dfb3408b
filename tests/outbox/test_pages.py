"""The board's second try, and the letters that a demo shows."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from emails import gallery
from emails.letters.accounts import SignInLinkLetter
from emails.letters.fees import FeeReminder
from server import language, settings
from server.database import execute
from server.outbox import delivery
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.clients import sign_in
from tests.conftest import product
from tests.outbox.owing import later, outbox, owe

pytestmark = pytest.mark.anyio
HOST = "http://localhost:8000"


@pytest.fixture
async def stranger(db: None, files: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=product())
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as browser:
        yield browser


async def test_a_demo_shows_what_was_sent_with_links_to_follow(stranger: httpx.AsyncClient) -> None:
    letter = SignInLinkLetter(url="https://netwerk.example/sign-in/abc?a=1&b=2", minutes=10)
    await owe(letter=letter)
    await delivery.deliver(later())
    [(message_id,)] = await outbox("message_id::text")

    page = await stranger.get("/dev/letters")
    mail = await stranger.get(f"/dev/mail/{message_id}")

    address = "https://netwerk.example/sign-in/abc?a=1&amp;b=2"
    assert f'<a href="{address}">{address}</a>' in page.text
    assert f'href="{address}"' in mail.text
    assert mail.headers["content-security-policy"].startswith("default-src 'none';")


async def test_a_demo_shows_every_letter_in_both_languages(stranger: httpx.AsyncClient) -> None:
    page = await stranger.get("/dev/letters")

    links = re.findall(r'href="(/dev/letters/[a-z_]+/(?:nl|en))"', page.text)
    assert len(links) == 2 * len(gallery.all_letters())
    for link in links:
        assert (await stranger.get(link)).status_code == 200
        assert (await stranger.get(f"{link}/html")).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/dev/letters", "/dev/letters/place_offered/nl", "/dev/letters/place_offered/nl/html"),
        "/dev/mail/00000000-0000-0000-0000-000000000000",
    ],
)
async def test_without_demo_people_these_pages_do_not_exist(
    stranger: httpx.AsyncClient, path: str
) -> None:
    settings.use(msgspec.structs.replace(settings.current(), demo=False))

    assert (await stranger.get(path)).status_code == 404


@pytest.mark.parametrize("path", ["/dev/letters/place_offered/de", "/dev/letters/frame/nl"])
async def test_what_is_no_letter_is_not_found(stranger: httpx.AsyncClient, path: str) -> None:
    assert (await stranger.get(path)).status_code == 404


async def test_a_stranger_sends_nothing_again(stranger: httpx.AsyncClient) -> None:
    await owe()

    answer = await stranger.post("/board/letters/1/release")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/me")
    assert await outbox("state", "revision") == [("queued", 1)]


@pytest.mark.parametrize(
    ("role", "sees_money"), [(Role.treasurer, True), (Role.secretary, False), (Role.editor, False)]
)
async def test_who_sees_no_money_reads_of_nobody_that_they_were_reminded(
    stranger: httpx.AsyncClient, role: Role, sees_money: bool
) -> None:
    await owe(letter=FeeReminder.sample())
    await execute("UPDATE outbox_letter SET state = 'failed'")
    who = await factories.known("Lezer")
    await RoleGrant(person=who.id, role=role, from_on=factories.LONG_AGO).save()
    await sign_in(stranger, who)

    board, desk = await stranger.get("/board"), await stranger.get("/board/letters")

    assert "Niet aangekomen: anna@example.org" in board.text
    assert "fee_reminder" not in board.text + desk.text
    assert (language.text("nl", "outbox.kind.fee_reminder") in desk.text) is sees_money
    assert "anna@example.org" in desk.text
    assert ("/release" in desk.text) is (role == Role.secretary)


def test_every_letter_has_a_name_in_lists() -> None:
    assert [k for k in gallery.all_letters() if not language.knows(f"outbox.kind.{k}")] == []
