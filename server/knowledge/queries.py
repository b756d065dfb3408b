"""The reading list and the field's terms, as readers see them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.knowledge import rules
from server.people.rules import fold
from tables.knowledge import ResourceKind


@dataclass(frozen=True)
class ResourceView:
    """Something to read, watch or follow. `as_printed` is what the source list literally says."""

    id: int
    code: str
    kind: str
    work: rules.Work
    place: str
    audience: tuple[str, ...]
    note: str
    as_printed: dict[str, str]
    is_public: bool
    revision: int

    @property
    def title(self) -> str:
        """The title without the subtitle."""
        return self.work.title

    @property
    def url(self) -> str:
        """Where it stands, or nothing."""
        return self.work.url

    def cite(self, language: str) -> rules.Citation:
        """Its citation, in three parts."""
        return rules.cite(self.work, language)


@dataclass(frozen=True)
class Term:
    """A word of the field."""

    code: str
    label_nl: str
    label_en: str
    synonyms: tuple[str, ...]
    group: str
    valid_to: date | None = None

    def label(self, language: str) -> str:
        """What people read."""
        return self.label_en if language == "en" else self.label_nl

    def valid_on(self, day: date) -> bool:
        """Whether it can be chosen on a day."""
        return self.valid_to is None or self.valid_to >= day


async def resources(
    *, is_member: bool, kind: str = "", audience: str = "", asked: str = ""
) -> list[ResourceView]:
    """The list, by kind and then by first author; `asked` looks in titles, people, publishers."""
    rows = await execute(
        "SELECT * FROM resource WHERE (is_public OR $1::boolean)"
        " AND ($2 = '' OR kind = $2) AND ($3 = '' OR $3 = ANY(audience))",
        is_member,
        kind,
        audience,
    )
    words = fold(asked).split()
    found = [view for view in map(_view, rows) if _matches(view, words)]
    return sorted(found, key=_order)


async def get(code: str, *, is_member: bool) -> ResourceView:
    """One resource. Raises NotFound, also for what only members may see."""
    rows = await execute(
        "SELECT * FROM resource WHERE code = $1 AND (is_public OR $2::boolean)", code, is_member
    )
    if not rows:
        raise NotFound
    return _view(rows[0])


async def newest(limit: int) -> list[ResourceView]:
    """The public resources that were put in last."""
    rows = await execute(
        "SELECT * FROM resource WHERE is_public ORDER BY created_at DESC, id DESC LIMIT $1", limit
    )
    return [_view(row) for row in rows]


async def first_article() -> ResourceView | None:
    """The public article with the first code: what the network began with."""
    rows = await execute(
        "SELECT * FROM resource WHERE is_public AND kind = $1 ORDER BY code LIMIT 1",
        ResourceKind.article.value,
    )
    return _view(rows[0]) if rows else None


async def terms(vocabulary: str, day: date | None = None) -> list[Term]:
    """The terms of a vocabulary in their order; with a day, without those retired before it."""
    rows = await execute(
        "SELECT code, label_nl, label_en, synonyms, term_group, valid_to FROM vocabulary_term"
        " WHERE vocabulary = $1 AND ($2::date IS NULL OR valid_to IS NULL OR valid_to >= $2)"
        " ORDER BY position, id",
        vocabulary,
        day,
    )
    return [
        Term(
            code=row["code"],
            label_nl=row["label_nl"],
            label_en=row["label_en"],
            synonyms=tuple(row["synonyms"]),
            group=row["term_group"],
            valid_to=row["valid_to"],
        )
        for row in rows
    ]


async def labels(vocabulary: str, language: str) -> dict[str, str]:
    """Code → label, retired terms too: what was chosen long ago still has a name."""
    return {term.code: term.label(language) for term in await terms(vocabulary)}


async def audiences(language: str, *, is_member: bool) -> dict[str, str]:
    """Code → label of the audiences that something on the list is for, in their order."""
    rows = await execute(
        "SELECT DISTINCT unnest(audience) AS code FROM resource WHERE is_public OR $1::boolean",
        is_member,
    )
    used = {row["code"] for row in rows}
    return {k: v for k, v in (await labels("audience", language)).items() if k in used}


def by_kind(found: Sequence[ResourceView]) -> list[tuple[str, list[ResourceView]]]:
    """The list in the order of the kinds, without empty ones."""
    groups = [(kind.value, [r for r in found if r.kind == kind]) for kind in ResourceKind]
    return [(kind, members) for kind, members in groups if members]


def _matches(view: ResourceView, words: Sequence[str]) -> bool:
    work = view.work
    people = " ".join(f"{a.prefix} {a.surname} {a.first_name}" for a in work.authors)
    year = str(work.year or "")
    text = fold(f"{work.title} {work.subtitle} {people} {work.publisher} {year} {view.note}")
    return all(word in text for word in words)


def _order(view: ResourceView) -> tuple[int, str, str]:
    first = view.work.authors[0].surname if view.work.authors else view.title
    return [*ResourceKind].index(ResourceKind(view.kind)), fold(first), fold(view.title)


def _view(row: dict[str, Any]) -> ResourceView:
    authors = tuple(rules.Author(**person) for person in json.loads(row["people"]))
    printed: dict[str, str] = json.loads(row["as_printed"])
    work = rules.Work(
        row["title"], row["subtitle"], authors, row["year"], row["publisher"], row["url"]
    )
    return ResourceView(
        id=row["id"],
        code=row["code"],
        kind=row["kind"],
        work=work,
        place=row["place"],
        audience=tuple(row["audience"]),
        note=row["note"],
        as_printed=printed,
        is_public=row["is_public"],
        revision=row["revision"],
    )
