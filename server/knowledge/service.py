"""Putting words and sources in. What is there already stays as the board left it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.knowledge.rules import Author
from tables.knowledge import Resource, VocabularyTerm

CHANGEABLE = (
    *("kind", "title", "subtitle", "people", "year", "place", "publisher", "url"),
    *("audience", "box", "note", "as_printed", "is_public"),
)
AUTHOR = tuple(Author.__dataclass_fields__)


async def add_missing_terms(
    actor: Actor, vocabulary: str, terms: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Put in the terms of a vocabulary whose code is not there yet, in their order: how many."""
    async with transaction():
        rows = await execute("SELECT code FROM vocabulary_term WHERE vocabulary = $1", vocabulary)
        known = {row["code"] for row in rows}
        missing = [
            VocabularyTerm(
                **_term(term), vocabulary=vocabulary, position=n, created_at=now, changed_at=now
            )
            for n, term in enumerate(terms, start=1)
            if term["code"] not in known
        ]
        for row in missing:
            await row.save()
            after = {"vocabulary": vocabulary, "code": row.code}
            await audit.record(actor, "create", ("vocabulary_term", row.id), after=after)
    return len(missing)


async def add_missing_resources(
    actor: Actor, resources: Sequence[Mapping[str, Any]], *, now: datetime
) -> int:
    """Put in the resources whose code is not there yet: how many."""
    async with transaction():
        known = {row["code"] for row in await execute("SELECT code FROM resource")}
        missing = [one for one in resources if one["code"] not in known]
        for one in missing:
            await add_resource(actor, one, now=now)
    return len(missing)


async def add_resource(actor: Actor, values: Mapping[str, Any], *, now: datetime) -> int:
    """Put in one resource. Raises Invalid with every problem."""
    check(values)
    lists = {name: _as_json(values.get(name)) for name in ("people", "as_printed")}
    kept = {**values, **{name: text for name, text in lists.items() if text is not None}}
    async with transaction():
        row = Resource(**{**kept, "created_at": now, "changed_at": now})
        await row.save()
        await audit.record(actor, "create", ("resource", row.id), after=dict(values))
    return int(row.id)


async def change_resource(
    actor: Actor, resource_id: int, values: Mapping[str, Any], *, now: datetime
) -> None:
    """Change columns of a resource; its code stays. Raises Invalid, NotFound."""
    check(values)
    async with transaction():
        rows = await execute("SELECT * FROM resource WHERE id = $1 FOR UPDATE", resource_id)
        if not rows:
            raise NotFound
        before = rows[0]
        after = {k: v for k, v in values.items() if k in CHANGEABLE and before[k] != v}
        if not after:
            return
        casts = {name: "::jsonb" for name in ("people", "as_printed")}
        named = enumerate(after, start=3)
        assignments = ", ".join(f'"{name}" = ${n}{casts.get(name, "")}' for n, name in named)
        await execute(
            f"UPDATE resource SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            resource_id,
            now,
            *(_as_json(v) if k in casts else v for k, v in after.items()),
        )
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("resource", resource_id), before=was, after=after)


def check(values: Mapping[str, Any]) -> None:
    """What a resource must have, whichever form it came from. Raises Invalid."""
    problems: dict[str, str] = {}
    for name in ("code", "title"):
        if name in values and not str(values[name] or "").strip():
            problems[name] = "errors.field.required"
    url = str(values.get("url") or "")
    if url and not url.startswith(("https://", "http://")):
        problems["url"] = "knowledge.field.url.web"
    if "people" in values and not _are_people(values["people"]):
        problems["people"] = "knowledge.field.people.shape"
    if problems:
        raise Invalid(**problems)


def _are_people(given: Any) -> bool:
    """A list of people, each with a surname and nothing that a citation does not know."""
    try:
        people = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        return False
    if not isinstance(people, list):
        return False
    return all(isinstance(p, dict) and p.get("surname") and {*p} <= {*AUTHOR} for p in people)


def _as_json(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _term(term: Mapping[str, Any]) -> dict[str, Any]:
    retired = term.get("valid_to")
    return {
        "code": term["code"],
        "label_nl": term["nl"],
        "label_en": term["en"],
        "synonyms": list(term.get("synonyms", ())),
        "term_group": term.get("group", ""),
        "source": term.get("source", "board"),
        "register": term.get("register") or "",
        "big_suffix": term.get("big_suffix") or "",
        "valid_to": date.fromisoformat(retired) if retired else None,
    }
