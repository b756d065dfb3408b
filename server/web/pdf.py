"""Paper: a PDF (PDF/A-2a) from a Typst template and data.

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
    given = {"data": json.dumps(data, default=str, ensure_ascii=False)}
    return await asyncio.to_thread(_compiled, template, given)


@cache
def _fonts() -> typst.Fonts:
    """Looked for once: searching the machine for them takes longer than a document."""
    return typst.Fonts()


def _compiled(template: Path, given: dict[str, str]) -> bytes:
    try:
        return _as(STANDARD, template, given)
    except typst.TypstError as problem:
        if not str(problem).startswith("PDF/A"):
            raise
        return _as(None, template, given)


def _as(standard: Literal["a-2a"] | None, template: Path, given: dict[str, str]) -> bytes:
    document: bytes = typst.compile(
        template.read_bytes(),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs=given,
        pdf_standards=standard,
    )
    return document
