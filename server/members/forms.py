"""What the board fills in about one person. Kinds and last days are filled when shown."""

from collections.abc import Callable, Sequence
from datetime import date

from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.members.queries import Card
from server.memberships.queries import TypeView
from server.web.forms import Form, at_most, optional, required, stripped
from tables.memberships import Ground

LONGEST = 2000


class ConversionForm(Form):
    """Which type, from when."""

    type = SelectField("members.field.type", [required("errors.field.choice")], coerce=int)
    from_on = DateField("members.field.from_on", [required()])


class NoticeForm(Form):
    """On which day the notice of a member was received; the last day follows from it."""

    received_on = DateField(
        "members.field.received_on", [required()], description="members.hint.received_on"
    )


class EndingForm(Form):
    """On which ground the association ends it, and why; the member reads both."""

    ground = RadioField("members.field.ground", [required("memberships.field.ground.needed")])
    reason = TextAreaField(
        "members.field.reason",
        [required("memberships.field.reason.needed"), at_most(LONGEST)],
        filters=[stripped],
        description="members.hint.reason",
        render_kw={"rows": 4},
    )


class SuspensionForm(Form):
    """From when to when, and why; the member reads it."""

    first_on = DateField("members.field.first_on", [required()])
    until_on = DateField("members.field.until_on", [optional()], description="members.hint.until")
    why = TextAreaField(
        "members.field.reason",
        [required("memberships.field.reason.needed"), at_most(LONGEST)],
        filters=[stripped],
        description="members.hint.reason",
        render_kw={"rows": 4},
    )


class DeathForm(Form):
    """On which day somebody died, and who told us."""

    died_on = DateField("members.field.died_on", [required()])
    source = StringField(
        "members.field.source",
        [at_most(200)],
        filters=[stripped],
        description="members.hint.source",
    )


def offer_types(form: ConversionForm, card: Card, types: Sequence[TypeView], said: str) -> None:
    """The types that this person does not have today."""
    period = card.standing.current(clock.today())
    current = period.type_id if period else 0
    form.type.choices = [
        SelectChoice(kind.id, kind.name(said)) for kind in types if kind.id != current
    ]


def offer_grounds(form: EndingForm, last_day: Callable[[str], date], said: str) -> None:
    """The grounds, each with the last day that follows from it."""
    form.ground.choices = [
        SelectChoice(
            ground.value,
            language.text(
                said,
                f"members.ground.{ground.value}",
                day=language.long_day(last_day(ground.value), said),
            ),
        )
        for ground in Ground
    ]
