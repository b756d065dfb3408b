"""The form of a proposal, and the sealed key that makes sending it twice harmless."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import wtforms
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import (
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from server import language, settings
from server.errors import Invalid
from server.people import rules as people
from server.talks import rules
from server.talks.drafts import new_code
from server.talks.rules import Text
from server.talks.views import CallView, ProposalView, Term
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.public_form import PublicForm

TOPICS = ("factor", "intervention", "setting")


class IntegerField(wtforms.IntegerField):  # type: ignore[misc]  # WTForms is untyped
    """A whole number that complains in our own words."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it, or say that it is no number."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("errors.field.number") from None


class ProposalForm(Form):
    """What a speaker writes."""

    title = StringField("talks.field.title", [required()], filters=[stripped])
    abstract = TextAreaField(
        "talks.field.abstract",
        description="talks.hint.abstract",
        filters=[stripped],
        render_kw={"rows": 14},
    )
    format = RadioField("talks.field.format", validate_choice=False, choices=[])
    minutes = IntegerField(
        "talks.field.minutes",
        [optional()],
        description="talks.hint.minutes",
        render_kw={"min": 5, "max": 240, "inputmode": "numeric"},
    )
    factor = SelectMultipleField("talks.topics.factor", validate_choice=False, choices=[])
    intervention = SelectMultipleField(
        "talks.topics.intervention", validate_choice=False, choices=[]
    )
    setting = SelectMultipleField("talks.topics.setting", validate_choice=False, choices=[])
    language = RadioField("talks.field.language", validate_choice=False, choices=[])
    affiliation = StringField(
        "talks.field.affiliation",
        [at_most(rules.CHARACTERS_AT_MOST["affiliation"])],
        description="talks.hint.affiliation",
        filters=[stripped],
    )
    remark = TextAreaField(
        "talks.field.remark",
        [at_most(rules.CHARACTERS_AT_MOST["remark"])],
        description="talks.hint.remark",
        filters=[stripped],
        render_kw={"rows": 3},
    )
    key = HiddenField()
    revision = HiddenField()
    do = HiddenField()

    def offer(self, call: CallView, terms: Sequence[Term], said: str) -> None:
        """Fill in what can be chosen, in the reader's language."""
        self["abstract"].flags.required = True  # to submit; a draft may still be without
        self["format"].choices = [(one.format, _format(one, said)) for one in call.offers]
        self["language"].choices = [
            (k, language.text(said, f"talks.language.{k}")) for k in rules.LANGUAGES
        ]
        for name in TOPICS:
            self[name].choices = [
                (term.key, term.label(said)) for term in terms if term.vocabulary == name
            ]

    @property
    def text(self) -> Text:
        """What was typed; topics that do not exist are dropped."""
        return Text(
            title=self["title"].data,
            abstract=self["abstract"].data,
            format=self["format"].data or "",
            minutes=self["minutes"].data,
            topics=tuple(key for name in TOPICS for key in self._chosen(name)),
            language="en" if self["language"].data == "en" else "nl",
            remark=self["remark"].data,
            affiliation=self["affiliation"].data,
        )

    def _chosen(self, name: str) -> list[str]:
        known = {key for key, _ in self[name].choices}
        return [key for key in dict.fromkeys(self[name].data or ()) if key in known]

    def is_sound(self, call: CallView, *, to_submit: bool) -> bool:
        """Whether it can be kept, or handed in; every problem stands beside its field."""
        fields_are_sound = self.validate()
        check = rules.problems_of if to_submit else rules.problems_of_draft
        problems = {
            name: key
            for name, key in check(self.text, call.offers).items()
            if name == "topics" or not self[name].errors
        }
        if "topics" in problems:
            problems[TOPICS[0]] = problems.pop("topics")
        self.blame(Invalid(**problems))
        return bool(fields_are_sound) and not problems


class StrangerForm(ProposalForm, PublicForm):
    """Who is not signed in also says who they are."""

    name = StringField("talks.field.name", [required(), at_most(120)], filters=[stripped])
    email = EmailField(
        "talks.field.email",
        [required("errors.field.email"), at_most(254)],
        description="talks.hint.email",
        filters=[stripped],
    )

    def validate_email(self, field: Any) -> None:
        """One address, nothing else."""
        if not people.valid_email(field.data):
            raise ValidationError("errors.field.email")


def _format(offer: rules.Offer, said: str) -> str:
    name = language.text(said, f"talks.format.{offer.format}")
    return language.text(said, "talks.format.offer", name=name, minutes=offer.minutes)


def as_typed(view: ProposalView) -> Mapping[str, object]:
    """A proposal as the form shows it."""
    kept = ("title", "abstract", "format", "minutes", "language", "remark", "affiliation")
    topics = {name: [key for key in view.topics if key.startswith(f"{name}:")] for name in TOPICS}
    return {**{k: getattr(view, k) for k in kept}, **topics, "revision": view.revision}


@dataclass(frozen=True)
class Key:
    """The code a form's proposal will have, and when the form was opened."""

    code: str
    opened_at: datetime


def new_key(now: datetime) -> str:
    """A sealed key for a form opened now."""
    return str(_serializer().dumps([new_code(), int(now.timestamp())]))


def read_key(sealed: str | None, now: datetime) -> Key:
    """The key of a form; one that we did not make counts as opened just now."""
    try:
        code, seconds = _serializer().loads(sealed or "")
    except BadSignature:
        return Key(new_code(), now)
    return Key(code, datetime.fromtimestamp(seconds, UTC))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(settings.current().secret_key, salt="proposal form")
