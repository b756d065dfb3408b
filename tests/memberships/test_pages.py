"""Joining, cancelling and one's own membership, in the browser."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.language import long_day
from server.memberships import suspending, terms
from server.seeds import planting
from tests.factories import LONG_AGO, NOON
from tests.newsletters.cast import heading, member, person, sign_in

pytestmark = pytest.mark.anyio


async def test_everybody_reads_how_to_join_and_how_to_cancel(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    page = await client.get("/membership")

    assert heading(page.text) == "Lid worden of opzeggen"
    assert [name in page.text for name in ("Gewoon lid", "Aspirant-lid", "€\xa075,00")] == [
        True
    ] * 3
    assert '<h2 id="cancel">Opzeggen</h2>' in page.text


async def test_english_page_names_the_types_in_english(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    page = await client.get("/membership?lang=en")

    assert ["Ordinary member" in page.text, "Gewoon lid" in page.text] == [True, False]


async def test_stranger_has_no_membership_page(client: httpx.AsyncClient) -> None:
    answers = [
        await client.get("/me/membership"),
        await client.post("/me/membership/1/notice"),
        await client.post("/me/membership/1/notice-withdrawal"),
    ]

    assert {answer.status_code for answer in answers} <= {303, 401}


async def test_member_sees_the_last_day_before_giving_notice(client: httpx.AsyncClient) -> None:
    await sign_in(client, await member("anna@example.org", starts_on=NOON.date().replace(2025)))

    page = await client.get("/me/membership")

    last = terms.notice_ends_on(clock.today(), notice_days=28, notice_to="year_end")
    assert f"dan eindigt uw lidmaatschap op {long_day(last, 'nl')}." in page.text
    given = await client.post("/me/membership/1/notice")
    assert (given.status_code, given.headers["location"]) == (303, "/me/membership")
    page = await client.get("/me/membership")
    assert long_day(last, "nl") in page.text
    await client.post("/me/membership/1/notice-withdrawal")
    assert await execute("SELECT ends_on, ended_by FROM membership") == [
        {"ends_on": None, "ended_by": None}
    ]


async def test_dirk_is_no_member_and_cannot_end_one(client: httpx.AsyncClient) -> None:
    await member("anna@example.org", starts_on=NOON.date().replace(2025))
    await sign_in(client, await person("dirk@example.org", "Dirk"))

    page = await client.get("/me/membership")
    notice = await client.post("/me/membership/1/notice")

    assert "U bent geen lid van het netwerk." in page.text
    assert notice.status_code == 404


async def test_member_renews_what_ends_by_itself(client: httpx.AsyncClient) -> None:
    last = clock.today() + timedelta(days=20)
    await sign_in(client, await member("anna@example.org", starts_on=LONG_AGO, ends_on=last))
    await execute("UPDATE membership_type SET period_kind = 'rolling'")

    page = await client.get("/me/membership")
    answer = await client.post("/me/membership/1/renewal")

    assert "Verleng mijn lidmaatschap" in page.text
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/membership")
    page = await client.get("/me/membership")
    assert "Verleng mijn lidmaatschap" not in page.text
    assert await execute("SELECT ends_on > $1 AS later FROM membership", last) == [{"later": True}]


async def test_former_member_is_welcome_again(client: httpx.AsyncClient) -> None:
    yesterday = clock.today() - timedelta(days=1)
    await sign_in(client, await member("anna@example.org", starts_on=LONG_AGO, ends_on=yesterday))

    page = await client.get("/me/membership")

    assert ["Geen lid meer" in page.text, 'href="/join"' in page.text] == [True, True]


async def test_suspended_member_reads_why_and_has_no_members_pages(
    client: httpx.AsyncClient,
) -> None:
    who = await member("anna@example.org", starts_on=LONG_AGO)
    await sign_in(client, who)
    assert (await client.get("/api/me")).json()["is_member"] is True
    await suspending.suspend(SYSTEM, who.id, "Schuld.", from_on=clock.today(), now=clock.now())

    page = await client.get("/me/membership")

    assert ["Geschorst" in page.text, "Schuld." in page.text] == [True, True]
    assert (await client.get("/api/me")).json()["is_member"] is False


async def test_expelled_member_reads_until_when_they_may_appeal(client: httpx.AsyncClient) -> None:
    anna = await member("anna@example.org", starts_on=LONG_AGO)
    last = clock.today() - timedelta(days=3)
    await execute(
        "UPDATE membership SET ends_on = $1, ended_by = 'association', ground = 'expulsion',"
        " reason = 'Zo.'",
        last,
    )
    await sign_in(client, anna)

    page = (await client.get("/me/membership")).text

    day = long_day(last + timedelta(days=31), "nl")
    assert ("Geschorst" in page, f"tot en met {day} in beroep" in page) == (True, True)
    assert "/join" not in page.partition("<main")[2].partition("</main>")[0]
