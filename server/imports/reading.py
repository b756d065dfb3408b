"""A file from somebody's computer as a sheet of text: CSV of any common kind, XLSX, XLS or ODS.

What a spreadsheet made of a number or a day is made text again: 12345.0 is "12345", a day is
2026-03-01. A formula is what it last said. Bad files are refused with a sentence.
"""

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from server.errors import Invalid
from server.imports import spreadsheet

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_TIMES_SMALLER = 200
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 100_000, 100, 2000
DELIMITERS = ";,\t"
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
LOOKED_AT, LINES_LOOKED_AT = 64 * 1024, 20
MOST_SECONDS = 120
WORKBOOK = {
    spreadsheet.BROKEN: "imports.file.broken",
    spreadsheet.TOO_LARGE: "imports.file.too_many",
}
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Sheet:
    """Headers and lines of text, all as wide as the headers; `numbers` are the file's own lines."""

    headers: list[str]
    lines: list[list[str]]
    numbers: list[int]


def read(content: bytes) -> Sheet:
    """The first sheet with something in it. Raises Invalid on `file`, saying why."""
    if len(content) > MOST_BYTES:
        raise Invalid(file="imports.file.too_large")
    if content.startswith(ZIP):
        _refuse_bomb(content)
        return _sheet(_cells_of_workbook(content))
    if content.startswith(OLD_EXCEL):
        return _sheet(_cells_of_workbook(content))
    text = _decoded(content)
    if NO_TEXT.search(text):
        raise Invalid(file="imports.file.broken")
    return _sheet(_cells_of_text(text))


def _refuse_bomb(content: bytes) -> None:
    """Never unpack what would become immense; the sizes stand in the archive's own list."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Invalid(file="imports.file.broken") from None
    if unpacked > MOST_UNPACKED or unpacked > max(len(content), LOOKED_AT) * MOST_TIMES_SMALLER:
        raise Invalid(file="imports.file.bomb")


def _cells_of_workbook(content: bytes) -> list[list[str]]:
    """What `spreadsheet` says of it: a process of its own, which may fail for the whole website."""
    command = [sys.executable, "-m", "server.imports.spreadsheet"]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, check=False, timeout=MOST_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise Invalid(file="imports.file.bomb") from None
    if done.returncode:
        raise Invalid(file=WORKBOOK.get(done.returncode, "imports.file.bomb"))
    return [json.loads(line) for line in done.stdout.splitlines()]


def _decoded(content: bytes) -> str:
    """UTF-8 or UTF-16 by its mark, else UTF-8 if it is that, else what Dutch Windows writes."""
    if b"\x00" in content[:LOOKED_AT] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        pairs = content[:LOOKED_AT]
        little = pairs[1::2].count(0) > pairs[0::2].count(0)
        return _or_broken(content, "utf-16-le" if little else "utf-16-be")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _or_broken(content, "utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _or_broken(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise Invalid(file="imports.file.broken") from None


def _cells_of_text(text: str) -> Iterable[list[str]]:
    """Lines of a CSV; `sep=;` on top (Excel) names the delimiter, else the lines show it.

    A quote that is not closed would swallow every line after it, so it is refused.
    """
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=") + 1:
        delimiter, text = first.strip()[-1], rest
    else:
        delimiter = _delimiter(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Invalid(file="imports.file.quotes") from None
    return [[_plain(cell) for cell in row] for row in rows]


def _delimiter(text: str) -> str:
    """What cuts the most of the first lines in equally many cells; a title above says nothing."""

    def evenness(delimiter: str) -> tuple[int, int]:
        lines = csv.reader(io.StringIO(text[:LOOKED_AT]), delimiter=delimiter)
        widths = Counter(len(line) for line in islice(lines, LINES_LOOKED_AT))
        return max(((n, width) for width, n in widths.items() if width > 1), default=(0, 0))

    return max(DELIMITERS, key=evenness)


def _plain(cell: str) -> str:
    """Excel's trick for leading zeros, ="00123", is the text within."""
    stripped = cell.strip()
    if stripped.startswith('="') and stripped.endswith('"'):
        return stripped[2:-1]
    return stripped


def _sheet(rows: Iterable[Sequence[str]]) -> Sheet:
    """The first line with two or more words are the headers; empty lines fall away."""
    found = [(n, list(row)) for n, row in enumerate(rows, start=1) if any(row)]
    start = next((i for i, (_, row) in enumerate(found) if sum(map(bool, row)) > 1), 0)
    found = found[start:]
    if len(found) < 2:
        raise Invalid(file="imports.file.empty")
    headers = [" ".join(header.split())[:80] for header in found[0][1]]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS or len(found) > MOST_ROWS:
        raise Invalid(file="imports.file.too_many")
    width = len(headers)
    lines = [[cell[:LONGEST_CELL] for cell in (row + [""] * width)[:width]] for _, row in found[1:]]
    return Sheet(headers, lines, [n for n, _ in found[1:]])
