"""A letter as text and as HTML, both made from the same blocks."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from emails import blocks, gallery, plain
from emails.letters import Letter

FOLDER = Path(__file__).parent
FRAME = "frame"


@dataclass(frozen=True)
class Rendered:
    """A letter ready to be put in a message."""

    subject: str
    text: str
    html: str
    picture: bytes = b""  # a PNG, which the HTML shows by the Content-ID blocks.PICTURE


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=lambda name: (name or "").endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def values_of(letter: Letter, name: str) -> dict[str, object]:
    """What the outbox keeps of a letter: harmless values, and the name it greets."""
    kept: dict[str, object] = {}
    for field, value in asdict(letter).items():
        clean = plain.some_lines if field in letter.paragraphs else plain.one_line
        kept[field] = clean(value) if isinstance(value, str) else value
    return {**kept, "name": plain.name(name)}


def render(kind: str, language: str, values: Mapping[str, object], category: str) -> Rendered:
    """Fill a letter in with what `values_of` kept. Raises jinja2.TemplateError, KeyError."""
    letter = _environment().get_template(f"{kind}/{language}.txt")
    frame = _environment().get_template(f"{FRAME}/{language}.txt")
    subject = plain.subject(_block(letter, "subject", values))
    drawn = str(values.get(gallery.drawn(kind), ""))
    greeting = "greeting" if values["name"] else "greeting_unnamed"
    parts = [
        _block(frame, greeting, values),
        _block(letter, "text", values),
        *_notes(values),
        _block(frame, "signature", values),
    ]
    found = [b for part in parts for b in blocks.read(part, _block(frame, "button", values), drawn)]
    footer = [_block(frame, category, values), _block(frame, "contact", values)]
    text = "\n\n".join([*map(blocks.to_text, found), "-- \n" + "\n".join(footer)]) + "\n"
    html = sheet(subject, Markup("\n".join(map(blocks.to_html, found))), footer, language)
    return Rendered(subject, text, html, _qr(drawn) if drawn else b"")


def _notes(values: Mapping[str, object]) -> list[str]:
    """What the letter says of the calendar part that goes along with it."""
    calendar = values.get("calendar")
    return [str(calendar["note"])] if isinstance(calendar, dict) else []


def sheet(subject: str, body: Markup, footer: Sequence[str], language: str) -> str:
    """The HTML page that every mail is."""
    page = _environment().get_template("letter.html")
    return page.render(subject=subject, body=body, footer=footer, language=language)


def words(template: str, name: str, **values: object) -> str:
    """One block of a template."""
    return _block(_environment().get_template(template), name, values)


def _qr(code: str) -> bytes:
    """A code as scanners read it: without the spaces that people need."""
    out = io.BytesIO()
    segno.make(code.replace(" ", ""), error="m", micro=False).save(out, kind="png", scale=8)
    return out.getvalue()


def _block(template: Template, name: str, values: Mapping[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values)))).strip()
