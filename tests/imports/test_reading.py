"""Messy files from real computers: encodings, delimiters, spreadsheets, and what is refused."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
import xlsxwriter

from server.errors import Invalid
from server.imports import fields, reading, spreadsheet
from server.imports.values import day, parse

TEXT = "Voornaam;Achternaam;E-mail\nZoë;Øster;zoe@example.org\n\nJán;Łuczak;jan@example.org\n"
TYPES = {"gewoon": "gewoon", "gewoon lid": "gewoon", "aspirant-lid": "aspirant"}


ODS = "urn:oasis:names:tc:opendocument:xmlns:"


def open_document(rows: str) -> bytes:
    """An ODS with these rows."""
    spaces = " ".join(f'xmlns:{name}="{ODS}{name}:1.0"' for name in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Leden">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    manifest = f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{ODS}manifest:1.0"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def workbook(*rows: tuple[object, ...], stray: tuple[int, int] | None = None) -> bytes:
    """An XLSX with an empty sheet, one with these rows, and perhaps one stray cell."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet("Leeg")
        sheet = book.add_worksheet("Leden")
        as_day = book.add_format({"num_format": "d-m-yyyy"})
        for n, row in enumerate(rows):
            for m, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(n, m, datetime.combine(cell, time()), as_day)
                elif isinstance(cell, str) and cell.startswith("="):
                    sheet.write_formula(n, m, cell, value="Berekend")
                elif isinstance(cell, time):
                    sheet.write_datetime(n, m, cell, book.add_format({"num_format": "hh:mm"}))
                else:
                    sheet.write(n, m, cell)
        if stray:
            sheet.write(*stray, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace("\n", "\r\n").encode(),
        b"sep=|\r\n" + TEXT.replace(";", "|").encode(),
        ("Ledenlijst 2026\n\n" + TEXT).encode(),
        ("Ledenlijst, versie 2\n" + TEXT).encode(),
        ("Ledenlijst 2026\n" + TEXT.replace(";", ",")).encode(),
    ],
)
def test_every_kind_of_csv_says_the_same(content: bytes) -> None:
    sheet = reading.read(content)

    assert sheet.headers == ["Voornaam", "Achternaam", "E-mail"]
    assert sheet.lines == [
        ["Zoë", "Øster", "zoe@example.org"],
        ["Ján", "Łuczak", "jan@example.org"],
    ]


def test_dutch_windows_is_read_when_it_is_no_utf8() -> None:
    sheet = reading.read("Naam;Plaats\nZoë;Curaçao\n€;’s-Hertogenbosch\n".encode("cp1252"))

    assert sheet.lines == [["Zoë", "Curaçao"], ["€", "’s-Hertogenbosch"]]


def test_lines_keep_the_number_they_have_in_the_file() -> None:
    assert reading.read(TEXT.encode()).numbers == [2, 4]


def test_cells_keep_delimiters_quotes_line_breaks_and_lost_zeros_that_excel_kept() -> None:
    sheet = reading.read(b'Naam;Nummer\n"Jansen; en ""Zn""";="09012345625"\n"Twee\nregels";x\n')

    assert sheet.lines == [['Jansen; en "Zn"', "09012345625"], ["Twee\nregels", "x"]]


def test_open_document_is_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    row = "<table:table-row>" + cell + cell + "</table:table-row>"

    sheet = reading.read(open_document(row.format("Naam", "Plaats") + row.format("Vos", "Ede")))

    assert (sheet.headers, sheet.lines) == (["Naam", "Plaats"], [["Vos", "Ede"]])


def test_spreadsheet_gives_days_whole_numbers_and_what_a_formula_said() -> None:
    sheet = reading.read(
        workbook(
            ("Naam", "BIG", "Lid sinds", "Bedrag", "Som"),
            ("Jansen", 9012345625, date(2024, 2, 29), 12.5, '=CONCAT("a","b")'),
        )
    )

    assert sheet.lines == [["Jansen", "9012345625", "2024-02-29", "12.5", "Berekend"]]


def test_ragged_lines_are_made_as_wide_as_the_headers() -> None:
    assert reading.read(b"a;b;c;\n1\n1;2;3;4;5\n").lines == [["1", "", ""], ["1", "2", "3"]]


def test_zip_bombs_and_other_bad_files_are_refused_in_words() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    bad = {
        "imports.file.bomb": bomb.getvalue(),
        "imports.file.broken": b"PK\x03\x04 nothing",
        "imports.file.empty": b"Naam;Plaats\n",
        "imports.file.too_large": b"a" * (reading.MOST_BYTES + 1),
        "imports.file.too_many": (";".join("abcdefghij" * 11) + "\n1;2\n").encode(),
        "imports.file.quotes": b'Lidnr;Achternaam\n1;"Jansen\n2;Smit\n3;Vos\n',
    }
    for key, content in bad.items():
        with pytest.raises(Invalid) as refused:
            reading.read(content)
        assert refused.value.fields == {"file": key}


@pytest.mark.parametrize(
    ("row", "column", "key"),
    [
        (1_048_575, 16_383, "imports.file.bomb"),
        (1_048_575, 300, "imports.file.bomb"),
        (1_048_575, 10, "imports.file.too_many"),
        (0, 300, "imports.file.too_many"),
    ],
)
def test_stray_cell_far_away_ends_its_reader_and_not_the_website(
    row: int, column: int, key: str
) -> None:
    content = workbook(("Naam", "Plaats"), ("Jansen", "Ede"), stray=(row, column))
    assert len(content) < 6000

    with pytest.raises(Invalid) as refused:
        reading.read(content)

    assert refused.value.fields == {"file": key}


def test_cells_repeated_without_end_are_refused() -> None:
    rows = '<table:table-row table:number-rows-repeated="1000000">' + (
        '<table:table-cell office:value-type="string" table:number-columns-repeated="1000">'
        "<text:p>x</text:p></table:table-cell></table:table-row>"
    )

    with pytest.raises(Invalid):
        reading.read(open_document(rows))


def test_reading_in_the_same_process_says_the_same() -> None:
    content = workbook(("Naam", "Lid sinds"), ("Jansen", date(2024, 2, 29)), (12.5, time(9, 30)))

    assert spreadsheet.rows(content) == [
        ["Naam", "Lid sinds"],
        ["Jansen", "2024-02-29"],
        ["12.5", "09:30:00"],
    ]


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe\x00", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"]
)
def test_nonsense_is_refused_and_never_raises(content: bytes) -> None:
    with pytest.raises(Invalid):
        reading.read(content)


def test_headers_are_guessed_once_each() -> None:
    found = fields.guess(
        [
            "Lidnr.",
            "Voorletters",
            "Tussenvoegsel(s)",
            "Achternaam",
            "E-mailadres",
            "E-mail",
            "Kleur",
        ]
    )

    assert found == {0: "member_number", 1: "initials", 2: "prefix", 3: "surname", 4: "email"}
    assert fields.guess(["BIG-nummer", "Lid sinds"]) == {0: "number:BIG", 1: "starts_on"}


@pytest.mark.parametrize(
    ("header", "values", "is_left_out"),
    [
        ("BSN", ["1"], True),
        ("Burgerservicenummer", [""], True),
        ("Kenmerk", ["111222333", "123456782", "010101019", ""], True),
        ("Kenmerk", ["111222333", "123456783", "abc"], False),
        ("AGB-nummer", ["94012345", "94012346", "94012347"], False),
        ("Kenmerk", ["111222333", "123456782"], True),
        ("Kenmerk", ["111222333"], True),
        ("Kenmerk", ["22"], False),
        ("Telefoon", ["111222333"], False),
    ],
)
def test_citizen_service_numbers_are_left_out(
    header: str, values: list[str], is_left_out: bool
) -> None:
    lines = [["Jansen", value] for value in values]
    sheet, left_out = fields.without_bsn(
        reading.Sheet(["Naam", header], lines, [*range(2, 2 + len(lines))])
    )

    assert left_out == ([header] if is_left_out else [])
    assert all(len(line) == len(sheet.headers) for line in sheet.lines)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("1-3-2026", date(2026, 3, 1)),
        ("01/03/2026", date(2026, 3, 1)),
        ("2026-03-01", date(2026, 3, 1)),
        ("2026-03-01 00:00:00", date(2026, 3, 1)),
        ("46082", date(2026, 3, 1)),
        ("31-2-2026", None),
        ("1-3-26", None),
        ("1-3-0206", None),
        ("9999-12-31", None),
        ("maart", None),
        ("", None),
    ],
)
def test_days_as_people_and_excel_write_them(written: str, found: date | None) -> None:
    assert day(written) == found


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("Berg, A. van der", ("A.", "", "van der", "Berg")),
        ("Hart, Bart 't", ("", "Bart", "'t", "Hart")),
        ("A.B. van der Berg", ("A.B.", "", "van der", "Berg")),
        ("Jansen", ("", "", "", "Jansen")),
        ("Berg, van den, Floor", ("", "Floor", "van den", "Berg")),
    ],
)
def test_name_in_one_cell_is_taken_apart(written: str, parts: tuple[str, ...]) -> None:
    person = parse({"name": written}, TYPES).person

    columns = ("initials", "first_name", "prefix", "surname")
    assert tuple(person.get(column, "") for column in columns) == parts


def test_everything_wrong_is_said_in_one_pass() -> None:
    found = parse(
        {
            "surname": "Jansen",
            "email": "a@x, b@x",
            "phone": "12",
            "postcode": "1234 SS",
            "country": "Nergensland",
            "number:BIG": "9012345625",
            "member_number": "12a",
            "type": "Erelid",
            "starts_on": "gisteren",
        },
        TYPES,
    )

    assert [(p.field, p.proposal) for p in found.problems] == [
        ("email", ""),
        ("phone", ""),
        ("postcode", ""),
        ("country", ""),
        ("number:BIG", "09012345625"),
        ("member_number", ""),
        ("starts_on", ""),
        ("type", ""),
    ]


def test_lost_zero_is_proposed_and_taken_only_when_asked() -> None:
    said = {"surname": "Jansen", "number:BIG": "9012345625"}

    assert parse(said, TYPES).numbers == {}
    assert parse(said, TYPES, take_proposals=True).numbers == {"BIG": "09012345625"}
