"""What is asked about money, of an event or of a membership."""

from wtforms import StringField

from server.web.forms import Form, at_most, required, stripped


class WaiveForm(Form):
    """Why somebody need not pay."""

    reason = StringField(
        "fees.field.reason",
        [required("fees.field.reason.needed"), at_most(300)],
        filters=[stripped],
    )
