"""Markdown as the text and the HTML of a mail, both from one reading, so the two cannot differ.

A picture is never loaded: whoever opens a mail tells nobody. It becomes a link with its words.
"""

from collections.abc import Sequence
from functools import cache
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from emails import blocks

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3"}
STYLE = {
    **blocks.STYLE,
    "h2": "margin:28px 0 8px;font:bold 21px/1.3 Georgia,'Times New Roman',serif;color:#0f4c55",
    "h3": "margin:20px 0 6px;font:bold 17px/1.4 Georgia,'Times New Roman',serif",
    "ol": blocks.STYLE["ul"],
    "blockquote": "margin:0 0 16px;padding:0 0 0 14px;border-left:3px solid #d9d2c5",
    "hr": "border:0;border-top:1px solid #d9d2c5;margin:24px 0",
    "pre": "margin:0 0 16px;font:14px/1.5 Consolas,monospace;white-space:pre-wrap",
}


@cache
def parser() -> MarkdownIt:
    """No HTML of anybody's own; a line stays a line."""
    return MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})


def read(source: str) -> list[Token]:
    """What stands in a text."""
    return parser().parse(source)


def everything(tokens: Sequence[Token]) -> list[Token]:
    """Every token, those inside a line as well."""
    return [one for token in tokens for one in (token, *(token.children or []))]


def to_html(tokens: Sequence[Token], picture: str) -> str:
    """As HTML; styles stand in the elements, because many mail programs drop the rest."""
    return "".join(_html(token, picture) for token in tokens).strip()


def _html(token: Token, picture: str) -> str:
    if token.type == "inline":
        return "".join(_html(child, picture) for child in token.children or [])
    if token.type == "text":
        return escape(token.content, quote=False)
    if token.type in ("softbreak", "hardbreak"):
        return "<br>\n"
    if token.type == "code_inline":
        return f"<code>{escape(token.content)}</code>"
    if token.type in ("code_block", "fence"):
        return f'<pre style="{STYLE["pre"]}">{escape(token.content)}</pre>\n'
    if token.type == "image":
        return _link(str(token.attrGet("src") or ""), f"{picture}: {token.content}")
    return _element(token)


def _element(token: Token) -> str:
    if token.hidden or not token.tag:
        return ""
    tag = HEADINGS.get(token.tag, "h3" if token.tag in ("h4", "h5", "h6") else token.tag)
    if token.nesting < 0:
        return f"</{tag}>\n" if token.block else f"</{tag}>"
    style = f' style="{STYLE[tag]}"' if tag in STYLE else ""
    href = f' href="{escape(str(token.attrGet("href") or ""))}"' if tag == "a" else ""
    start = token.attrGet("start")
    return f"<{tag}{href}{f' start={chr(34)}{start}{chr(34)}' if start else ''}{style}>"


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}" style="{STYLE["a"]}">{escape(words)}</a>'


def to_text(tokens: Sequence[Token], picture: str) -> str:
    """As plain text: headings underlined, links written out behind their words."""
    return _Writer(picture).write(tokens)


class _Writer:
    """Writes paragraphs, each behind what it stands in: a list, a quotation."""

    def __init__(self, picture: str) -> None:
        self._picture = picture
        self._parts: list[str] = []
        self._inside: list[str] = []  # what begins every line here
        self._numbers: list[int | None] = []
        self._mark = ""  # what begins the next line only
        self._tight = False
        self._begins = False  # a list, at its first line

    def write(self, tokens: Sequence[Token]) -> str:
        """The whole text."""
        heading = ""
        for token in tokens:
            if token.type == "heading_open":
                heading = token.tag
            elif token.type == "inline":
                line = _inline(token.children or [], self._picture)
                under = {"h1": "=", "h2": "-"}.get(heading, "")
                self._say(f"{line}\n{under * len(line)}" if under else line, token)
                heading = ""
            elif token.type in ("code_block", "fence"):
                self._say(token.content.rstrip("\n"), token)
            elif token.type == "hr":
                self._say("* * *", token)
            else:
                self._step(token)
        return "".join(self._parts).strip()

    def _step(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            start = token.attrGet("start") or 1
            self._begins = not self._numbers
            self._numbers.append(int(start) if token.type.startswith("ordered") else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._mark = "- " if number is None else f"{number}. "
            self._numbers[-1] = None if number is None else number + 1
            self._inside.append(" " * len(self._mark))
        elif token.type == "blockquote_open":
            self._inside.append("> ")
        elif token.type in ("list_item_close", "blockquote_close"):
            self._inside.pop()
            self._mark = ""
        elif token.type == "paragraph_open":
            self._tight = token.hidden

    def _say(self, text: str, token: Token) -> None:
        inside = "".join(self._inside)
        first = "".join(self._inside[:-1]) + self._mark if self._mark else inside
        lines = text.split("\n")
        said = "\n".join([first + lines[0], *(inside + line for line in lines[1:])])
        gap = "\n" if self._tight and self._mark and not self._begins else "\n\n"
        self._parts += [gap if self._parts else "", said]
        self._mark, self._tight, self._begins = "", False, False


def _inline(children: Sequence[Token], picture: str) -> str:
    said, begun = "", 0
    href = ""
    for child in children:
        if child.type in ("text", "code_inline"):
            said += child.content
        elif child.type in ("softbreak", "hardbreak"):
            said += "\n"
        elif child.type == "image":
            said += f"{picture}: {child.content} ({child.attrGet('src')})"
        elif child.type == "link_open":
            href, begun = str(child.attrGet("href") or ""), len(said)
        elif child.type == "link_close" and said[begun:] != href:
            said += f" ({href})"
    return said
