"""A ticket on paper."""

import io
from pathlib import Path

import segno

from server import language
from server.registrations import codes
from server.registrations.queries import RegistrationView
from server.web import pdf

TEMPLATE = Path(__file__).with_name("ticket.typ")


async def ticket(view: RegistrationView, code: str, *, said: str) -> bytes:
    """The ticket in the reader's language, its code as QR and in letters; PDF/A-2a."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=2)
    data = {
        "lang": said,
        "title": language.text(said, "attendance.ticket.title"),
        "organisation": language.text(said, "site.name"),
        "event": view.title(said),
        "when": language.span(view.starts_at, view.ends_at, said),
        "name": view.display_name,
        "unit": view.unit(said),
        "code": codes.shown(code),
        "qr": out.getvalue().decode(),
        "alt": language.text(said, "attendance.ticket.alt", code=codes.shown(code)),
        "show": language.text(said, "attendance.ticket.show"),
    }
    return await pdf.made(TEMPLATE, data)
