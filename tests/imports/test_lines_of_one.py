"""Lines of one person in a file: which belong together, and what one of them says of all."""

from datetime import date

import pytest

from server.database import execute
from server.imports import queries
from tests import factories
from tests.imports.cast import keys, looked_at, outcomes, taken_in, types

HEAD = "Lidnr;Voorletters;Tussenvoegsel;Achternaam;E-mail;Soort;Lid sinds;BIG-nummer\n"
ANNA = "501;A.;van der;Berg;anna@example.org;Gewoon lid;1-1-2022;09012345625\n"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
async def kinds(db: None) -> None:
    await types()


@pytest.mark.parametrize("number", [";501;", ";;09012345625"])
async def test_number_of_another_on_a_later_line_keeps_both_lines_out(number: str) -> None:
    await taken_in(HEAD + ANNA)
    await factories.known("Els")
    head = "Achternaam;E-mail;Lidnr;BIG-nummer;Soort;Lid sinds;Lid tot\n"
    els = "Els;els@example.com"

    batch = await looked_at(
        f"{head}{els};;;Gewoon lid;1-1-2020;31-12-2020\n{els}{number};Gewoon lid;1-1-2022;\n"
    )

    assert await outcomes(batch) == [(2, "error"), (3, "error")]
    assert (2, "imports.wrong.two_people") in await keys(batch)


async def test_number_on_a_later_line_says_whose_all_lines_are() -> None:
    await taken_in(HEAD + ANNA)

    batch = await looked_at(
        "Lidnr;E-mail;Plaats\n;nieuw@example.org;Ede\n501;nieuw@example.org;Ede\n"
    )

    [row, _] = await queries.rows(batch.id)
    assert (row.outcome, row.name) == ("changed", "A. van der Berg")
    assert ("email", "anna@example.org", "nieuw@example.org") in row.changes


async def test_line_with_both_makes_one_person_of_two_lines() -> None:
    head = "Lidnr;Achternaam;E-mail;Plaats;Soort;Lid sinds;Lid tot\n"
    head += "501;Vos;;;Gewoon lid;1-1-2020;31-12-2020\n"
    head += ";Vos;v@example.org;;Gewoon lid;1-1-2021;31-12-2021\n"
    text = head + "501;Vos;v@example.org;Ede;Gewoon lid;1-1-2022;\n"

    batch = await taken_in(text)

    assert batch.state == "imported"
    assert await execute("SELECT email, city FROM person") == [
        {"email": "v@example.org", "city": "Ede"}
    ]
    assert await execute("SELECT number, starts_on, ends_on FROM membership") == [
        {"number": 501, "starts_on": date(2020, 1, 1), "ends_on": None}
    ]


async def test_line_that_mixes_two_people_says_nothing_of_either() -> None:
    text = "Lidnr;Achternaam;E-mail;Soort;Lid sinds\n501;Vos;v@example.org;Gewoon lid;1-1-2022\n"
    text += ";Bos;b@example.org;Gewoon lid;1-1-2022\n501;Bos;b@example.org;;\n"
    text += "502;Bos;b@example.org;;\n501;Bos;b@example.org;;\n"

    batch = await taken_in(text)

    assert batch.state == "imported"
    assert [outcome for _, outcome in await outcomes(batch)] == [
        *("new", "new", "error", "duplicate", "error"),
    ]


async def test_half_of_a_history_is_not_taken_in() -> None:
    head = "Achternaam;E-mail;Plaats;Soort;Lid sinds;Lid tot\nVos;v@example.org;;Gewoon lid;"

    batch = await looked_at(f"{head}1-1-2020;31-12-2020\nVos;v@example.org;Ede;Erelid;1-1-2021;\n")

    assert await outcomes(batch) == [(2, "error"), (3, "error")]


async def test_numbers_of_the_file_come_before_those_that_are_given_out() -> None:
    head = "Lidnr;Achternaam;E-mail;Soort;Lid sinds\n"
    text = (
        head
        + ";Vos;v@example.org;Gewoon lid;1-1-2022\n1001;Bos;b@example.org;Gewoon lid;1-1-2022\n"
    )

    batch = await taken_in(text)

    assert batch.state == "imported"
    rows = await execute("SELECT number FROM membership ORDER BY starts_on, number")
    assert [row["number"] for row in rows] == [1001, 1002]
