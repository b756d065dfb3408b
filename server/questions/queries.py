"""The questions of an event, and what was answered; one statement each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server.database import execute
from server.errors import NotFound
from server.events.counting import LIVE
from server.questions.reading import Value
from server.questions.rules import Asker, Option, Question
from tables.events import EventState
from tables.questions import QuestionState

IS_LIVE = f"""EXISTS (SELECT 1 FROM registration_line x WHERE x.registration = r.id
  AND x.state IN {LIVE})"""
QUESTIONS = """SELECT q.id, v.id AS version_id, v.kind, v.label_nl, v.label_en, v.help_nl,
  v.help_en, v.options, q.is_required, q.audience, q.audience_class, q.audience_unit, q.only_if,
  q.only_if_value, q.state, q.version, q.revision,
  (SELECT count(*)::int FROM answer a WHERE a.question = q.id) AS answers,
  (SELECT coalesce(max((o ->> 'key')::int), 0) FROM question_version old,
    jsonb_array_elements(old.options) AS o WHERE old.question = q.id) AS highest_key
  FROM question q JOIN question_version v ON v.question = q.id AND v.version = q.version"""
SHEET = f"""SELECT r.id, r.code, r.event AS event_id, r.person AS person_id, r.ticket_class,
  w.display_name, w.email, w.language, e.slug, e.title AS title_nl, e.title_en, e.starts_at,
  e.ends_at, e.state AS event_state, e.mode, {IS_LIVE} AS is_live,
  coalesce(array_agg(u.id) FILTER (WHERE l.state IN {LIVE}), '{{}}') AS units,
  coalesce(array_agg(u.kind::text) FILTER (WHERE l.state IN {LIVE}), '{{}}') AS kinds,
  bool_or(l.state = 'confirmed') AS is_confirmed
  FROM registration r JOIN person w ON w.id = r.person JOIN event e ON e.id = r.event
  JOIN registration_line l ON l.registration = r.id JOIN capacity_unit u ON u.id = l.unit"""


@dataclass(frozen=True)
class Sheet:
    """One registration, as far as it is asked anything."""

    id: int
    code: str
    event_id: int
    person_id: int
    ticket_class: str
    display_name: str
    email: str | None
    language: str
    slug: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime
    event_state: str
    mode: str
    is_live: bool
    is_confirmed: bool
    units: Sequence[int]
    kinds: Sequence[str]

    @property
    def asker(self) -> Asker:
        """For whom questions are chosen."""
        return Asker(frozenset(self.units), frozenset(self.kinds), self.mode, self.ticket_class)

    def title(self, said: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if said == "en" else "") or self.title_nl

    def is_open(self, now: datetime) -> bool:
        """Whether answers may still change: until the event begins, or while it is postponed."""
        if not self.is_live or self.event_state == EventState.cancelled:
            return False
        return self.event_state == EventState.postponed or now < self.starts_at


@dataclass(frozen=True)
class Answers:
    """What one registration answered: question → value, and question → version of its words."""

    values: Mapping[int, Value] = field(default_factory=dict)
    versions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class NeedView:
    """What somebody eats, may not eat, and needs to be able to come."""

    diets: tuple[str, ...] = ()
    allergies: str = ""
    access: str = ""

    @property
    def is_empty(self) -> bool:
        """Nothing is needed."""
        return not (self.diets or self.allergies or self.access)


@dataclass(frozen=True)
class AskedNeeds:
    """Which needs an event asks for."""

    diet: bool = False
    access: bool = False

    @property
    def any(self) -> bool:
        """Whether it asks at all."""
        return self.diet or self.access


async def of_event(event_id: int, *, with_retired: bool = False) -> list[Question]:
    """The questions of an event in their order; retired ones last, only when wanted."""
    rows = await execute(
        f"{QUESTIONS} WHERE q.event = $1 AND ($2 OR q.state = 'active')"
        " ORDER BY q.state <> 'active', q.position, q.id",
        *(event_id, with_retired),
    )
    return [question_of(row) for row in rows]


def question_of(row: Mapping[str, Any]) -> Question:
    """A question as its row says."""
    options = tuple(Option(**one) for one in json.loads(row["options"]))
    return Question(**{**row, "options": options})


async def asked_needs(event_id: int) -> AskedNeeds:
    """Which needs an event asks for."""
    rows = await execute(
        "SELECT asks_diet AS diet, asks_access AS access FROM needs_asked WHERE event = $1",
        event_id,
    )
    return AskedNeeds(**rows[0]) if rows else AskedNeeds()


async def sheet(code: str) -> Sheet:
    """One registration by its secret code, until its holder is erased. Raises NotFound."""
    which = "r.code = $1 AND w.anonymised_at IS NULL"
    rows = await execute(f"{SHEET} WHERE {which} GROUP BY r.id, w.id, e.id", code)
    if not rows:
        raise NotFound
    return Sheet(**rows[0])


async def sheets(event_id: int) -> list[Sheet]:
    """Every live registration of an event, by name."""
    rows = await execute(
        f"{SHEET} WHERE r.event = $1 AND {IS_LIVE} GROUP BY r.id, w.id, e.id"
        " ORDER BY w.sort_key, r.id",
        event_id,
    )
    return [Sheet(**row) for row in rows]


async def answers_of(registration_id: int) -> Answers:
    """What one registration answered."""
    rows = await execute(
        "SELECT question, version, value FROM answer WHERE registration = $1", registration_id
    )
    return _answers(rows)


async def answers(event_id: int) -> dict[int, Answers]:
    """Registration → what it answered, of a whole event; ended registrations too."""
    rows = await execute(
        "SELECT a.registration, a.question, a.version, a.value FROM answer a"
        " JOIN registration r ON r.id = a.registration WHERE r.event = $1",
        event_id,
    )
    by_registration: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        by_registration.setdefault(row["registration"], []).append(row)
    return {key: _answers(some) for key, some in by_registration.items()}


def _answers(rows: Sequence[Mapping[str, Any]]) -> Answers:
    return Answers(
        {row["question"]: json.loads(row["value"]) for row in rows},
        {row["question"]: row["version"] for row in rows},
    )


async def need_of(registration_id: int) -> NeedView:
    """What one registration needs."""
    rows = await execute(
        "SELECT diets, allergies, access FROM need WHERE registration = $1", registration_id
    )
    return need_view(rows[0]) if rows else NeedView()


def need_view(row: Mapping[str, Any]) -> NeedView:
    """A need as its row says."""
    return NeedView(tuple(json.loads(row["diets"])), row["allergies"], row["access"])


async def version_ids(event_id: int) -> list[int]:
    """The versions that are asked now, in order of their ids: changed when a page is stale."""
    rows = await execute(
        "SELECT v.id FROM question q JOIN question_version v ON v.question = q.id"
        " AND v.version = q.version WHERE q.event = $1 AND q.state = $2 ORDER BY v.id",
        *(event_id, QuestionState.active.value),
    )
    return [int(row["id"]) for row in rows]
