"""Calls and proposals over the API."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.talks import queries
from tests.clients import letters
from tests.talks.cast import call, in_state, person, sign_in, submitted

pytestmark = pytest.mark.anyio
DRAFT = {"title": "Slapen met pijn", "abstract": "Wat helpt?", "format": "lecture"}


async def test_calls_are_open_to_everybody(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now(), formats=["lecture:20"])
    hidden = await call(clock.now(), is_published=False)

    (listed,) = (await client.get("/api/calls")).json()
    one = await client.get(f"/api/calls/{congress.slug}")
    unknown = await client.get(f"/api/calls/{hidden.slug}")

    assert one.json() == listed
    assert (listed["slug"], listed["phase"], listed["days_left"]) == (congress.slug, "open", 12)
    assert listed["formats"] == [{"format": "lecture", "minutes": 20}]
    assert unknown.status_code == 404


async def test_a_proposal_from_draft_to_withdrawal(client: httpx.AsyncClient) -> None:
    congress, els = await call(clock.now()), await person("Els")
    await sign_in(client, els)
    address = f"/api/calls/{congress.slug}/proposals"

    made = await client.post(address, json={**DRAFT, "key": "mijn-1"})
    again = await client.post(address, json={**DRAFT, "title": "Beter", "key": "mijn-1"})
    one = f"/api/proposals/{made.json()['code']}"
    sent = await client.post(f"{one}/submission")
    gone = await client.post(f"{one}/withdrawal", json={"reason": "Ziek"})
    read = await client.get(one)

    assert (made.status_code, again.status_code) == (201, 201)
    assert (made.json()["code"], again.json()["title"]) == (again.json()["code"], "Beter")
    assert made.json()["allowed_actions"] == ["change", "submit"]
    assert (sent.json()["state"], sent.json()["allowed_actions"]) == (
        "submitted",
        ["change", "withdraw"],
    )
    assert (gone.json()["state"], gone.json()["allowed_actions"]) == ("withdrawn", [])
    assert read.json() == gone.json()
    assert [kind for kind, _ in await letters()] == ["proposal_received", "proposal_withdrawn"]


async def test_an_accepted_proposal_is_confirmed(client: httpx.AsyncClient) -> None:
    els = await person("Els")
    view = await in_state("accepted", els, await call(clock.now()), clock.now())
    await sign_in(client, els)
    one = f"/api/proposals/{view.code}"

    before = (await client.get(one)).json()
    done = await client.post(f"{one}/confirmation")
    again = await client.post(f"{one}/confirmation")

    assert before["allowed_actions"] == ["confirm", "decline"]
    assert before["confirm_by"] is not None
    assert done.json()["state"] == "confirmed"
    assert again.status_code == 409
    assert again.headers["content-type"].startswith("application/problem+json")
    assert again.json()["detail"] == (
        "Dit kan nu niet, want de stand is ‘Bevestigd’."
        " Wel mogelijk is nu: intrekken, annuleren, als gegeven vastleggen."
    )


async def test_what_is_wrong_is_named_by_field(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    await sign_in(client, await person("Els"))
    address = f"/api/calls/{congress.slug}/proposals"

    wrong = await client.post(address, json={"title": "", "format": "song"})
    unknown = await client.post(address, json={**DRAFT, "state": "accepted"})

    assert wrong.status_code == 422
    assert wrong.json()["errors"] == {
        "title": "Vul dit in.",
        "format": "Kies een van de mogelijkheden.",
    }
    assert unknown.status_code == 400
    assert await execute("SELECT 1 FROM proposal") == []


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"language": "frans"}, "language", "Kies een van de mogelijkheden."),
        ({"language": "fr"}, "language", "Kies een van de mogelijkheden."),
        ({"topics": ["factor:verzonnen"]}, "topics", "Kies een van de mogelijkheden."),
        ({"topics": ["x" * 90]}, "topics", "Kies een van de mogelijkheden."),
        ({"affiliation": "x" * 201}, "affiliation", "Dit is te lang."),
        ({"remark": "x" * 1001}, "remark", "Dit is te lang."),
    ],
)
async def test_what_no_form_would_send_is_refused_too(
    client: httpx.AsyncClient, said: dict[str, object], field: str, sentence: str
) -> None:
    congress = await call(clock.now())
    await sign_in(client, await person("Els"))

    answer = await client.post(f"/api/calls/{congress.slug}/proposals", json={**DRAFT, **said})

    assert (answer.status_code, answer.json()["errors"]) == (422, {field: sentence})
    assert await execute("SELECT 1 FROM proposal") == []


async def test_a_title_is_one_line_without_control_characters(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    await sign_in(client, await person("Els"))
    title = "Slapen\r\nBcc: iedereen\x00"

    made = await client.post(
        f"/api/calls/{congress.slug}/proposals", json={**DRAFT, "title": title}
    )

    assert (made.status_code, made.json()["title"]) == (201, "Slapen Bcc: iedereen")


async def test_a_reason_that_is_a_book_is_refused(client: httpx.AsyncClient) -> None:
    els = await person("Els")
    view = await submitted(els, await call(clock.now()), now=clock.now())
    await sign_in(client, els)

    answer = await client.post(
        f"/api/proposals/{view.code}/withdrawal", json={"reason": "x" * 1001}
    )

    assert answer.status_code == 400
    assert (await queries.by_id(view.id)).state == "submitted"


async def test_a_closed_call_takes_nothing(client: httpx.AsyncClient) -> None:
    closed = await call(clock.now(), closes_at=clock.now() - timedelta(minutes=1))
    await sign_in(client, await person("Els"))

    answer = await client.post(f"/api/calls/{closed.slug}/proposals", json=DRAFT)

    assert answer.status_code == 409


async def test_who_is_not_signed_in_proposes_nothing(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())

    answer = await client.post(f"/api/calls/{congress.slug}/proposals", json=DRAFT)

    assert answer.status_code == 401
    assert "WWW-Authenticate" in answer.headers


async def test_dirk_may_not(client: httpx.AsyncClient) -> None:
    view = await submitted(await person("Els"), await call(clock.now()), now=clock.now())
    await sign_in(client, await person("Dirk"))
    one = f"/api/proposals/{view.code}"

    answers = [
        await client.get(one),
        await client.post(f"{one}/submission"),
        await client.post(f"{one}/confirmation"),
        await client.post(f"{one}/withdrawal", json={}),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert "Pijneducatie" not in "".join(answer.text for answer in answers)
    assert (await queries.by_id(view.id)).state == "submitted"
