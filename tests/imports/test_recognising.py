"""Whose line it is: the same file again says nothing new, and namesakes are asked about."""

from datetime import date

import httpx
import pytest

from server import clock
from server.database import execute
from server.imports import queries, service, working
from server.people import numbers
from tests import factories
from tests.clients import sign_in
from tests.imports.cast import CARLA, keys, looked_at, outcomes, taken_in, types

HEAD = "Lidnr;Voorletters;Tussenvoegsel;Achternaam;E-mail;Soort;Lid sinds;BIG-nummer\n"
ANNA = "501;A.;van der;Berg;anna@example.org;Gewoon lid;1-1-2022;09012345625\n"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
async def kinds(db: None) -> None:
    await types()


@pytest.mark.parametrize(
    "line",
    [
        ANNA.replace("van der", "Van der"),
        ANNA.replace("van der;Berg", "’t;Hart"),
        ANNA.replace("van der;Berg", ";D’Hondt"),
        ANNA.replace("A.;van der;Berg", "A.  B.;;Berg  Smit"),
    ],
)
async def test_same_file_again_says_nothing_new(line: str) -> None:
    await taken_in(HEAD + line)

    assert await outcomes(await looked_at(HEAD + line)) == [(2, "unchanged")]


async def test_prefix_of_a_belgian_keeps_its_capital() -> None:
    await factories.known("Berg", prefix="Van der", name_country="BE")
    text = "Tussenvoegsel;Achternaam;E-mail\nVan der;Berg;berg@example.com\n"

    assert await outcomes(await looked_at(text)) == [(2, "unchanged")]


async def test_withdrawn_number_is_not_claimed_again() -> None:
    await taken_in(HEAD + ANNA)
    [number] = await execute("SELECT id FROM registration_number")
    await numbers.withdraw(CARLA, number["id"])

    assert await outcomes(await looked_at(HEAD + ANNA)) == [(2, "unchanged")]


async def test_postcode_and_telephone_are_those_of_the_country_where_we_know_them() -> None:
    known = {"country": "BE", "postcode": "9000", "phone": "+32470123456"}
    await factories.known("Peeters", **known)

    batch = await looked_at(
        "Achternaam;E-mail;Postcode;Telefoon\nPeeters;peeters@example.com;9000;0470 12 34 56\n"
    )

    assert (await outcomes(batch), await keys(batch)) == ([(2, "unchanged")], [])


@pytest.mark.parametrize("kind", ["calendar", "rolling"])
async def test_last_day_of_a_type_with_periods_is_shown_as_it_will_be(kind: str) -> None:
    await execute("UPDATE membership_type SET period_kind = $1", kind)

    batch = await taken_in(HEAD + ANNA)

    [row], [held] = await queries.rows(batch.id), await execute("SELECT * FROM membership")
    assert ("ends_on", "", str(held["ends_on"])) in row.changes
    assert held["starts_on"] == date(2022, 1, 1)
    assert held["ends_on"] >= clock.today()
    assert await outcomes(await looked_at(HEAD + ANNA)) == [(2, "unchanged")]


async def test_member_number_needs_a_membership() -> None:
    text = "Lidnr;Achternaam;Soort;Lid sinds\n77;Jansen;;\n78;Smit;;\n78;Smit;Gewoon lid;1-1-2022\n"

    batch = await looked_at(text)

    assert await keys(batch) == [(2, "imports.wrong.period")]
    assert await outcomes(batch) == [(2, "error"), (3, "new"), (4, "new")]


async def test_number_on_another_line_of_the_same_person_counts() -> None:
    await taken_in(
        "Lidnr;Achternaam;E-mail;Soort;Lid sinds;Lid tot\n"
        "78;Smit;s@example.org;;;\n;Smit;s@example.org;Gewoon lid;1-1-2022;\n"
    )

    assert await execute("SELECT number FROM membership") == [{"number": 78}]


async def test_two_member_numbers_of_one_person_contradict() -> None:
    batch = await looked_at(HEAD + ANNA + ANNA.replace("501", "502").replace("2022", "2024"))

    assert (3, "imports.wrong.contradicts") in await keys(batch)


async def test_lines_that_name_one_person_in_two_ways_are_one_history() -> None:
    await taken_in(HEAD + ANNA)

    batch = await looked_at(
        "Lidnr;E-mail;Achternaam;Plaats\n501;;;Ede\n;anna@example.org;;Zwolle\n"
    )

    assert await outcomes(batch) == [(2, "error"), (3, "error")]
    assert await keys(batch) == [
        (2, "imports.wrong.other_line"),
        (3, "imports.wrong.contradicts"),
    ]


async def test_every_namesake_is_offered_the_likest_first(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    zwolle = await factories.known("Jansen", initials="J.", city="Zwolle")
    mine = {"email": "b@example.com", "email_key": "b@example.com"}
    ede = await factories.known("Jansen", initials="J.", city="Ede", **mine)
    text = "Voorletters;Achternaam;Plaats;Telefoon\nJ.;Jansen;Ede;0612345678\n"
    batch = await looked_at(text)

    page = (await client.get(f"/board/import/{batch.id}")).text
    assert page.index(f'value="{ede.id}"> <span>Dezelfde persoon: Jansen, Ede') < page.index(
        f'value="{zwolle.id}"> <span>Dezelfde persoon: Jansen, Zwolle'
    )
    given = {"revision": str(batch.revision), "line-2": str(ede.id)}
    await client.post(f"/board/import/{batch.id}/decisions", data=given)
    await working.tick(clock.now())
    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())

    rows = await execute("SELECT id, phone FROM person WHERE surname = 'Jansen' ORDER BY id")
    assert rows == [{"id": zwolle.id, "phone": ""}, {"id": ede.id, "phone": "+31612345678"}]


async def test_only_whoever_is_offered_can_be_meant() -> None:
    await factories.known("Jansen", initials="J.")
    other = await factories.known("Vos")
    batch = await looked_at("Voorletters;Achternaam\nJ.;Jansen\n")

    await service.decide(CARLA, batch.id, {2: str(other.id)}, take_proposals=False)
    await working.tick(clock.now())

    assert await outcomes(batch) == [(2, "duplicate")]


async def test_namesake_who_is_a_member_can_be_somebody_else() -> None:
    await factories.member("Berg", initials="A.")
    batch = await looked_at(HEAD + ANNA)
    assert await outcomes(batch) == [(2, "duplicate")]

    await service.decide(CARLA, batch.id, {2: "other"}, take_proposals=False)
    await working.tick(clock.now())

    assert await outcomes(batch) == [(2, "new")]


async def test_address_of_another_surname_is_explained_and_not_offered_as_another(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.carla())
    mailbox = {"email": "praktijk@example.org", "email_key": "praktijk@example.org"}
    await factories.known("Jansen", **mailbox)
    batch = await looked_at("Achternaam;E-mail\nPietersen;praktijk@example.org\n")

    page = (await client.get(f"/board/import/{batch.id}")).text

    assert "Hoort bij iemand met een andere achternaam: zelfde e-mailadres." in page
    assert "Iemand anders" not in page
