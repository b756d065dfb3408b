"""A letter as text and as HTML, both made from the same blocks."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from emails import blocks, plain
from emails.letters import Letter

FOLDER = Path(__file__).parent
FRAME = "frame"


@dataclass(frozen=True)
class Rendered:
    """A letter ready to be put in a message."""

    subject: str
    text: str
    html: str


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
    greeting = "greeting" if values["name"] else "greeting_unnamed"
    parts = [
        _block(frame, greeting, values),
        _block(letter, "text", values),
        _block(frame, "signature", values),
    ]
    found = [b for part in parts for b in blocks.read(part, _block(frame, "button", values))]
    footer = [_block(frame, category, values), _block(frame, "contact", values)]
    text = "\n\n".join([*map(blocks.to_text, found), "-- \n" + "\n".join(footer)]) + "\n"
    html = (
        _environment()
        .get_template("letter.html")
        .render(
            subject=subject,
            body=Markup("\n".join(map(blocks.to_html, found))),
            footer=footer,
            language=language,
        )
    )
    return Rendered(subject, text, html)


def _block(template: Template, name: str, values: Mapping[str, object]) -> str:
    return "".join(template.blocks[name](template.new_context(dict(values)))).strip()
