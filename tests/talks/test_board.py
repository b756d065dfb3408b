"""What board and committee see and do, in pages and in the admin."""

import csv
import io
import re

import httpx
import pytest

from server import clock
from server.database import execute
from server.talks import queries
from server.web.admin_kit import names
from tests.clients import letters
from tests.talks.cast import (
    board,
    call,
    committee,
    drafted,
    heading,
    in_state,
    person,
    seat,
    sign_in,
    submitted,
    trail,
)
from tests.talks.test_pages import words

pytestmark = pytest.mark.anyio
API = "/admin/api/tables"


async def test_the_board_reads_and_accepts(client: httpx.AsyncClient) -> None:
    now = clock.now()
    congress, els, carla = await call(now), await person("Els"), await board()
    view = await submitted(els, congress, now=now)
    await drafted(await person("Dirk"), congress, now=now)
    await sign_in(client, carla)
    desk = f"/board/talks/{congress.slug}"

    overview = (await client.get("/board/talks")).text
    listed = (await client.get(desk)).text
    page = (await client.get(f"{desk}/{view.code}")).text
    done = await client.post(f"{desk}/{view.code}/acceptance", data={"note": "Graag!"})
    after = words((await client.get(done.headers["location"])).text)

    assert desk in overview
    assert heading(listed) == "Voorstellen: Oproep congres"
    assert "Els UMC Utrecht" in words(listed)
    assert "Dirk" not in listed
    assert heading(page) == "Pijneducatie"
    assert re.findall(r'formaction="[^"]+/(\w+)"', page) == [
        *("acceptance", "reserve", "rejection", "revision")
    ]
    assert (done.status_code, done.headers["location"]) == (303, desk)
    assert "Geaccepteerd. De spreker krijgt een e-mail" in after
    assert (await queries.by_id(view.id)).state == "accepted"
    assert (await letters())[1:] == [("proposal_accepted", "els@example.org")]


@pytest.mark.parametrize(
    ("state", "noun", "becomes"),
    [
        ("submitted", "reserve", "reserve"),
        ("submitted", "rejection", "rejected"),
        ("submitted", "revision", "revision"),
        ("reserve", "activation", "accepted"),
        ("rejected", "reopening", "submitted"),
        ("confirmed", "cancellation", "cancelled"),
        ("confirmed", "delivery", "delivered"),
    ],
)
async def test_each_button_is_a_decision(
    client: httpx.AsyncClient, state: str, noun: str, becomes: str
) -> None:
    congress, els = await call(clock.now()), await person("Els")
    view = await in_state(state, els, congress, clock.now())
    if noun == "delivery":
        await execute("UPDATE event SET starts_at = now() - interval '1 hour'")
    await sign_in(client, await board())
    address = f"/board/talks/{congress.slug}/{view.code}/{noun}"

    done = await client.post(address, data={"note": "Daarom"})
    again = await client.post(address, data={"note": "Daarom"})

    assert (done.status_code, again.status_code) == (303, 409)
    assert (await queries.by_id(view.id)).state == becomes
    assert len(await letters()) == 1


async def test_that_a_talk_was_given_is_offered_once_its_event_has_begun(
    client: httpx.AsyncClient,
) -> None:
    congress, els = await call(clock.now()), await person("Els")
    view = await in_state("confirmed", els, congress, clock.now())
    await sign_in(client, await board())
    address = f"/board/talks/{congress.slug}/{view.code}"

    before = await client.get(address)
    await execute("UPDATE event SET starts_at = now() - interval '1 hour'")
    after = await client.get(address)

    buttons = [re.findall(r'formaction="[^"]+/(\w+)"', page.text) for page in (before, after)]
    assert buttons == [["cancellation"], ["cancellation", "delivery"]]


async def test_a_decision_that_needs_a_reason_asks_for_it(client: httpx.AsyncClient) -> None:
    congress, els = await call(clock.now()), await person("Els")
    view = await in_state("accepted", els, congress, clock.now())
    await sign_in(client, await board())
    address = f"/board/talks/{congress.slug}/{view.code}"

    answer = await client.post(f"{address}/cancellation", data={"note": " "})
    long = await client.post(f"{address}/reopening", data={"note": "x" * 2001})

    assert (answer.status_code, long.status_code) == (422, 422)
    assert "Schrijf waarom: de spreker krijgt dit te lezen." in words(answer.text)
    assert f"{'x' * 2001}</textarea>" in long.text
    assert (await queries.by_id(view.id)).state == "accepted"


async def test_the_committee_reads_its_own_call_only(client: httpx.AsyncClient) -> None:
    group, now = await committee(), clock.now()
    congress, other = await call(now, committee=group), await call(now, title="Andere")
    view = await submitted(await person("Els"), congress, now=now)
    await sign_in(client, await seat("Anna", group))
    desk = f"/board/talks/{congress.slug}"

    overview = await client.get("/board/talks")
    page = await client.get(f"{desk}/{view.code}")
    public = await client.get(f"/calls/{congress.slug}")
    refused = [
        await client.post(f"{desk}/{view.code}/{noun}") for noun in ("acceptance", "revision")
    ]
    elsewhere = await client.get(f"/board/talks/{other.slug}")

    assert "Andere" not in overview.text
    assert (page.status_code, "formaction" in page.text) == (200, False)
    assert f'href="{desk}"' in public.text
    assert "/admin/#" not in page.text
    assert [answer.status_code for answer in (*refused, elsewhere)] == [403, 403, 404]
    assert (await queries.by_id(view.id)).state == "submitted"


async def test_the_chair_decides_but_not_about_an_own_proposal(client: httpx.AsyncClient) -> None:
    group, now = await committee(), clock.now()
    congress, bram = await call(now, committee=group), await seat("Bram", group, chairs=True)
    own, others = (
        await submitted(bram, congress, now=now),
        await submitted(await person("Els"), congress, now=now),
    )
    await sign_in(client, bram)
    desk = f"/board/talks/{congress.slug}"

    page = await client.get(f"{desk}/{own.code}")
    refused = await client.post(f"{desk}/{own.code}/acceptance")
    done = await client.post(f"{desk}/{others.code}/rejection")

    assert "Dit is uw eigen voorstel" in words(page.text)
    assert "formaction" not in page.text
    assert (refused.status_code, done.status_code) == (409, 303)


async def test_dirk_finds_nothing(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    view = await submitted(await person("Els"), congress, now=clock.now())
    await sign_in(client, await person("Dirk"))
    desk = f"/board/talks/{congress.slug}"
    pages = ("/board/talks", desk, f"{desk}/{view.code}", f"{desk}/proposals.csv")
    nouns = ("acceptance", "reserve", "rejection", "revision", "activation")
    more = ("reopening", "cancellation", "delivery")

    seen = [await client.get(path) for path in (*pages, f"{desk}/proposals.xlsx")]
    done = [await client.post(f"{desk}/{view.code}/{noun}") for noun in (*nouns, *more)]

    assert {answer.status_code for answer in seen + done} == {404}
    assert "Pijneducatie" not in "".join(answer.text for answer in seen)
    assert (await queries.by_id(view.id)).state == "submitted"


async def test_the_list_leaves_as_a_table_and_that_is_written_down(
    client: httpx.AsyncClient,
) -> None:
    congress = await call(clock.now())
    await submitted(await person("Els"), congress, now=clock.now())
    await sign_in(client, await board())

    as_csv = await client.get(f"/board/talks/{congress.slug}/proposals.csv")
    as_xlsx = await client.get(f"/board/talks/{congress.slug}/proposals.xlsx")

    text = as_csv.content.decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ",")
    assert header[:5] == ["Titel", "Sprekers", "E-mailadres", "Instelling", "Stand"]
    assert row[:5] == ["Pijneducatie", "Els", "els@example.org", "UMC Utrecht", "Ingediend"]
    assert as_xlsx.content[:2] == b"PK"
    exports = await execute("SELECT entity FROM audit_entry WHERE action = 'export'")
    assert exports == [{"entity": "call"}, {"entity": "call"}]


async def _address(client: httpx.AsyncClient, row_id: int) -> tuple[str, int]:
    address = f"{API}/{names.address('nl', 'proposal')}/{row_id}/"
    return address, (await client.get(address)).json()["revision"]


async def test_the_board_accepts_in_the_admin(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    view = await submitted(await person("Els"), congress, now=clock.now())
    await sign_in(client, await board())
    address, revision = await _address(client, view.id)

    saved = await client.patch(
        address, json={"revision": revision, "state": "accepted", "_reason": "Mooi"}
    )
    jumped = await client.patch(address, json={"revision": revision + 1, "state": "delivered"})

    after = await queries.by_id(view.id)
    assert (saved.status_code, after.state, after.told_state) == (200, "accepted", "accepted")
    assert after.confirm_by is not None
    assert (await letters())[1:] == [("proposal_accepted", "els@example.org")]
    assert jumped.status_code >= 400


async def test_the_board_corrects_a_text_in_the_admin(client: httpx.AsyncClient) -> None:
    view = await submitted(await person("Els"), await call(clock.now()), now=clock.now())
    await sign_in(client, await board())
    address, revision = await _address(client, view.id)

    saved = await client.patch(address, json={"revision": revision, "title": "Pijn\nen slaap"})
    wrong = await client.patch(
        address, json={"revision": revision + 1, "language": "fr", "topics": ["verzonnen"]}
    )

    after = await queries.by_id(view.id)
    assert (saved.status_code, wrong.status_code >= 400) == (200, True)
    assert "Kies een van de mogelijkheden." in wrong.text
    assert (after.title, after.language, after.topics) == ("Pijn en slaap", "nl", [])
    assert (await trail(view.id))[-1] == "change"


async def test_in_the_admin_nobody_decides_about_themselves(client: httpx.AsyncClient) -> None:
    congress, carla = await call(clock.now()), await board()
    view = await submitted(carla, congress, now=clock.now())
    await sign_in(client, carla)
    address, revision = await _address(client, view.id)

    saved = await client.patch(address, json={"revision": revision, "state": "accepted"})

    assert saved.status_code >= 400
    assert "uw eigen voorstel" in saved.text
    assert (await queries.by_id(view.id)).state == "submitted"


async def test_the_board_makes_one_call_an_event(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    await sign_in(client, await board())
    address = f"{API}/{names.address('nl', 'call')}/"
    new = (await client.get(f"{address}new/")).json()
    row = {
        **new,
        "title": "Nog een",
        "event": congress.event_id,
        "opens_at": "2027-01-01T10:00:00Z",
        "closes_at": "2027-02-01T10:00:00Z",
    }

    second = await client.post(address, json=row)
    wrong = await client.post(address, json={**row, "closes_at": "2026-12-01T10:00:00Z"})

    assert "Deze activiteit heeft al een oproep." in second.text
    assert "De sluiting moet na de opening liggen." in wrong.text
    assert await execute("SELECT count(*) AS n FROM call") == [{"n": 1}]


async def test_the_board_moves_the_deadline(client: httpx.AsyncClient) -> None:
    congress = await call(clock.now())
    await sign_in(client, await board())
    address = f"{API}/{names.address('nl', 'call')}/{congress.id}/"
    revision = (await client.get(address)).json()["revision"]

    saved = await client.patch(
        address, json={"revision": revision, "formats": ["lecture:20"], "confirm_days": 7}
    )
    wrong = await client.patch(address, json={"revision": revision + 1, "formats": ["lied"]})

    assert (saved.status_code, wrong.status_code >= 400) == (200, True)
    after = await queries.call_by_id(congress.id)
    assert (after.formats, after.confirm_days) == (["lecture:20"], 7)
