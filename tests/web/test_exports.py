"""Exports: opened by other people's readers, harmless in a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from litestar import Litestar, Request, get
from litestar.testing import TestClient
from python_calamine import CalamineWorkbook

from server.web import exports
from server.web.exports import Cell

HEADER = ["Naam", "E-mail", "Aantal", "Dag", "Moment"]
NIGHT = datetime(2026, 10, 24, 0, 30, tzinfo=UTC)
ROWS: list[Sequence[Cell]] = [
    ["Zoë 'van' der \"Berg\"", "zoe@example.org", -3, date(2026, 11, 14), NIGHT],
    ["=HYPERLINK(1)", "+31612345678", 2.5, None, None],
    ["regel 1\nregel 2; met puntkomma", "-x", 0, None, None],
]


def download(kind: str, rows: Sequence[Sequence[Cell]], name: str = "leden") -> Any:
    make = {"csv": exports.csv_response, "xlsx": exports.xlsx_response}[kind]

    @get("/")
    async def handler(request: Request[Any, Any, Any]) -> Any:
        return make(f"{name}.{kind}", HEADER, rows)

    with TestClient(Litestar([handler])) as client:
        return client.get("/")


def test_csv_is_read_back_as_it_was_written() -> None:
    answer = download("csv", ROWS)

    assert answer.content[:3] == b"\xef\xbb\xbf"
    text = answer.content.decode("utf-8-sig")
    assert text.count("\r\n") == 4
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) == [
        HEADER,
        ["Zoë 'van' der \"Berg\"", "zoe@example.org", "-3", "2026-11-14", "2026-10-24 02:30"],
        ["'=HYPERLINK(1)", "'+31612345678", "2.5", "", ""],
        ["regel 1\nregel 2; met puntkomma", "'-x", "0", "", ""],
    ]


def test_xlsx_is_read_back_with_dates_as_dates() -> None:
    answer = download("xlsx", ROWS)

    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert book.get_sheet_by_index(0).to_python() == [
        HEADER,
        [
            "Zoë 'van' der \"Berg\"",
            "zoe@example.org",
            -3.0,
            date(2026, 11, 14),
            datetime(2026, 10, 24, 2, 30),  # noqa: DTZ001  # a spreadsheet knows no time zones
        ],
        ["'=HYPERLINK(1)", "'+31612345678", 2.5, "", ""],
        ["regel 1\nregel 2; met puntkomma", "'-x", 0.0, "", ""],
    ]


@pytest.mark.parametrize(
    ("hour", "told"), [(0, "2026-10-25 02:30+02:00"), (1, "2026-10-25 02:30+01:00")]
)
def test_of_the_hour_that_comes_twice_it_is_told_which(hour: int, told: str) -> None:
    rows: list[Sequence[Cell]] = [["", "", 1, None, datetime(2026, 10, 25, hour, 30, tzinfo=UTC)]]

    text = download("csv", rows).content.decode("utf-8-sig")
    book = CalamineWorkbook.from_filelike(io.BytesIO(download("xlsx", rows).content))

    assert text.splitlines()[1].split(";")[4] == told
    assert book.get_sheet_by_index(0).to_python()[1][4] == told


@pytest.mark.parametrize("start", list("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert exports.safe(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("hidden", ["\x00=1", "\x1b=1", "\x7f@x"])
def test_a_control_character_hides_no_formula(hidden: str) -> None:
    assert exports.safe(hidden) == f"'{hidden[1:]}"


def test_ordinary_text_stays_as_it_is() -> None:
    assert exports.safe("'t Hart") == "'t Hart"
    assert exports.safe("a=b") == "a=b"
    assert exports.safe("") == ""


def test_a_text_too_long_for_a_cell_is_cut() -> None:
    answer = download("xlsx", [["x" * 40_000, "", 1, None, None]])

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    assert sheet.to_python()[1][0] == "x" * 32_767


def test_an_export_is_a_download_that_nobody_keeps() -> None:
    answer = download("csv", [], name='Été "2026"\r\nX')

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Ete 2026X.csv\"; filename*=UTF-8''%C3%89t%C3%A9%202026X.csv"
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_ten_thousand_rows_arrive_whole(kind: str) -> None:
    rows: list[list[Cell]] = [[f"n{n}", "x", n, None, NIGHT] for n in range(10_000)]

    answer = download(kind, rows)

    if kind == "csv":
        assert answer.content.count(b"\r\n") == 10_001
    else:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
        assert len(sheet.to_python()) == 10_001
