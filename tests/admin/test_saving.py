"""One save in the admin: everything the domain does with it, or nothing."""

import json
from typing import Any

import httpx
import pytest

from server.database import execute
from tests.admin.conftest import Make
from tests.factories import NOON

pytestmark = pytest.mark.anyio
EVENT = "/admin/api/tables/activiteiten"


async def _row(event: dict[str, Any]) -> dict[str, Any]:
    return (await execute("SELECT * FROM event WHERE id = $1", event["id"]))[0]


async def _audit() -> list[tuple[Any, ...]]:
    lines = await execute("SELECT action, actor, before, after, reason FROM audit_entry")
    return [
        (r["action"], r["actor"], json.loads(r["before"] or "null"), json.loads(r["after"]))
        for r in lines
    ]


async def _letters() -> list[str]:
    return [r["cause"] for r in await execute("SELECT cause FROM outbox_letter")]


async def test_a_change_writes_its_column_the_revision_and_the_audit(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    answer = await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, "room": "Zaal 2"})

    row = await _row(event)
    assert answer.status_code == 200
    assert answer.json()["revision"] == 2
    assert (row["room"], row["revision"]) == ("Zaal 2", 2)
    assert await _audit() == [("change", "Carla Bos", {"room": ""}, {"room": "Zaal 2"})]


async def test_the_whole_form_unchanged_writes_nothing(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()
    form = (await board.get(f"{EVENT}/{event['id']}/")).json()
    sent = {name: value for name, value in form.items() if name in event}
    sent.pop("id")

    answer = await board.patch(f"{EVENT}/{event['id']}/", json=sent)

    assert answer.status_code == 200
    assert await _row(event) == event
    assert await _audit() == []


async def test_a_stale_form_changes_nothing(board: httpx.AsyncClient, an_event: Make) -> None:
    event = await an_event()
    await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, "room": "Zaal 2"})
    saved = await _row(event)

    answer = await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, "title": "Oud"})

    assert answer.status_code == 422
    assert answer.json() == {
        "custom_form_error": "Deze rij is intussen gewijzigd door een ander."
        " Ververs de pagina; er is niets opgeslagen."
    }
    assert await _row(event) == saved
    assert len(await _audit()) == 1


async def test_a_form_without_a_version_is_refused(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    answer = await board.patch(f"{EVENT}/{event['id']}/", json={"title": "Anders"})

    assert answer.status_code == 422
    assert (await _row(event))["title"] == "Pijndag"


async def test_another_state_performs_the_move_with_its_letter(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    answer = await board.patch(
        f"{EVENT}/{event['id']}/",
        json={"revision": 1, "state": "published", "room": "Aula", "_reason": "Zaal geboekt"},
    )

    row = await _row(event)
    reasons = [r["reason"] for r in await execute("SELECT reason FROM audit_entry ORDER BY id")]
    assert answer.status_code == 200
    assert (row["state"], row["room"], row["revision"]) == ("published", "Aula", 3)
    assert row["published_at"] is not None
    assert [line[0] for line in await _audit()] == ["change", "publish"]
    assert reasons == ["Zaal geboekt", "Zaal geboekt"]
    assert await _letters() == [f"event:{event['id']}:published"]


async def test_what_a_service_refuses_undoes_everything(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event(title="Kapot")

    answer = await board.patch(
        f"{EVENT}/{event['id']}/", json={"revision": 1, "state": "published", "room": "Aula"}
    )

    assert answer.status_code == 422
    assert answer.json() == {"custom_form_error": "Dit kan nu niet."}
    assert await _row(event) == event
    assert await _audit() == []
    assert await _letters() == []


async def test_an_impossible_move_names_the_possible_ones(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    answer = await board.patch(
        f"{EVENT}/{event['id']}/", json={"revision": 1, "state": "completed", "room": "Aula"}
    )

    assert answer.status_code == 422
    assert answer.json() == {
        "custom_form_error": "Nu is het “Concept”. Mogelijk is: Aangekondigd, Gepubliceerd."
    }
    assert await _row(event) == event


async def test_a_move_without_a_verb_at_this_desk_is_refused(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event(state="published")

    answer = await board.patch(
        f"{EVENT}/{event['id']}/", json={"revision": 1, "state": "cancelled"}
    )

    assert answer.json() == {"custom_form_error": "Nu is het “Gepubliceerd”. Mogelijk is: niets."}
    assert await _row(event) == event


async def test_columns_that_no_hand_may_touch_are_refused(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    answers = [
        await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, name: value})
        for name, value in {
            "id": event["id"] + 7,
            "slug": "anders",
            "sequence": 4,
            "lock_seq": 4,
            "uid": "5b0b3f0e-3d3d-4c9e-9d0f-0d5a4a5a5a5a",
            "created_at": "2020-01-01T00:00:00Z",
            "cancel_reason": "stiekem",
        }.items()
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert answers[1].json() == {
        "custom_form_error": "Niet met de hand te wijzigen: Adres op de site. Ververs de pagina."
    }
    assert await _row(event) == event


async def test_a_column_that_the_table_does_not_show_is_refused(
    board: httpx.AsyncClient,
) -> None:
    person = await execute(
        "INSERT INTO person (surname, sort_key, display_name) VALUES ('Aal', 'aal', 'Anna Aal')"
        " RETURNING id"
    )

    answer = await board.patch(
        f"/admin/api/tables/personen/{person[0]['id']}/", json={"revision": 1, "note": "x"}
    )

    assert answer.status_code == 422
    assert answer.json() == {"custom_form_error": "Deze tabel toont geen kolom “note”."}


async def test_a_new_row_takes_the_defaults_of_its_table(board: httpx.AsyncClient) -> None:
    sent = {"title": "Nascholing", "slug": "nascholing", "starts_at": "2027-03-12T09:30:00+01:00"}
    sent |= {"ends_at": "2027-03-12T15:00:00.000Z", "venue": None, "room": ""}

    answer = await board.post(f"{EVENT}/", json=sent)

    (row,) = await execute("SELECT * FROM event")
    assert answer.status_code == 201
    assert answer.json() == [{"id": row["id"]}]
    assert (row["kind"], row["state"], row["mode"], row["revision"]) == (
        "event_day",
        "draft",
        "on_site",
        1,
    )
    assert row["starts_at"].isoformat() == "2027-03-12T08:30:00+00:00"
    assert [line[:2] for line in await _audit()] == [("create", "Carla Bos")]


async def test_a_new_row_cannot_begin_in_another_state(board: httpx.AsyncClient) -> None:
    sent = {"title": "x", "slug": "x", "state": "published", "starts_at": NOON.isoformat()}

    answer = await board.post(f"{EVENT}/", json=sent)

    assert answer.status_code == 422
    assert answer.json() == {
        "custom_form_error": "Niet met de hand te wijzigen: Status. Ververs de pagina."
    }
    assert await execute("SELECT id FROM event") == []


async def test_every_empty_required_column_is_named(board: httpx.AsyncClient) -> None:
    answer = await board.post(f"{EVENT}/", json={"title": "", "room": "Aula"})

    assert answer.json() == {
        "custom_form_error": "Titel: mag niet leeg zijn. Adres op de site: mag niet leeg zijn."
        " Begint: mag niet leeg zijn. Eindigt: mag niet leeg zijn."
    }


async def test_values_of_the_wrong_kind_are_named_in_words(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()
    wrong = {
        "title": "x" * 201,
        "starts_at": "morgen",
        "all_day": "misschien",
        "mode": "thuis",
        "description": "nul\x00",
    }

    said = []
    for name, value in wrong.items():
        answer = await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, name: value})
        said.append((answer.status_code, answer.json()["custom_form_error"]))

    assert said == [
        (422, "Titel: is te lang."),
        (422, "Begint: is geen bruikbare datum of tijd."),
        (422, "Hele dag: moet ja of nee zijn."),
        (422, "Waar: is geen van de keuzes."),
        (422, "Beschrijving: is zo niet bruikbaar."),
    ]
    assert await _row(event) == event


async def test_somebody_called_null_can_be_stored(board: httpx.AsyncClient) -> None:
    answers = [
        await board.post("/admin/api/tables/locaties/", json={"name": name})
        for name in ("Null", "NULL", None)
    ]

    names = [r["name"] for r in await execute("SELECT name FROM venue ORDER BY id")]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert names == ["Null", "NULL", "null"]


async def test_what_the_database_refuses_is_said_in_words(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    day = {"starts_at": NOON.isoformat(), "ends_at": NOON.replace(hour=15).isoformat()}
    twice = await board.post(f"{EVENT}/", json={"title": "x", "slug": "pijndag", **day})
    early = await board.patch(
        f"{EVENT}/{event['id']}/",
        json={"revision": 1, "ends_at": NOON.replace(year=2026).isoformat()},
    )
    nowhere = await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, "venue": 99})

    assert [a.status_code for a in (twice, early, nowhere)] == [422, 422, 422]
    assert twice.json() == {"custom_form_error": "Bestaat al: Adres op de site."}
    assert early.json() == {"custom_form_error": "Het einde moet na het begin liggen."}
    assert nowhere.json() == {
        "custom_form_error": "Dit wordt nog gebruikt, of verwijst naar iets dat niet bestaat."
    }
    assert await _row(event) == event


async def test_a_row_is_removed_only_where_there_is_a_verb_for_it(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()
    (venue,) = await execute("INSERT INTO venue (name) VALUES ('Domus') RETURNING id")

    kept = await board.delete(f"{EVENT}/{event['id']}/")
    removed = await board.delete(f"/admin/api/tables/locaties/{venue['id']}/")

    assert (kept.status_code, removed.status_code) == (422, 204)
    assert await execute("SELECT id FROM venue") == []
    assert await _row(event) == event


async def test_replacing_and_bulk_deleting_are_closed(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    put = await board.put(f"{EVENT}/{event['id']}/", json={"title": "x"})
    bulk = await board.delete(f"{EVENT}/")

    assert (put.status_code, bulk.status_code) == (405, 405)
    assert put.json() == {"detail": "Een rij wordt alleen per kolom gewijzigd."}
    assert await _row(event) == event


async def test_append_only_tables_are_read_only(board: httpx.AsyncClient, an_event: Make) -> None:
    event = await an_event()
    await board.patch(f"{EVENT}/{event['id']}/", json={"revision": 1, "room": "Zaal 2"})
    address = "/admin/api/tables/logboek"
    (line,) = await execute("SELECT id FROM audit_entry")

    answers = [
        await board.post(f"{address}/", json={"actor": "x"}),
        await board.patch(f"{address}/{line['id']}/", json={"actor": "Niemand"}),
        await board.delete(f"{address}/{line['id']}/"),
    ]

    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert [r["actor"] for r in await execute("SELECT actor FROM audit_entry")] == ["Carla Bos"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2027-03-28T02:30", "Begint: Op 28 maart 2027 bestaat 02.30 uur niet"),
        ("2027-10-31T02:30", "Begint: Op 31 oktober 2027 is het twee keer 02.30 uur"),
        ("2027-03-12", ""),
    ],
)
async def test_the_hands_of_a_clock_that_name_no_moment_or_two_are_refused(
    board: httpx.AsyncClient, an_event: Make, typed: str, words: str
) -> None:
    event = await an_event()

    answer = await board.patch(
        f"{EVENT}/{event['id']}/", json={"revision": 1, "starts_at": typed, "room": "Aula"}
    )

    (row,) = await execute("SELECT starts_at, room FROM event")
    assert answer.status_code == (422 if words else 200)
    assert answer.json().get("custom_form_error", "").startswith(words)
    assert (row["starts_at"] == NOON, row["room"]) == ((True, "") if words else (False, "Aula"))


async def test_the_hands_of_a_clock_are_those_of_amsterdam(
    board: httpx.AsyncClient, an_event: Make
) -> None:
    event = await an_event()

    await board.patch(
        f"{EVENT}/{event['id']}/",
        json={"revision": 1, "starts_at": "2027-07-04T09:30", "ends_at": "2027-07-04T10:30"},
    )

    (row,) = await execute("SELECT starts_at FROM event")
    assert row["starts_at"].isoformat() == "2027-07-04T07:30:00+00:00"
