"""From tables to what can be found. Who may be shown at all stands in one place: `FINDABLE`."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from babel import Locale

from server.database import execute
from server.directory.index import Index
from server.directory.rules import CONFIRMED_LASTS, FACETS, GRACE, LANGUAGES, Place, Whole, seen
from server.knowledge import queries as knowledge
from server.people import rules as people
from server.standing import runs, suspended
from tables.directory import Visibility
from tables.people import NameUse

VOCABULARIES = (*(facet for facet in FACETS if facet != "language"), "professional_title")
NAME = tuple(people.Name.__dataclass_fields__)
SHOWN = f"""SELECT p.*, w.id AS person_id, {", ".join(f"w.{column}" for column in NAME)},
  w.display_name, w.sort_key,
  ARRAY(SELECT vocabulary || ':' || code FROM profile_term WHERE profile = p.id) AS terms,
  (SELECT coalesce(jsonb_object_agg(field, visibility), '{{}}')
    FROM profile_field WHERE profile = p.id) AS visibility,
  (SELECT coalesce(jsonb_agg(o ORDER BY o.position, o.id), '[]')
    FROM workplace o WHERE o.profile = p.id) AS places,
  (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_array(n.register, n.number, n.title)), '[]')
    FROM registration_number n WHERE n.person = w.id AND n.state = 'verified'
    AND (n.valid_until IS NULL OR n.valid_until >= $1)) AS numbers
  FROM profile p JOIN person w ON w.id = p.person"""
# In good order on day $1: published, lately confirmed, alive, a member of a fitting type, and
# neither suspended, erased nor merged. Computed at every reading: no nightly job can be late.
FINDABLE = f"""p.state = 'published' AND p.confirmed_on >= $2
  AND (w.deceased_on IS NULL OR w.deceased_on > $1)
  AND w.anonymised_at IS NULL AND w.merged_into IS NULL
  AND EXISTS (SELECT 1 FROM membership m JOIN membership_type t ON t.id = m.type
    WHERE m.person = w.id AND t.in_directory AND {runs("$1")})
  AND NOT {suspended("w.id", "$1")}"""
MARK = "SELECT count(*) AS n, max(id) AS newest, max(at) AS at FROM directory_change"


def confirmed_since(day: date) -> date:
    """Who last confirmed their profile before this day is not found any more."""
    return day - CONFIRMED_LASTS - GRACE


async def findable(day: date, slug: str = "") -> list[Whole]:
    """Everybody who can be found on a day, in the order of their names; or the one at `slug`."""
    rows = await execute(
        f"{SHOWN} WHERE {FINDABLE} AND ($3 = '' OR p.slug = $3) ORDER BY w.sort_key, p.id",
        day,
        confirmed_since(day),
        slug,
    )
    return [one for one in map(whole, rows) if one.has_fit_name]


async def moved_to(slug: str, day: date) -> str | None:
    """Where somebody stands who once stood here: after another name, or merged into another."""
    rows = await execute(
        "WITH RECURSIVE who AS (SELECT person FROM profile WHERE slug = $3"
        " OR $3 = ANY(former_slugs) UNION SELECT m.merged_into FROM who JOIN person m"
        " ON m.id = who.person WHERE m.merged_into IS NOT NULL)"
        " SELECT p.slug FROM profile p JOIN person w ON w.id = p.person JOIN who"
        f" ON who.person = w.id WHERE {FINDABLE} AND p.slug <> $3",
        *(day, confirmed_since(day), slug),
    )
    slugs = [str(row["slug"]) for row in rows if await findable(day, row["slug"])]
    return slugs[0] if slugs else None


def whole(row: Mapping[str, Any]) -> Whole:
    """A profile from a row of `SHOWN`."""
    name = people.Name(**{column: row[column] for column in NAME})
    numbers = json.loads(row["numbers"])
    columns = Place.__dataclass_fields__
    return Whole(
        id=row["id"],
        slug=row["slug"],
        name=row["display_name"],
        name_words=people.search_key(_as_shown(name)),
        surname=people.full_surname(name),
        headline=row["headline"],
        headline_en=row["headline_en"],
        about=row["about"],
        about_en=row["about_en"],
        languages=tuple(row["languages"]),
        website=row["website"],
        phone=next((p["phone"] for p in json.loads(row["places"]) if p["phone"]), ""),
        accepts_referrals=row["accepts_referrals"],
        waiting_weeks=row["waiting_weeks"],
        referrals_said_on=row["referrals_said_on"],
        terms=frozenset((v, code) for v, _, code in (t.partition(":") for t in row["terms"])),
        places=tuple(Place(**{c: p[c] for c in columns}) for p in json.loads(row["places"])),
        titles=tuple(dict.fromkeys(title for _, _, title in numbers if title)),
        numbers=tuple((register, number) for register, number, _ in numbers),
        visibility=json.loads(row["visibility"]),
    )


def _as_shown(name: people.Name) -> people.Name:
    """Only the names that are shown can be found: no first name, no surname that is not used."""
    shown = replace(name, first_name="")
    if name.name_use == NameUse.own:
        return replace(shown, partner_surname="", partner_prefix="")
    if name.name_use == NameUse.partner:
        own = {"surname": name.partner_surname, "prefix": name.partner_prefix}
        return replace(shown, **own, partner_surname="", partner_prefix="", name_use=NameUse.own)
    return shown


@dataclass(frozen=True)
class Directory:
    """What was read: an index for each kind of reader, and the day and mark it holds for."""

    mark: tuple[object, ...]
    indexes: Mapping[Visibility, Index]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]]

    def label(self, facet: str, code: str, language: str) -> str:
        """What people read for a value."""
        return self.labels[language].get(facet, {}).get(code, code)


_KEPT: list[Directory] = []
_READING: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def directory(day: date) -> Directory:
    """The directory of today; read anew only when a trigger noted that something changed.

    Whoever comes while it is being read waits for that reading instead of beginning another.
    """
    if not await _is_kept(day):
        async with _READING.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if not await _is_kept(day):
                _KEPT[:] = [await _read(await _mark(day), day)]
    return _KEPT[0]


async def _is_kept(day: date) -> bool:
    return bool(_KEPT) and _KEPT[0].mark == await _mark(day)


async def _mark(day: date) -> tuple[object, ...]:
    row = (await execute(MARK))[0]
    return (row["n"], row["newest"], row["at"], day)


async def _read(mark: tuple[object, ...], day: date) -> Directory:
    """Made in a thread: ten thousand people take a moment, and others wait for nothing."""
    people_found = await findable(day)
    labels, words = await _labels()

    def index(reader: Visibility) -> Index:
        return Index([seen(one, reader, day) for one in people_found], words)

    readers = (Visibility.public, Visibility.members)
    indexes = {reader: await asyncio.to_thread(index, reader) for reader in readers}
    return Directory(mark, indexes, labels)


async def _labels() -> tuple[dict[str, dict[str, dict[str, str]]], dict[tuple[str, str], str]]:
    labels: dict[str, dict[str, dict[str, str]]] = {
        language: {facet: {} for facet in VOCABULARIES} for language in ("nl", "en")
    }
    words: dict[tuple[str, str], str] = {}
    for facet in VOCABULARIES:
        for term in await knowledge.terms(facet):
            for language in labels:
                labels[language][facet][term.code] = term.label(language)
            if facet in FACETS:
                words[facet, term.code] = " ".join((term.label_nl, term.label_en, *term.synonyms))
    for language, found in labels.items():
        found["language"] = language_names(language)
    for code in LANGUAGES:
        words["language", code] = " ".join(found["language"][code] for found in labels.values())
    return labels, words


def language_names(language: str) -> dict[str, str]:
    """Code → the name of each language that one may work in."""
    names = Locale.parse(language).languages
    return {code: str(names.get(code, code)) for code in LANGUAGES}
