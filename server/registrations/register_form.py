"""What is asked of who registers, and how the places that there are to choose are worded."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)

from server import language
from server.people import rules as people
from server.registrations import sorts
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.public_form import PublicForm


class RegisterForm(Form):
    """What everybody is asked."""

    unit_id = RadioField("registrations.field.unit", [optional()], coerce=int, choices=[])
    extra_ids = SelectMultipleField(
        "registrations.field.extras",
        coerce=int,
        choices=[],
        description="registrations.hint.extras",
    )
    remark = TextAreaField(
        "registrations.field.remark",
        [at_most(1000)],
        description="registrations.hint.remark",
        filters=[stripped],
    )
    together = BooleanField(
        "registrations.field.together", description="registrations.hint.together"
    )
    auto_accept = BooleanField(
        "registrations.field.auto_accept", description="registrations.hint.auto_accept"
    )
    code = StringField("registrations.field.code", [at_most(40)], filters=[stripped])
    key = HiddenField()


class NamedForm(RegisterForm):
    """The same for somebody of whom name and address are asked as well."""

    name = StringField("registrations.field.name", [required(), at_most(120)], filters=[stripped])
    email = EmailField(
        "registrations.field.email",
        [required("errors.field.email"), at_most(254)],
        description="registrations.hint.email",
        filters=[stripped],
    )

    def validate_email(self, field: Any) -> None:
        """One address, nothing else."""
        if not people.valid_email(field.data):
            raise ValidationError("errors.field.email")


class StrangerForm(NamedForm, PublicForm):
    """Who is not signed in also says who they are."""


def offer(asked: Form, units: Sequence[sorts.Unit], said: str) -> None:
    """Which seats and what beside them there is to choose, with what is free of each."""
    for name, is_seat in (("unit_id", True), ("extra_ids", False)):
        choices = [(unit.id, _choice(unit, said)) for unit in units if unit.is_seat == is_seat]
        asked[name].choices = choices


def blame_clash(asked: Form, units: Sequence[sorts.Unit]) -> bool:
    """Whether what was chosen can be had together; if not, that stands beside it."""
    field = asked["extra_ids"]
    if clashing := sorts.clash(units, field.data or ()):
        field.errors = ("registrations.field.extras.same_hour",)
    return not clashing


def _choice(unit: sorts.Unit, said: str) -> str:
    kind = "open" if unit.free is None else "full" if unit.is_taken else "free"
    name = unit.name(said)
    if unit.begins_at and unit.ends_at:
        name = f"{name}, {language.hours(unit.begins_at, unit.ends_at, said)}"
    return language.text(said, f"registrations.choice.{kind}", name=name, free=unit.free)
