"""What everybody sees: found by their own words, and nothing that was not chosen, anywhere."""

import asyncio
import json
import re
from dataclasses import replace

import httpx
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server import clock
from server.database import execute
from server.directory import service
from server.directory.rules import FIELDS
from server.web import slugs
from tables.directory import Visibility
from tests import factories
from tests.clients import heading, human, letters, sign_in, statements
from tests.directory.cast import MARKS, plant_terms, psychologist, published

pytestmark = pytest.mark.anyio
PLACES = ("/directory", "/directory/anna", "/directory/anna/card.vcf", "/sitemap.xml")
ALL = dict.fromkeys(FIELDS, "public")
NOT_WORDS = ("contact", "referrals")  # a link and a sentence, no words of a profile


async def everything(client: httpx.AsyncClient) -> str:
    answers = [await client.get(path) for path in (*PLACES, "/api/directory")]
    answers.append(await client.get("/api/directory/anna"))
    return "\n".join(answer.text for answer in answers)


@pytest.mark.parametrize(
    ("asked", "total"),
    [
        ("", 2),
        ("q=CGT", 2),
        ("q=ACT", 0),
        ("q=ann", 1),
        ("q=slaap+utrecht", 2),
        ("intervention=cbt&intervention=act", 2),
        ("intervention=act", 0),
        ("province=UT", 2),
        ("province=LI", 0),
        ("language=tr&referrals=1", 2),
        ("q=%00%25_", 2),
    ],
)
async def test_people_are_found_by_words_synonyms_and_facets(
    client: httpx.AsyncClient, asked: str, total: int
) -> None:
    await plant_terms()
    await published("Anna", **ALL)
    await published("Berend", **ALL)

    page = await client.get(f"/directory?{asked}")
    told = (await client.get(f"/api/directory?{asked}")).json()

    assert page.status_code == 200
    assert told["total"] == total
    words = {0: "0 psychologen", 1: "1 psycholoog", 2: "2 psychologen"}[total]
    assert f"{words} gevonden" in page.text


@pytest.mark.parametrize(
    ("path", "number"),
    [("/directory?q=utrecht", 1), ("/api/directory", 1), ("/directory/anna", 2)],
)
async def test_a_search_is_one_statement(client: httpx.AsyncClient, path: str, number: int) -> None:
    for name in ("Anna", *(f"Lid{n}" for n in range(6))):
        await published(name, **ALL)
    await client.get("/directory")

    assert await statements(client, "GET", path) == number


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shown=st.fixed_dictionaries({name: st.sampled_from([*Visibility]) for name in FIELDS}))
async def test_what_was_not_chosen_stands_nowhere(
    client: httpx.AsyncClient, shown: dict[str, Visibility]
) -> None:
    if not await execute("SELECT 1 FROM profile"):
        await plant_terms()
        await published(**ALL)
    for name, visibility in shown.items():
        await execute("UPDATE profile_field SET visibility = $2 WHERE field = $1", name, visibility)
    client.cookies.clear()
    public = await everything(client)

    for name, mark in MARKS.items():
        told = re.sub(r"<aside>.*?</aside>", "", public, flags=re.S)
        assert (mark in told) == (shown[name] == Visibility.public), (name, shown[name])
        if shown[name] != Visibility.public and name not in NOT_WORDS:
            asked = await client.get("/api/directory", params={"q": mark})
            assert asked.json()["total"] == 0, f"{name} is found though it is hidden"
    assert "anna@example.com" not in public


async def test_value_that_there_is_not_shows_nobody_instead_of_everybody(
    client: httpx.AsyncClient,
) -> None:
    await plant_terms()
    await published(**ALL)

    for path in ("/directory", "/api/directory"):
        assert (await client.get(f"{path}?intervention=zz")).status_code == 404


async def test_members_see_what_is_for_members(client: httpx.AsyncClient) -> None:
    await plant_terms()
    await published(about="public", website="members", languages="board", numbers="hidden")
    await sign_in(client, await factories.member("Berend"))

    page = await client.get("/directory/anna")

    assert MARKS["website"] in page.text
    assert "Turks" not in page.text
    assert MARKS["numbers"] not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/directory/anna",
        "/directory/anna/card.vcf",
        "/api/directory/anna",
        "/directory/anna/contact",
    ],
)
async def test_who_is_gone_is_gone_everywhere(client: httpx.AsyncClient, path: str) -> None:
    await published(**ALL)
    there = await client.get(path)
    await execute("UPDATE person SET deceased_on = current_date")

    gone = await client.get(path)

    assert (there.status_code, gone.status_code) == (200, 404)
    assert "anna" not in (await client.get("/sitemap.xml")).text
    assert (await client.get("/api/directory")).json()["total"] == 0


async def test_the_cards_are_read_by_other_programs(client: httpx.AsyncClient) -> None:
    await plant_terms()
    await published(**ALL)
    page = await client.get("/directory/anna")
    card = vobject.readOne((await client.get("/directory/anna/card.vcf")).text)
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.S)
    assert found is not None
    data = json.loads(found[1])

    assert card.fn.value == "Anna"
    assert card.tel.value == MARKS["phone"]
    assert card.title.value == "gezondheidszorgpsycholoog"
    assert data["@type"] == "Person"
    assert data["jobTitle"] == ["gezondheidszorgpsycholoog"]
    assert data["workLocation"][0]["address"]["postalCode"] == "3511 AB"


async def test_nothing_typed_ends_the_element_for_machines(client: httpx.AsyncClient) -> None:
    await published(about="public")
    await execute("UPDATE profile SET headline = '</script><script>alert(1)</script>'")

    page = await client.get("/directory/anna")

    assert "<script>alert" not in page.text
    assert "\\u003c/script" in page.text


async def test_a_stranger_writes_without_seeing_an_address(client: httpx.AsyncClient) -> None:
    await published(contact="public")
    empty = await client.post("/directory/anna/contact", data=human())
    given = {"name": "J. Smit", "email": "smit@example.org", "text": "Kan ik verwijzen?"}

    sent = await client.post("/directory/anna/contact", data=human(**given))

    assert empty.status_code == 422
    assert (sent.status_code, sent.headers["location"]) == (303, "/directory/anna")
    assert (await letters())[-1] == ("profile_message", "anna@example.com")


async def test_the_holder_fills_in_offers_and_the_board_publishes(
    client: httpx.AsyncClient,
) -> None:
    await plant_terms()
    anna = await factories.anna()
    await execute("UPDATE membership_type SET in_directory = true")
    await sign_in(client, anna)
    page = await client.get("/me/directory")
    form = {
        **{"headline": "Merkzin", "about": "Meer", "website": "praktijk.example"},
        **{"intervention": ["cbt", "act"], "languages": "nl"},
        **{f"shown_{name}": "public" for name in FIELDS},
    }
    saved = await client.post("/me/directory", data=form)
    placed = await client.post(
        "/me/directory/workplaces/new",
        data={"name": "Praktijk", "city": "Utrecht", "postcode": "3511ab"},
    )
    wrong = await client.post("/me/directory/workplaces/new", data={"name": "", "postcode": "9"})
    said = await client.post(
        "/me/directory/referrals", data={"accepts": "yes", "waiting_weeks": "3"}
    )
    offered = await client.post("/me/directory/submission")
    await sign_in(client, await factories.carla())
    desk = await client.get("/board/profiles")
    one = await client.get("/board/profiles/anna")
    no_reason = await client.post("/board/profiles/anna/return")
    published_ = await client.post("/board/profiles/anna/publication")
    client.cookies.clear()
    found = await client.get("/directory/anna")

    assert heading(page) == "Mijn profiel in de gids"
    assert [a.status_code for a in (saved, placed, wrong, said, offered)] == [
        303,
        303,
        422,
        303,
        303,
    ]
    assert "Anna" in desk.text
    assert heading(one) == "Anna"
    assert (no_reason.status_code, published_.status_code) == (422, 303)
    assert heading(found) == "Anna"
    assert "https://praktijk.example" in found.text
    assert "3511 AB" in found.text


async def test_a_form_opened_before_a_change_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    await plant_terms()
    who, _ = await psychologist()
    await sign_in(client, who)
    form = {"headline": "Nieuwe zin", "revision": "0", **{f"shown_{n}": "hidden" for n in FIELDS}}

    answer = await client.post("/me/directory", data=form)

    assert answer.status_code == 422
    assert "Nieuwe zin" in answer.text
    own = await execute("SELECT headline FROM profile")
    assert own == [{"headline": "Merkzin"}]


async def test_two_windows_that_begin_a_profile_overwrite_nothing(
    client: httpx.AsyncClient,
) -> None:
    await plant_terms()
    await sign_in(client, await factories.anna())
    shown = {f"shown_{name}": "hidden" for name in FIELDS}

    answers = [
        await client.post("/me/directory", data={"headline": words, "revision": "", **shown})
        for words in ("Eerste", "Tweede")
    ]
    [kept] = await execute("SELECT headline, revision FROM profile")

    assert [answer.status_code for answer in answers] == [303, 422]
    assert kept["headline"] == "Eerste"
    assert 'value="Tweede"' in answers[1].text
    hidden = re.search(r'<input[^>]*name="revision"[^>]*>', answers[1].text)
    assert hidden and f'value="{kept["revision"]}"' in hidden[0]


async def test_clicking_on_begin_more_than_once_begins_one_profile(
    client: httpx.AsyncClient,
) -> None:
    await plant_terms()
    await sign_in(client, await factories.anna())
    given = {"headline": "Eerste", **{f"shown_{name}": "hidden" for name in FIELDS}}

    answers = await asyncio.gather(*(client.post("/me/directory", data=given) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


async def test_a_surname_that_is_not_used_finds_nobody(client: httpx.AsyncClient) -> None:
    await published()
    await execute(
        "UPDATE person SET surname = 'Meisjesnaam', partner_surname = 'Beer', name_use = 'partner'"
    )
    totals = {
        asked: (await client.get(f"/api/directory?q={asked}")).json()["total"]
        for asked in ("beer", "meisjesnaam")
    }

    assert totals == {"beer": 1, "meisjesnaam": 0}


async def test_old_address_leads_to_the_new_one_and_is_never_given_away(
    client: httpx.AsyncClient,
) -> None:
    _, holder = await published(about="public")
    old = (await execute("SELECT slug FROM profile"))[0]["slug"]
    await execute("UPDATE person SET display_name = 'A. Nieuw', surname = 'Nieuw'")
    await service.follow_name(replace(holder, name="A. Nieuw"), now=clock.now())
    new = (await execute("SELECT slug FROM profile"))[0]["slug"]

    answer = await client.get(f"/directory/{old}")

    assert (answer.status_code, answer.headers["location"]) == (301, f"/directory/{new}")
    assert await slugs.free("profile", old, former="former_slugs") == f"{old}-2"
    assert (await client.get("/directory/niemand")).status_code == 404
