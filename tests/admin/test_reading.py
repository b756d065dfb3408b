"""What the admin shows, and what it answers to questions that it should not."""

import json

import httpx
import pytest

from server.database import STATEMENTS, execute
from tests.admin.conftest import DESKS, Make, Visit

pytestmark = pytest.mark.anyio
API = "/admin/api/tables"


async def _rows() -> None:
    """One row in every table that keeps a secret."""
    await execute(
        "INSERT INTO person (id, surname, sort_key, display_name, email, note)"
        " VALUES (1, 'Aal', 'aal', 'Anna Aal', 'anna@example.org', 'GEHEIM-note')"
    )
    await execute(
        "INSERT INTO newsletter_list (id, slug, list_id, name_nl, name_en)"
        " VALUES (1, 'nieuws', 'nieuws.example.org', 'Nieuws', 'News')"
    )
    await execute(
        "INSERT INTO subscription (list, person, email, email_key, token_hash, asked_at)"
        " VALUES (1, 1, 'a@example.org', 'a@example.org', 'GEHEIM-token', now())"
    )
    await execute(
        "INSERT INTO outbox_letter (kind, cause, address, message_id, values)"
        " VALUES ('welcome', 'x:1', 'a@example.org', gen_random_uuid(), $1)",
        json.dumps({"link": "GEHEIM-link"}),
    )


async def test_no_secret_is_in_any_answer(board: httpx.AsyncClient) -> None:
    await _rows()

    answers = [
        await board.get(f"{API}/{desk.name}/{path}")
        for desk in DESKS
        for path in ("", "1/", "ids/?limit=5", "new/", "csv/", "?__readable=true", "references/")
    ]

    assert {answer.status_code for answer in answers} <= {200, 404}
    assert [a.url for a in answers if "GEHEIM" in a.text or "R0VIRUlN" in a.text] == []


async def test_withheld_columns_can_neither_be_asked_nor_sorted_nor_filtered(
    board: httpx.AsyncClient,
) -> None:
    await _rows()
    asked = [
        "personen/?__visible_fields=note",
        "personen/?__order=-note",
        "personen/?note=GEHEIM",
        "personen/?note__match=starts",
        "personen/count/?note=GEHEIM",
        "abonnementen/?__order=token_hash",
        "abonnementen/?__visible_fields=token_hash",
        "brieven/count/?values=x",
        "personen/?__visible_fields=merged_into.note",
        "personen/csv/?__visible_fields=note",
    ]

    answers = [await board.get(f"{API}/{path}") for path in asked]

    assert [answer.status_code for answer in answers] == [422] * len(asked)


@pytest.mark.parametrize(
    "question",
    [
        "?__order=unknown",
        "?__page_size=-1",
        "?__page_size=1000000",
        "?__page=-1",
        "?__page=99999999999999999999",
        "?unknown=1",
        "?starts_at=morgen",
        "?venue=99999999999999",
        "?title=%00",
        "?title=" + "x" * 300,
        "ids/",
        "ids/?limit=-1",
        "ids/?limit=5&offset=-1",
    ],
)
async def test_a_question_without_an_answer_is_refused_in_words(
    board: httpx.AsyncClient, question: str
) -> None:
    answer = await board.get(f"{API}/activiteiten/{question}")

    assert answer.status_code == 422
    assert list(answer.json()) == ["custom_form_error"]


@pytest.mark.parametrize("row", ["0", "99", "-1", "abc", "9" * 40])
async def test_a_row_that_does_not_exist_is_not_found(board: httpx.AsyncClient, row: str) -> None:
    answer = await board.get(f"{API}/activiteiten/{row}/")

    assert answer.status_code == 404
    assert answer.json() == {"detail": "Deze rij bestaat niet."}


async def test_a_list_shows_amsterdam_time_and_choices_in_words(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    await an_event()

    rows = (await board.get(f"{API}/activiteiten/?__readable=true")).json()["rows"]
    schema = (await board.get(f"{API}/activiteiten/schema/")).json()["properties"]

    assert rows[0]["starts_at"] == "vr 12 mrt 2027 12:00"
    assert rows[0]["venue_readable"] == ""
    assert schema["starts_at"]["title"] == "Begint"
    assert schema["kind"]["extra"]["choices"]["event_day"]["display_name"] == "eventdag"


async def test_a_form_offers_only_the_states_one_can_go_to(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    row = (await board.get(f"{API}/activiteiten/{event['id']}/")).json()

    assert list(row["_choices"]["state"]) == ["draft", "published", "announced"]
    assert row["starts_at"] == "2027-03-12T11:00:00Z"
    assert row["_page"] == "/events/pijndag"


async def test_a_filter_for_the_word_null_finds_it(board: httpx.AsyncClient) -> None:
    for name in ("Null", "Domus"):
        await execute("INSERT INTO venue (name) VALUES ($1)", name)

    answer = await board.get(f"{API}/locaties/?name=null")

    assert [row["name"] for row in answer.json()["rows"]] == ["Null"]


async def test_foreign_keys_lead_only_to_tables_with_a_desk(board: httpx.AsyncClient) -> None:
    schema = (await board.get(f"{API}/activiteiten/schema/")).json()["properties"]
    references = (await board.get(f"{API}/personen/references/")).json()["references"]

    assert schema["venue"]["extra"]["foreign_key"]["to"] == "locaties"
    assert "foreign_key" not in schema["group"]["extra"]
    assert {found["tableName"] for found in references} == {
        "personen",
        "abonnementen",
        "brieven",
    }


async def test_a_list_as_a_file_is_safe_and_audited(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    await an_event(title='=HYPERLINK("x")')

    answer = await board.get(f"{API}/activiteiten/csv/?title=HYPER")

    lines = answer.text.split("\r\n")
    first = dict(zip(lines[0].split(";"), lines[1].replace('""', "'").split(";"), strict=True))
    (audit,) = await execute("SELECT action, entity, after FROM audit_entry")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert first["Begint"] == "2027-03-12 12:00"
    assert first["Status"] == "Concept"
    assert first["Hele dag"] == "nee"
    assert first["Titel"].startswith("\"'=HYPERLINK")
    assert (audit["action"], audit["entity"], json.loads(audit["after"])) == (
        "export",
        "event",
        {"rows": 1},
    )


async def test_the_menu_is_in_the_readers_language(visit: Visit) -> None:
    dutch, english = visit("carla"), visit("charles")

    menus = [(await who.get(f"{API}/grouped/")).json()["grouped"] for who in (dutch, english)]

    assert menus[0]["Activiteiten"] == ["locaties", "activiteiten"]
    assert menus[1]["Events"] == ["venues", "events"]
    assert (await english.get(f"{API}/events/schema/")).json()["properties"]["starts_at"][
        "title"
    ] == "Starts"


async def test_a_list_costs_the_same_with_one_row_and_with_thirty(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    await an_event()
    counted = []
    for more in (0, 29):
        for number in range(more):
            await an_event(slug=f"dag-{number}")
        STATEMENTS.set(counter := [0])
        await board.get(f"{API}/activiteiten/?__readable=true&__page_size=50")
        counted.append(counter[0])

    assert counted[0] == counted[1]
