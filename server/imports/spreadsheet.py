"""The first sheet with something in it, of XLSX, XLS or ODS: read by a process of its own.

What reads these files makes a cell of everything between the first and the last that is filled:
one stray letter far below a list of five lines asks for half a terabyte, and then the process is
gone without an exception. So `reading` starts this file as a program, which may use so much memory
and no more: `python -m server.imports.spreadsheet`, the file comes in, a line of JSON per row goes
out. Whatever happens to it, the website goes on.
"""

import gc
import io
import json
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time

from python_calamine import CalamineError, CalamineWorkbook

MOST_MEMORY = 2 * 1024**3
MOST_CELLS = 10_000_000  # a hundred thousand lines of a hundred columns
BROKEN, TOO_LARGE = 3, 4  # how it ends when there is nothing to say


class TooLarge(Exception):
    """More cells lie between the first and the last than a list of people has."""


def main() -> int:
    """Read a workbook from standard input and write its rows."""
    gc.disable()  # millions of cells, none of which points at another
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        for row in rows(sys.stdin.buffer.read()):
            sys.stdout.write(json.dumps(row) + "\n")
    except TooLarge:
        return TOO_LARGE
    except (CalamineError, ValueError, OSError):
        return BROKEN
    return 0


def rows(content: bytes) -> list[list[str]]:
    """The rows as text, without the empty cells at their end. Raises TooLarge."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        found = list(_rows(book, name))
        if any(map(any, found)):
            return found
    return []


def _rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    sheet = book.get_sheet_by_name(name)
    last_row, last_column = sheet.end or (0, 0)
    if (last_row + 1) * (last_column + 1) > MOST_CELLS:
        raise TooLarge
    for cells in sheet.to_python(skip_empty_area=False):
        while cells and cells[-1] == "":
            cells.pop()
        yield [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


if __name__ == "__main__":
    sys.exit(main())
