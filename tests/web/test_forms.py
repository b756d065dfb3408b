"""Forms complain with our keys only, whatever is posted."""

import pytest
from wtforms import DateField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from server import language
from server.web.forms import Form, Posted, at_most, required, whole


class Sample(Form):
    """One field of every sort that WTForms has an own complaint for."""

    name = StringField("site.name", [required(), at_most(3)])
    day = DateField("site.name")
    number = IntegerField("site.name")
    kind = RadioField("site.name", choices=[SelectChoice("a", "A")])
    several = SelectMultipleField("site.name", choices=[SelectChoice("a", "A")])


def read(**values: str) -> Sample:
    return Sample(Posted({name: [value] for name, value in values.items()}))


def test_every_complaint_is_a_key_of_ours() -> None:
    form = read(name="lang", day="gisteren", number="veel", kind="z", several="z")

    assert form.validate() is False
    assert form.problems == {
        "name": ["errors.field.too_long"],
        "day": ["errors.field.date"],
        "number": ["errors.field.number"],
        "kind": ["errors.field.choice"],
        "several": ["errors.field.choice"],
    }
    assert all(language.knows(key) for keys in form.problems.values() for key in keys)


def test_what_was_typed_comes_back() -> None:
    form = read(name="", day="gisteren", kind="a")

    assert form.validate() is False
    assert form.day._value() == "gisteren"
    assert form.kind.data == "a"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("12", 12), ("0", 0), ("", None), (None, None), ("-1", None), ("1.0", None), ("٣", None),
     ("²", None), ("1234567890", None), (" 7", None)],
)  # fmt: skip
def test_a_whole_number_fits_the_database_or_is_none(sent: object, meant: int | None) -> None:
    assert whole(sent) == meant
