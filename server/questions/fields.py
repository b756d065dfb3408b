"""Questions as fields of a form, beside the fields that a form has by itself.

Nothing is checked here: `rules.check` does, once it is known what was asked of whom. The words are
the event's own, so labels and hints are words already (`said`), not keys.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from server import language
from server.questions import answering, needs, queries, rules
from server.questions.queries import Answers, AskedNeeds, NeedView
from server.questions.rules import Asker, Question
from server.web.forms import Form, stripped
from tables.questions import Audience, QuestionKind

LONGEST_NEED = 1000
READ = "questions_read"
# Choices are given when bound, and checked by the rules.
ANY_CHOICE: dict[str, Any] = {"choices": [], "validate_choice": False}


class DateField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A date as it was typed."""


class DecimalField(StringField):  # type: ignore[misc]  # WTForms is untyped
    """A number as it was typed."""


class Asked:
    """What an event asks, as far as forms need it."""

    def __init__(self, questions: Sequence[Question], asks: AskedNeeds) -> None:
        self.questions, self.asks = list(questions), asks

    @property
    def any(self) -> bool:
        """Whether there is anything to fill in."""
        return bool(self.questions) or self.asks.any

    @property
    def read(self) -> str:
        """The versions that stand in a form made of this."""
        return ".".join(str(n) for n in sorted(one.version_id for one in self.questions))

    def form(self, base: type[Form], said: str) -> type[Form]:
        """A form with the fields of `base` and one for every question, in a language."""
        fields: dict[str, Any] = {one.name: self._field(one, said) for one in self.questions}
        fields[READ] = HiddenField(default=self.read)
        if self.asks.diet:
            fields["diets"] = SelectMultipleField("questions.field.diets", **ANY_CHOICE)
            fields["allergies"] = _words("questions.field.allergies", "questions.hint.allergies")
        if self.asks.access:
            fields["access"] = _words("questions.field.access", "questions.hint.access")
        return type(base.__name__, (base,), fields)

    def _field(self, question: Question, said: str) -> Any:
        more: dict[str, Any] = {"label": question.label(said), "filters": []}
        more["description"] = self._hint(question, said)
        if question.kind in (QuestionKind.one_of, QuestionKind.yes_no):
            return RadioField(**more, **ANY_CHOICE)
        if question.kind == QuestionKind.several_of:
            return SelectMultipleField(**more, **ANY_CHOICE)
        more["filters"] = [stripped]
        if question.kind == QuestionKind.long_text:
            return TextAreaField(**more, render_kw={"rows": 3})
        if question.kind == QuestionKind.date:
            return DateField(**more)
        if question.kind == QuestionKind.number:
            return DecimalField(**more, render_kw={"step": "any", "inputmode": "decimal"})
        return StringField(**more, render_kw={"maxlength": "200"})

    def _hint(self, question: Question, said: str) -> str:
        parts = [question.help(said), self.only(question, said)]
        return " ".join(part for part in parts if part)

    def only(self, question: Question, said: str) -> str:
        """When a question need not be answered by everybody, in a sentence; else nothing."""
        of = {one.id: one for one in self.questions}.get(question.only_if or 0)
        if of is not None:
            chosen = dict(choices(of, said)).get(question.only_if_value, question.only_if_value)
            return language.text(
                said, "questions.only.answer", question=of.label(said), answer=chosen
            )
        if question.audience in (Audience.on_site, Audience.online):
            return language.text(said, f"questions.only.{question.audience}")
        return ""

    def bind(self, form: Any, said: str) -> Any:
        """The same form with fields that say their own words, and what can be chosen."""
        for one in self.questions:
            form[one.name].is_said = True
            form[one.name].flags.required = one.is_required
            if one.chooses:
                form[one.name].choices = choices(one, said)
        if self.asks.diet:
            form["diets"].choices = [
                (d, language.text(said, f"questions.diet.{d}")) for d in needs.DIETS
            ]
        return form


def choices(question: Question, said: str) -> list[tuple[str, str]]:
    """Key and words of everything that can be chosen."""
    if question.kind == QuestionKind.yes_no:
        keys = (rules.YES, rules.NO)
        return [(key, language.text(said, f"questions.answer.{key}")) for key in keys]
    return [(option.key, option.words(said)) for option in question.options]


def _words(label: str, hint: str) -> TextAreaField:
    return TextAreaField(label, description=hint, filters=[stripped], render_kw={"rows": 2})


def given(known: Answers, need: NeedView) -> dict[str, Any]:
    """What fields hold of what was answered before."""
    values: dict[str, Any] = {
        f"q{key}": value if isinstance(value, list) else str(value)
        for key, value in known.values.items()
    }
    return values | {
        **{"diets": list(need.diets), "allergies": need.allergies, "access": need.access}
    }


def take(asked: Asked, form: Any, asker: Asker) -> answering.Filled | None:
    """What a posted form says, if nothing in it is wrong; problems go to their fields.

    A form made of other versions than these is wrong as a whole: `form.is_stale` is set.
    """
    form.is_stale = form[READ].data != asked.read
    form[READ].data = asked.read
    typed = {one.name: _typed(form[one.name]) for one in asked.questions}
    checked = rules.check(asked.questions, asker, typed)
    problems = {**checked.problems, **_too_long(form)}
    for name, key in problems.items():
        form[name].errors = [key]
    if problems or form.is_stale:
        return None
    return answering.filled(asked.questions, checked, _need(asked, form))


def _typed(field: Any) -> list[str]:
    value = field.data
    return [str(one) for one in value or ()] if isinstance(value, list) else [str(value or "")]


def _too_long(form: Any) -> Mapping[str, str]:
    long = (
        n for n in ("allergies", "access") if n in form and len(form[n].data or "") > LONGEST_NEED
    )
    problems = dict.fromkeys(long, "errors.field.too_long")
    if "diets" in form and not set(form["diets"].data or ()) <= set(needs.DIETS):
        problems["diets"] = "errors.field.choice"
    return problems


def _need(asked: Asked, form: Any) -> NeedView | None:
    if not asked.asks.any:
        return None
    diets = tuple(d for d in needs.DIETS if "diets" in form and d in (form["diets"].data or ()))
    words = {n: form[n].data or "" for n in ("allergies", "access") if n in form}
    return NeedView(diets, **words)


async def asked_by(event_id: int) -> Asked:
    """What an event asks now."""
    return Asked(await queries.of_event(event_id), await queries.asked_needs(event_id))
