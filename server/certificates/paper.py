"""A certificate on paper: Dutch on the first page, English on the second; PDF/A-2a, tagged."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import segno

from server import language
from server.certificates import rules
from server.web import links, pdf

TEMPLATE = Path(__file__).with_name("certificate.typ")
WORDS = (
    *("title", "says", "was", "there", "breaks", "part", "time", "number"),
    *("check", "scan", "organiser"),
)


async def certificate(printed: Mapping[str, Any]) -> bytes:
    """The paper of what `queries.printed` gives."""
    address = links.absolute(f"/verify/{printed['code']}")
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    data = {
        **printed,
        "shown": rules.shown_code(printed["code"]),
        "address": links.absolute("/verify"),
        "qr": out.getvalue().decode(),
        **{said: {**printed[said], **_around(said)} for said in language.LANGUAGES},
    }
    return await pdf.made(TEMPLATE, data)


def _around(said: str) -> dict[str, Any]:
    words = {name: language.text(said, f"certificates.paper.{name}") for name in WORDS}
    return {"organisation": language.text(said, "site.name"), "title": words["title"],
            "words": words}  # fmt: skip
