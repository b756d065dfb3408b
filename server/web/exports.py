"""Lists as CSV and XLSX, safe to open in a spreadsheet and flat in memory.

Text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection).
Moments are written as Amsterdam clock time. The file is made while it is sent, off the event loop.
"""

import asyncio
import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import quote

import xlsxwriter
from litestar.response import Stream

from server.clock import AMSTERDAM
from server.hours import which

Cell = str | int | float | date | datetime | None

BOM = "\ufeff"
FORMULA_STARTS = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
NOT_FOR_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
LONGEST_TEXT = 32_767
ROWS_AT_A_TIME = 500
CHUNK_BYTES = 64 * 1024
IN_MEMORY_BYTES = 1024 * 1024
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSX_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def download(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Stream:
    """A list as what its name ends in: .csv or .xlsx."""
    made = xlsx_response if filename.endswith(".xlsx") else csv_response
    return made(filename, header, rows)


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Stream:
    """Download of `filename` (ending in .csv): UTF-8 with BOM, semicolons, CRLF (RFC 4180)."""
    return _download(filename, CSV_TYPE, _csv(header, rows))


def xlsx_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Stream:
    """Download of `filename` (ending in .xlsx): one sheet, header frozen, dates as dates."""
    return _download(filename, XLSX_TYPE, _xlsx(header, rows))


def safe(text: str) -> str:
    """Text that no spreadsheet runs, without characters that no spreadsheet can hold."""
    clean = NOT_FOR_XML.sub("", text)
    guarded = f"'{clean}" if clean.startswith(FORMULA_STARTS) else clean
    return guarded[:LONGEST_TEXT]


def _download(filename: str, media_type: str, body: AsyncIterator[bytes]) -> Stream:
    # In a header, because a Stream's media_type gives way to the handler's (Litestar 2.25).
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": disposition(filename),
        "Cache-Control": "no-store",
    }
    return Stream(body, headers=headers)


def disposition(filename: str) -> str:
    """An attachment under this name, with a plain spelling for old programs (RFC 6266)."""
    clean = "".join(c for c in filename if c.isprintable() and c not in '/\\"')
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


async def _csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> AsyncIterator[bytes]:
    waiting = iter(rows)
    yield (BOM + await asyncio.to_thread(_lines, [header])).encode()
    while some := list(islice(waiting, ROWS_AT_A_TIME)):
        yield (await asyncio.to_thread(_lines, some)).encode()


def _lines(rows: Iterable[Sequence[Cell]]) -> str:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(
        [_as_text(cell) for cell in row] for row in rows
    )
    return written.getvalue()


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe(cell)
    if isinstance(cell, datetime):
        local = cell.astimezone(AMSTERDAM)
        said = local if which(cell) else local.replace(tzinfo=None)
        return said.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


async def _xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> AsyncIterator[bytes]:
    with SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as file:
        await asyncio.to_thread(_write_workbook, file, header, rows)
        file.seek(0)
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk


def _write_workbook(
    file: SpooledTemporaryFile[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> None:
    with xlsxwriter.Workbook(file, XLSX_OPTIONS) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        on, at = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        sheet.set_column(0, max(0, len(header) - 1), 24)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, safe(title), bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    _write_moment(sheet, line, column, cell, at)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, column, cell, on)
                elif isinstance(cell, str):
                    sheet.write_string(line, column, safe(cell))
                elif cell is not None:
                    sheet.write_number(line, column, cell)


def _write_moment(sheet: Any, line: int, column: int, moment: datetime, form: Any) -> None:
    """A moment in Amsterdam; as text in the hour that comes twice, which cells cannot tell."""
    if which(moment):
        sheet.write_string(line, column, _as_text(moment))
    else:
        local = moment.astimezone(AMSTERDAM).replace(tzinfo=None)
        sheet.write_datetime(line, column, local, form)
