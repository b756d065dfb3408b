"""A question as the form of the board writes it: one select says for whom, one says when."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server import language
from server.actors import Actor
from server.database import execute
from server.questions import making, queries
from server.questions.fields import choices
from server.questions.rules import Option, Question
from server.questions.writing import WORDS
from server.rights import Area
from server.web.forms import whole
from tables.questions import Audience, QuestionKind
from tables.registrations import TicketClass


@dataclass(frozen=True)
class Earlier:
    """An event whose questions can be copied."""

    id: int
    title: str
    starts_at: datetime
    questions: int


async def copyable(actor: Actor, event_id: int) -> list[Earlier]:
    """Other events with questions that this reader manages, the newest first; ten at most."""
    rows = await execute(
        "SELECT e.id, e.title, e.starts_at, count(*)::int AS questions FROM event e"
        " JOIN question q ON q.event = e.id AND q.state = 'active'"
        ' WHERE e.id <> $1 AND ($2 OR e."group" = ANY($3::int[]))'
        " GROUP BY e.id ORDER BY e.starts_at DESC, e.id DESC LIMIT 10",
        *(event_id, actor.changes(Area.events), list(actor.chairs)),
    )
    return [Earlier(**row) for row in rows]


async def audiences(event_id: int, said: str) -> list[tuple[str, str]]:
    """For whom a question can be: everybody, who comes, who looks on, a class, a sort of place."""
    plain = (Audience.everybody, Audience.on_site, Audience.online)
    found = [(of.value, language.text(said, f"questions.audience.{of}")) for of in plain]
    for of in TicketClass:
        words = language.text(said, f"registrations.class.{of}")
        found.append((f"class:{of}", language.text(said, "questions.audience.class", name=words)))
    units = await execute(
        "SELECT id, name_nl, name_en FROM capacity_unit WHERE event = $1 ORDER BY position, id",
        event_id,
    )
    for unit in units:
        name = (unit["name_en"] if said == "en" else "") or unit["name_nl"]
        words = language.text(said, "questions.audience.unit", name=name)
        found.append((f"unit:{unit['id']}", words))
    return found


async def conditions(event_id: int, said: str, question: Question | None) -> list[tuple[str, str]]:
    """On which answers a question can depend."""
    found = [("", language.text(said, "questions.only.always"))]
    for one in await queries.of_event(event_id):
        own = question is not None and question.id == one.id
        if one.chooses and one.only_if is None and not own:
            for key, words in choices(one, said):
                told = language.text(
                    said, "questions.only.answer", question=one.label(said), answer=words
                )
                found.append((f"{one.id}:{key}", told))
    return found


def data(question: Question) -> dict[str, Any]:
    """A question as the form shows it."""
    audience = {
        Audience.class_: f"class:{question.audience_class}",
        Audience.unit: f"unit:{question.audience_unit}",
    }.get(Audience(question.audience), question.audience)
    only_if = f"{question.only_if}:{question.only_if_value}" if question.only_if else ""
    said = {name: getattr(question, name) for name in (*WORDS, "is_required", "revision")}
    return said | {
        "audience": audience,
        "only_if": only_if,
        "options_nl": "\n".join(option.nl for option in question.options),
        "options_en": "\n".join(option.en for option in question.options if option.en),
    }


def question(form: Any, before: Question | None = None) -> Question:
    """What the form says; `before` is what it was, whose options keep their keys."""
    audience, _, of = form.audience.data.partition(":")
    on, _, value = (form.only_if.data or "").partition(":")
    words: dict[str, Any] = {name: getattr(form, name).data or "" for name in WORDS}
    made = Question(
        id=before.id if before else 0,
        version_id=0,
        **words,
        options=_options(form, before),
        is_required=bool(form.is_required.data),
        audience=audience,
        audience_class=of if audience == Audience.class_ else "",
        audience_unit=int(of) if audience == Audience.unit else None,
        only_if=int(on) if on else None,
        only_if_value=value,
    )
    revision = whole(form.revision.data)
    return replace(made, revision=-1 if revision is None else revision)


def _options(form: Any, before: Question | None) -> tuple[Option, ...]:
    if form.kind.data not in (QuestionKind.one_of, QuestionKind.several_of):
        return ()
    were, highest = (before.options, before.highest_key) if before else ((), 0)
    nl, en = form.options_nl.data, form.options_en.data
    if form.is_typo.data:
        same = making.reworded(nl, en, were)
        if same is not None:
            return same
    return making.options_in(nl, en, were, highest=highest)
