"""Paper: a PDF (PDF/A-2a) from a Typst template and data; and a picture, drawn in the same way.

Typst is given the data as JSON and never as markup, so that nothing in it can be a command. A sign
that no font of this machine has may not stand in a PDF/A: then it is a plain, tagged PDF, in which
that sign is an empty box. Somebody with a name in Chinese gets their paper all the same.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import typst

STANDARD: Literal["a-2a"] = "a-2a"


async def made(template: Path, data: Mapping[str, object]) -> bytes:
    """The document; some ten milliseconds in a thread."""
    given = json.dumps(data, default=str, ensure_ascii=False)
    return await asyncio.to_thread(compiled, template, given)


@cache
def _fonts() -> typst.Fonts:
    """Looked for once: searching the machine for them takes longer than a document."""
    return typst.Fonts()


def picture(template: Path, data: str) -> bytes:
    """The first page as PNG, a point a pixel; `data` is JSON. Not on the event loop."""
    drawn: bytes = typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        format="png",
        ppi=72,
        sys_inputs={"data": data},
    )
    return drawn


def compiled(template: Path, data: str) -> bytes:
    """The document; `data` is JSON. Not on the event loop."""
    try:
        return _as(STANDARD, template, data)
    except typst.TypstError as problem:
        if not str(problem).startswith("PDF/A"):
            raise
        return _as(None, template, data)


def _as(standard: Literal["a-2a"] | None, template: Path, data: str) -> bytes:
    document: bytes = typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards=standard,
    )
    return document
