"""What is wrong with the words of an issue, before anybody gets them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from markdown_it.token import Token

from emails import markdown
from emails.issues import NAME, Words
from server import settings
from server.issues.rules import SUBJECT_AT_MOST

HEAVY = 100_000
DEAD = re.compile(
    r"\{\{[^{}\n]*\}\}|\*\|[^|\n]*\|\*|\[\[[^\[\]\n]*\]\]|%%[^%\n]+%%|\bX{3,}\b|\bTODO\b"
)
LOREM = re.compile(r"\blorem ipsum\b", re.IGNORECASE)
BY_HAND = re.compile(r"/u/[\w-]{10,}|/newsletters/preferences/|list-unsubscribe", re.IGNORECASE)
EMPTY_WORDS = {"klik hier", "hier", "klik", "lees meer", "click here", "here", "click", "read more"}
AT_HOME = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
INSIDE = ("/admin", "/board", "/me")
SHOUTING = 12


@dataclass(frozen=True)
class Remark:
    """Something about the words of one language. `blocks`: it is not sent before it is mended."""

    code: str
    language: str
    detail: str = ""
    blocks: bool = True

    @property
    def key(self) -> str:
        """The sentence that says what it is and what to do."""
        return f"issues.lint.{self.code}"


def remarks(words: dict[str, Words]) -> list[Remark]:
    """Everything, what blocks first; a language that is not written is said once."""
    found = [one for said in words if words[said].is_written for one in _of(said, words[said])]
    if not any(one.is_written for one in words.values()):
        found.append(Remark("empty", "nl"))
    for said, one in words.items():
        if not one.is_written and any(other.is_written for other in words.values()):
            found.append(Remark("missing", said, blocks=False))
        if not one.is_written and one.subject and said == "en":
            found.append(Remark("only_subject", said, blocks=False))
    return sorted(dict.fromkeys(found), key=lambda one: not one.blocks)


def _of(said: str, words: Words) -> Iterator[Remark]:
    yield from _of_subject(said, words.subject)
    tokens = markdown.everything(markdown.read(words.body))
    for dead in (*DEAD.finditer(words.body), *LOREM.finditer(words.body)):
        if dead[0] != NAME:
            yield Remark("placeholder", said, dead[0])
    for token in tokens:
        yield from _of_token(said, token)
    yield from _of_links(said, tokens)
    if BY_HAND.search(words.body):
        yield Remark("unsubscribe", said)
    if len(words.body.encode()) > HEAVY // 4:
        yield Remark("heavy", said, blocks=False)


def _of_subject(said: str, subject: str) -> Iterator[Remark]:
    if not subject.strip():
        yield Remark("subject_empty", said)
    if len(subject) > SUBJECT_AT_MOST:
        yield Remark("subject_long", said)
    if "{{" in subject or DEAD.search(subject):
        yield Remark("subject_placeholder", said)
    if len(subject) >= SHOUTING and subject.isupper():
        yield Remark("shouting", said, blocks=False)


def _of_token(said: str, token: Token) -> Iterator[Remark]:
    if token.type == "image" and not token.content.strip():
        yield Remark("alt", said, str(token.attrGet("src") or ""))
    elif token.type == "image":
        yield Remark("picture", said, token.content, blocks=False)
    if token.type == "image" and (code := _problem(str(token.attrGet("src") or ""))):
        yield Remark(code, said, str(token.attrGet("src")))
    if token.type == "text" and ("](" in token.content or re.search(r"<[a-z/]", token.content)):
        yield Remark("unread", said, token.content[:60])
    if token.type == "inline" and len(token.content) >= 3 * SHOUTING and token.content.isupper():
        yield Remark("shouting", said, blocks=False)


def _of_links(said: str, tokens: list[Token]) -> Iterator[Remark]:
    href, words = "", ""
    for token in tokens:
        if token.type == "link_open":
            href, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            code = _problem(href)
            if code:
                yield Remark(code, said, href)
            if words.strip().lower().rstrip(".!") in EMPTY_WORDS:
                yield Remark("click_here", said, words.strip(), blocks=False)
            if not words.strip():
                yield Remark("link_empty", said, href)
            href = ""
        elif href:
            words += token.content


def _problem(href: str) -> str:
    """What is wrong with an address: it must be a full one, safe, and open to whoever reads it."""
    if quote(NAME) in href:
        return "link_odd"  # no name is filled in within an address
    try:
        parts = urlsplit(href)
    except ValueError:
        return "link_odd"
    if parts.scheme == "mailto":
        return ""
    ours = urlsplit(settings.current().base_url)
    if not parts.scheme or not parts.netloc:
        return "link_odd"
    is_ours = parts.netloc == ours.netloc
    if parts.hostname in AT_HOME and not (is_ours and not settings.current().is_secure):
        return "link_home"
    if is_ours and parts.path.startswith(INSIDE):
        return "link_inside"
    if parts.scheme != "https" and not (is_ours and parts.scheme == ours.scheme):
        return "link_unsafe"
    return ""
