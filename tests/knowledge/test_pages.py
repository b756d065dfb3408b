"""The library as people and reference managers see it, with the project's own seeds."""

import html
import re

import httpx
import pytest

from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.knowledge import queries, service
from server.seeds import planting
from tables.knowledge import Resource
from tests.factories import NOON
from tests.newsletters.cast import member, sign_in

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def titles(client: httpx.AsyncClient, address: str) -> list[str]:
    page = await client.get(address)
    assert page.status_code == 200
    return [html.unescape(t) for t in re.findall(r"<cite>(.*?)</cite>", page.text)]


async def test_seeds_are_planted_once() -> None:
    planted = await planting.plant(NOON)

    again = await planting.plant(NOON)

    rows = await execute(
        "SELECT (SELECT count(*) FROM resource) AS resources, (SELECT count(DISTINCT vocabulary)"
        " FROM vocabulary_term) AS lists, (SELECT count(*) FROM vocabulary_term) AS terms,"
        " (SELECT count(*) FROM membership_type) AS types,"
        " (SELECT count(*) FROM accreditation_register) AS registers"
    )
    counted = rows[0]
    assert (counted["resources"], counted["lists"], counted["types"]) == (17, 13, 4)
    assert counted["registers"] == 6
    assert planted == sum(counted[name] for name in ("resources", "terms", "types", "registers"))
    assert again == 0


async def test_seeds_never_overwrite_the_board() -> None:
    await planting.plant(NOON)
    await execute("UPDATE vocabulary_term SET label_nl = 'huis' WHERE code = 'gp_practice'")
    await execute("UPDATE membership_type SET fee_cents = 1 WHERE code = 'gewoon'")
    await execute("UPDATE resource SET title = 'Anders' WHERE code = 'K1-1'")

    await planting.plant(NOON)

    rows = await execute(
        "SELECT (SELECT label_nl FROM vocabulary_term WHERE code = 'gp_practice') AS term,"
        " (SELECT fee_cents FROM membership_type WHERE code = 'gewoon') AS fee,"
        " (SELECT title FROM resource WHERE code = 'K1-1') AS title"
    )
    assert rows == [{"term": "huis", "fee": 1, "title": "Anders"}]


async def test_what_is_printed_is_not_repaired() -> None:
    await planting.plant(NOON)

    view = await queries.get("K1-10", is_member=False)

    assert (view.work.year, view.as_printed) == (2021, {"years": "2021, 2020"})


async def test_every_audience_of_a_resource_has_a_name() -> None:
    await planting.plant(NOON)

    labels = await queries.labels("audience", "nl")

    found = await queries.resources(is_member=False)
    assert {code for one in found for code in one.audience} - labels.keys() == set()


async def test_only_audiences_with_something_to_read_are_offered(
    client: httpx.AsyncClient,
) -> None:
    await planting.plant(NOON)

    page = await client.get("/library")

    assert re.findall(r'href="/library\?audience=(\w+)"', page.text) == [
        "psychologists",
        "allied_health",
        "care_professionals",
        "patients",
        "children",
    ]


async def test_library_shows_everything_by_kind_and_name(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    page = await client.get("/library")

    headings = re.findall(r"<h2 id=\"kind-\w+\">(.*?)</h2>", page.text)
    assert headings == [
        "Boeken",
        "E-boeken",
        "Artikelen",
        "Richtlijnen en zorgstandaarden",
        "Websites",
        "Cursussen",
    ]
    assert (await titles(client, "/library"))[:3] == [
        "Praktijkboek Geïntegreerde cognitieve gedragstherapie: "
        "Protocollaire behandelingen op maat",
        "Pijn. Waarom?",
        "Pijn & het brein",
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=course", ["Online cursus Pijnpatiënten naar 1 stem"]),
        ("audience=children", ["Mijn beschermende brein", "Het geheim van pijn"]),
        ("kind=ebook&audience=children", ["Het geheim van pijn"]),
        ("q=VAN+WILGEN", ["Pijneducatie: Een praktische handleiding voor (para)medici"]),
        (
            "q=geintegreerde",
            [
                "Praktijkboek Geïntegreerde cognitieve gedragstherapie: "
                "Protocollaire behandelingen op maat"
            ],
        ),
        ("kind=course&q=brein", []),
    ],
)
async def test_library_is_narrowed_in_its_address(
    client: httpx.AsyncClient, query: str, expected: list[str]
) -> None:
    await planting.plant(NOON)

    assert await titles(client, f"/library?{query}") == expected


async def test_a_choice_keeps_the_other_choices(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    page = await client.get("/library?kind=book&audience=patients&q=pijn+%26")

    narrowed = re.findall(r'href="(/library\?[^"]*course[^"]*)"', page.text)
    assert narrowed == ["/library?kind=course&amp;audience=patients&amp;q=pijn+%26"]


async def test_unknown_filters_are_no_filters(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    assert len(await titles(client, "/library?kind=film&audience=everybody&q=%00")) == 17


async def test_resource_page_cites_in_the_readers_language(client: httpx.AsyncClient) -> None:
    await planting.plant(NOON)

    cited = []
    for asked in ("", "?lang=en"):
        page = await client.get(f"/library/K1-6{asked}")
        cited += re.findall(r'id="citation"[^>]* value="(.*?)"', page.text)

    assert cited == [
        "Retrain Pain. (z.d.). https://www.retrainpain.org",
        "Retrain Pain. (n.d.). https://www.retrainpain.org",
    ]


@pytest.mark.parametrize(
    ("file", "media_type", "begins"),
    [
        ("citation.bib", "application/x-bibtex", "@book{K1-1,"),
        ("citation.ris", "application/x-research-info-systems", "TY  - BOOK"),
        ("citation.json", "application/vnd.citationstyles.csl+json", "["),
    ],
)
async def test_resource_as_a_file(
    client: httpx.AsyncClient, file: str, media_type: str, begins: str
) -> None:
    await planting.plant(NOON)

    answer = await client.get(f"/library/K1-1/{file}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="K1-1.{file.rpartition(".")[2]}"'
    )
    assert answer.text.startswith(begins)


@pytest.mark.parametrize(
    "path", ["/library/K9", "/library/K1-1/citation.exe", "/library/K9/citation.bib"]
)
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    await planting.plant(NOON)

    assert (await client.get(path)).status_code == 404


async def test_dirk_does_not_see_what_is_for_members(client: httpx.AsyncClient) -> None:
    values = {"code": "X-1", "title": "Alleen leden", "is_public": False}
    await service.add_resource(CARLA, values, now=NOON)

    assert await titles(client, "/library") == []
    assert (await client.get("/library/X-1")).status_code == 404
    assert (await client.get("/library/X-1/citation.bib")).status_code == 404
    await sign_in(client, await member("anna@example.org", starts_on=NOON.date().replace(2026, 1)))
    assert await titles(client, "/library") == ["Alleen leden"]


async def test_board_changes_a_resource() -> None:
    await planting.plant(NOON)
    before = await queries.get("K1-1", is_member=False)
    values = {"people": '[{"surname": "Vos"}]', "year": 2013, "code": "Z"}

    await service.change_resource(CARLA, before.id, values, now=NOON)

    after = await queries.get("K1-1", is_member=False)
    assert (after.cite("nl").text, after.revision) == (
        "Vos (2013). Begrijp de pijn. NOI group publications.",
        2,
    )


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"code": "", "title": " "}, {"code", "title"}),
        ({"url": "javascript:alert(1)"}, {"url"}),
        ({"people": "nobody"}, {"people"}),
        ({"people": '[{"initials": "A."}]'}, {"people"}),
        ({"people": [{"surname": "Vos", "age": 3}]}, {"people"}),
        ({"people": "{}"}, {"people"}),
    ],
)
async def test_resource_that_cannot_be_cited_is_refused(
    values: dict[str, object], problems: set[str]
) -> None:
    with pytest.raises(Invalid) as invalid:
        await service.add_resource(CARLA, {"code": "X", "title": "X", **values}, now=NOON)

    assert {*invalid.value.fields} == problems


async def test_change_of_nothing_is_not_found() -> None:
    with pytest.raises(NotFound):
        await service.change_resource(CARLA, 1, {"title": "X"}, now=NOON)


async def test_retired_terms_are_not_offered_but_keep_their_name() -> None:
    await planting.plant(NOON)

    offered = {term.code for term in await queries.terms("setting", NOON.date())}

    assert "gbggz" not in offered
    assert (await queries.labels("setting", "nl"))["gbggz"] == "GBGGZ (benaming tot 2022)"


async def test_the_front_page_leads_to_the_first_article_only_where_there_is_one(
    client: httpx.AsyncClient,
) -> None:
    without = (await client.get("/")).text
    await Resource(code="Z-9", kind="article", title="Waarom pijn").save()
    await Resource(code="A-0", kind="article", title="Voor leden", is_public=False).save()
    await Resource(code="B-1", kind="book", title="Een boek").save()

    page = (await client.get("/")).text

    assert "Lees het artikel waarmee het begon" not in without
    assert '<a href="/library/Z-9">Lees het artikel waarmee het begon</a>' in page
