"""A source in the languages of reference managers: BibTeX, RIS and CSL JSON. Pure."""

import json
import re

from server.knowledge.rules import Author, Work
from tables.knowledge import ResourceKind

BIBTEX = {ResourceKind.book: "book", ResourceKind.ebook: "book", ResourceKind.article: "article"}
RIS = {
    ResourceKind.book: "BOOK",
    ResourceKind.ebook: "EBOOK",
    ResourceKind.article: "JOUR",
    ResourceKind.guideline: "STAND",
    ResourceKind.website: "ELEC",
    ResourceKind.course: "ELEC",
}
CSL = {
    ResourceKind.book: "book",
    ResourceKind.ebook: "book",
    ResourceKind.article: "article-journal",
    ResourceKind.guideline: "report",
}
SPECIAL = re.compile(r"([&%$#_{}~^\\])")


def bibtex(code: str, kind: str, work: Work, place: str = "") -> str:
    """One BibTeX entry; characters that mean something to TeX are written as text."""
    writers = " and ".join(_comma(a) for a in work.authors if not a.is_editor)
    editors = " and ".join(_comma(a) for a in work.authors if a.is_editor)
    title = f"{work.title}: {work.subtitle}" if work.subtitle else work.title
    fields = {
        "author": _tex(writers),
        "editor": _tex(editors),
        "title": f"{{{_tex(title)}}}",
        "year": str(work.year or ""),
        "publisher": _tex(work.publisher),
        "address": _tex(place),
        "url": work.url,
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    entry = BIBTEX.get(ResourceKind(kind), "misc")
    return f"@{entry}{{{code},\n" + ",\n".join(lines) + "\n}\n"


def ris(code: str, kind: str, work: Work, place: str = "") -> str:
    """One RIS record; lines end with CR LF, as its readers expect."""
    title = f"{work.title}: {work.subtitle}" if work.subtitle else work.title
    lines = [("TY", RIS[ResourceKind(kind)]), ("ID", code), ("TI", title)]
    lines += [("ED" if a.is_editor else "AU", _comma(a)) for a in work.authors]
    lines += [("PY", str(work.year or "")), ("PB", work.publisher), ("CY", place)]
    lines += [("UR", work.url)]
    kept = [f"{tag}  - {_line(value)}" for tag, value in lines if value]
    return "\r\n".join([*kept, "ER  - ", ""])


def csl(code: str, kind: str, work: Work, place: str = "") -> str:
    """One CSL JSON list, with prefixes as non-dropping particles."""
    title = f"{work.title}: {work.subtitle}" if work.subtitle else work.title
    item: dict[str, object] = {
        "id": code,
        "type": CSL.get(ResourceKind(kind), "webpage"),
        "title": title,
        "author": [_csl_name(a) for a in work.authors if not a.is_editor],
        "editor": [_csl_name(a) for a in work.authors if a.is_editor],
        "issued": {"date-parts": [[work.year]]} if work.year else None,
        "publisher": work.publisher,
        "publisher-place": place,
        "URL": work.url,
    }
    kept = {name: value for name, value in item.items() if value}
    return json.dumps([kept], ensure_ascii=False, indent=2) + "\n"


def _csl_name(author: Author) -> dict[str, str]:
    name = {
        "family": author.surname,
        "given": author.first_name or author.initials,
        "non-dropping-particle": author.prefix,
    }
    return {part: value for part, value in name.items() if value}


def _comma(author: Author) -> str:
    surname = f"{author.prefix} {author.surname}".strip()
    given = author.first_name or author.initials
    return f"{surname}, {given}" if given else surname


def _tex(text: str) -> str:
    names = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return SPECIAL.sub(lambda found: names.get(found[1], f"\\{found[1]}"), text)


def _line(text: str) -> str:
    return " ".join(text.split())
