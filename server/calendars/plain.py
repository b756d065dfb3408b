"""Markdown as plain lines, for programs that show text as it is."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKED = re.compile(r"[\\`*_\[\]<>#!&|~]|^\s*(?:[-+=]|\d+[.)]|\s{4})", re.MULTILINE)

UNWRITABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    return parser.disable(["html_block", "html_inline", "reference", "lheading", "code"])


@lru_cache(2048)
def plain(markdown: str) -> str:
    """The text without its marks; a link becomes its words and its bare address."""
    lines = markdown.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not MARKED.search(lines):
        return re.sub(r"[ \t]*\n", "\n", re.sub(r"\n{3,}", "\n\n", lines))
    return "\n\n".join(block for block in _blocks(_parser().parse(lines)) if block)


def _blocks(tokens: Iterable[Token]) -> Iterable[str]:
    """One string for each paragraph, heading or list."""
    items: list[str] = []
    marks: list[str] = []
    depth = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
            if depth == 0:
                yield "\n".join(items)
                items = []
        elif token.type == "list_item_open":
            marks.append(f"{token.info}. " if token.info else "- ")
        elif token.type in ("inline", "fence", "code_block"):
            text = _inline(token.children) if token.children else token.content.rstrip("\n")
            if depth:
                items.append("  " * (depth - 1) + (marks.pop() if marks else "  ") + text)
            else:
                yield text


def _inline(tokens: Iterable[Token]) -> str:
    parts: list[str] = []
    opened: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            opened.append((str(token.attrs.get("href", "")), len(parts)))
        elif token.type == "link_close":
            address, start = opened.pop()
            address = address.removeprefix("mailto:")
            if "".join(parts[start:]) != address:
                parts.append(f" {address}")
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        else:
            parts.append(token.content)
    return "".join(parts)


def one_line(text: str) -> str:
    """No control characters, white space collapsed."""
    return " ".join(clean(text).split())


def clean(text: str) -> str:
    """Without C0 and C1 controls (but line breaks), stray surrogates, other line separators.

    And without the two that XML forbids besides.
    """
    return UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
