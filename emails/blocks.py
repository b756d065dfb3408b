"""The parts of a letter. Text and HTML are both written from them, so the two cannot differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

URL = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]]")
PICTURE = "code@letter"  # the Content-ID: of one picture at most
STYLE = {
    "img": "display:block;width:168px;height:168px;margin:0 0 8px;background:#ffffff",
    "code": "margin:0 0 16px;font:bold 22px/1.3 Consolas,'Courier New',monospace",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding:0 0 0 22px",
    "li": "margin:0 0 6px",
    "small": "margin:0 0 20px;font:13px/1.5 Arial,sans-serif;color:#53646a",
    "a": "color:#0f4c55;overflow-wrap:anywhere",
    "button": "display:inline-block;background:#0f4c55;color:#fdfaf4;padding:12px 22px;"
    "border-radius:8px;text-decoration:none;font:bold 16px/1.2 Arial,sans-serif",
}


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Items:
    """A list; each line of the text began with a dash."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Button:
    """A line that was only an address, with its words: the line above it that ended in a colon."""

    words: str
    url: str


@dataclass(frozen=True)
class Picture:
    """A code that stands alone: its signs, and in HTML a QR code of it that is sent along."""

    signs: str


Block = Paragraph | Items | Button | Picture


def read(text: str, words: str, drawn: str = "") -> list[Block]:
    """The blocks of a text; `words` stand on a button that has none of its own.

    A paragraph that is `drawn` is a picture.
    """
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        found += [Picture(drawn)] if drawn and part.strip() == drawn else _read(part, words)
    return found


def _read(part: str, words: str) -> Iterator[Block]:
    waiting: list[str] = []
    for line in (line.strip() for line in part.splitlines()):
        if URL.fullmatch(line):
            has_words = bool(waiting) and waiting[-1].endswith(":")
            own = waiting.pop().rstrip(":") if has_words else words
            yield from _lines(waiting)
            waiting = []
            yield Button(own, line)
        elif waiting and waiting[-1].startswith("- ") != line.startswith("- "):
            yield from _lines(waiting)
            waiting = [line]
        elif line:
            waiting.append(line)
    yield from _lines(waiting)


def _lines(lines: list[str]) -> Iterator[Block]:
    if lines and lines[0].startswith("- "):
        yield Items(tuple(line.removeprefix("- ") for line in lines))
    elif lines:
        yield Paragraph(tuple(lines))


def to_text(block: Block) -> str:
    """A block as plain text."""
    match block:
        case Paragraph(lines):
            return "\n".join(lines)
        case Items(lines):
            return "\n".join(f"- {line}" for line in lines)
        case Button(words, url):
            return f"{words}:\n{url}"
        case Picture(signs):
            return signs


def to_html(block: Block) -> str:
    """A block as HTML; styles stand in the elements, because many mail programs drop the rest."""
    match block:
        case Paragraph(lines):
            return _element("p", "<br>\n".join(map(_linked, lines)))
        case Items(lines):
            return _element("ul", "\n".join(_element("li", _linked(line)) for line in lines))
        case Button(words, url):
            link = f'<a class="button" href="{escape(url)}" style="{STYLE["button"]}">'
            address = f'<p class="small" style="{STYLE["small"]}">{escape(url)}</p>'
            return _element("p", f"{link}{escape(words)}</a>") + "\n" + address
        case Picture(signs):
            image = (
                f'<img src="cid:{PICTURE}" alt="" width="168" height="168" style="{STYLE["img"]}">'
            )
            return f'<p style="{STYLE["code"]}">{image}{escape(signs)}</p>'


def _element(tag: str, inside: str) -> str:
    return f'<{tag} style="{STYLE[tag]}">{inside}</{tag}>'


def _linked(line: str) -> str:
    """The line, escaped, with its addresses as links."""
    pieces: list[str] = []
    end = 0
    for found in URL.finditer(line):
        url = escape(found[0])
        pieces += [
            escape(line[end : found.start()]),
            f'<a href="{url}" style="{STYLE["a"]}">{url}</a>',
        ]
        end = found.end()
    return "".join([*pieces, escape(line[end:])])
