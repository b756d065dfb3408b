"""Text that people wrote, as safe HTML or as plain lines."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h3", "h4", "blockquote", "code", "hr"}
LOWER = {"h1": "h3", "h2": "h3"}


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False})


def render(text: str) -> Markup:
    """Markdown as HTML: no raw HTML, headings below the page's own, links without a referrer."""
    tokens = _parser().parse(text)
    for token in tokens:
        token.tag = LOWER.get(token.tag, token.tag)
    html = _parser().renderer.render(tokens, _parser().options, {})
    return Markup(nh3.clean(html, tags=TAGS, link_rel="noopener noreferrer"))
