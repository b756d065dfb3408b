"""The forms of a series: how often, on which days, and for which events something is done."""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)

from server import hours, language
from server.registrations import lifecycle
from server.registrations.event_form import EventForm
from server.series import rules
from server.series.rules import Every, Layout, Scope, Turn
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.moments import MomentField


class RepeatForm(Form):
    """How often an event comes again; `days` are ticked once they were looked at (`seen`)."""

    every = RadioField("series.field.every", [required("errors.field.choice")])
    times = IntegerField(
        "series.field.times",
        [optional()],
        description="series.hint.times",
        render_kw={"min": 2, "max": rules.MOST, "inputmode": "numeric"},
    )
    until = DateField("series.field.until", [optional()], description="series.hint.until")
    days = SelectMultipleField("series.field.days", validate_choice=False, choices=[])
    seen = HiddenField()

    def layout(self) -> Layout:
        """What was asked."""
        return Layout(Every(self.every.data), self.times.data, self.until.data)


class MoreForm(Form):
    """How many times more, by the rule that the series has."""

    times = IntegerField(
        "series.field.more",
        [optional()],
        render_kw={"min": 1, "max": rules.MOST, "inputmode": "numeric"},
    )
    until = DateField("series.field.until", [optional()], description="series.hint.until")
    days = SelectMultipleField("series.field.days", validate_choice=False, choices=[])
    seen = HiddenField()


class OnceForm(Form):
    """One time more, on a day of its own."""

    starts_at = MomentField("events.field.starts_at", [required("errors.field.date")])


class ChangeForm(EventForm):
    """One event of a series, and for which others the same counts."""

    scope = RadioField("series.field.scope", [required("errors.field.choice")])


class StepForm(Form):
    """Which events take a step, and why."""

    slugs = SelectMultipleField("series.field.slugs", validate_choice=False, choices=[])
    reason = TextAreaField(
        "events.field.reason",
        [at_most(lifecycle.LONGEST_REASON)],
        filters=[stripped],
        description="events.hint.reason",
    )


def mark(turns: Sequence[Turn], revision: int) -> str:
    """What was looked at: with other days, or a plan that was saved since, one looks again."""
    seen = " ".join([str(revision), *(f"{one.starts_at}{one.trouble}" for one in turns)])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def left_out(form: Any, turns: Sequence[Turn]) -> set[str]:
    """The days that were looked at and not ticked."""
    return {one.day for one in turns} - set(form.days.data or ())


def tick_all(form: Any, turns: Sequence[Turn]) -> None:
    """Before anybody chose: every day that is possible."""
    form.days.data = [one.day for one in turns if not one.trouble]


def fill_every(form: RepeatForm, starts_at: Any, said: str) -> None:
    """How often an event can come again, in words of its own day."""
    form.every.choices = [
        (one.value, in_words(rules.pattern(one, starts_at), starts_at, said))
        for one in rules.possible(starts_at)
    ]


def fill_scope(form: ChangeForm, said: str) -> None:
    """The choice of scope, the smallest first."""
    form.scope.choices = [(one.value, language.text(said, f"series.scope.{one}")) for one in Scope]


def in_words(rule: str, starts_at: Any, said: str) -> str:
    """`elke maand op de tweede dinsdag`."""
    begins = hours.hands(starts_at)
    nth = rules.nth_of(rule)
    values: dict[str, str] = {
        "weekday": weekday(begins.date(), said),
        "nth": language.text(said, f"series.nth.{nth if nth > 0 else 'last'}"),
        "day": str(begins.day),
    }
    return language.text(said, f"series.every.{rules.every_of(rule)}", count=None, **values)


def weekday(day: date, said: str) -> str:
    """`dinsdag`."""
    return str(format_date(day, "EEEE", locale=language.BABEL[said]))
