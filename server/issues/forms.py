"""What the editor of an issue and the forms beside it ask."""

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    EmailField,
    HiddenField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice

from emails import plain
from server.issues import rules
from server.web.forms import Form, at_most, required, stripped


class BeginForm(Form):
    """What a new issue is about."""

    subject_nl = StringField(
        "issues.field.subject_nl",
        [required(), at_most(rules.SUBJECT_AT_MOST)],
        filters=[stripped],
        description="issues.field.subject.hint",
    )


def _lines(text: str | None) -> str:
    """As typed, with the line ends that a browser makes of them as one."""
    return stripped((text or "").replace("\r\n", "\n").replace("\r", "\n"))


class TextForm(Form):
    """The words in both languages; which version they were opened with; who looks at them."""

    subject_nl = StringField(
        "issues.field.subject_nl",
        [required(), at_most(rules.SUBJECT_AT_MOST)],
        filters=[stripped],
        description="issues.field.subject.hint",
    )
    body_nl = TextAreaField(
        "issues.field.body_nl",
        [at_most(rules.BODY_AT_MOST)],
        filters=[_lines],
        description="issues.field.body.hint",
        render_kw={"rows": 16},
    )
    subject_en = StringField(
        "issues.field.subject_en", [at_most(rules.SUBJECT_AT_MOST)], filters=[stripped]
    )
    body_en = TextAreaField(
        "issues.field.body_en",
        [at_most(rules.BODY_AT_MOST)],
        filters=[_lines],
        description="issues.field.body_en.hint",
        render_kw={"rows": 16},
    )
    revision = HiddenField()
    reader = EmailField(
        "issues.field.reader", [at_most(254)], filters=[stripped],
        description="issues.field.reader.hint",
    )  # fmt: skip
    said = RadioField("issues.field.said", validate_choice=False)
    shape = RadioField("issues.field.shape", validate_choice=False)

    def offer(self, words: dict[str, str]) -> None:
        """The choices of the preview, in the reader's words."""
        self.said.choices = [SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")]
        self.shape.choices = [SelectChoice(name, words[name]) for name in ("html", "text")]
        self.said.data = self.said.data if self.said.data in ("nl", "en") else "nl"
        self.shape.data = self.shape.data if self.shape.data in ("html", "text") else "html"

    @property
    def values(self) -> dict[str, str]:
        """The words; a subject is one line."""
        return {
            name: plain.one_line(self[name].data or "")
            if name.startswith("subject")
            else self[name].data or ""
            for name in rules.FIELDS
        }


class MomentForm(Form):
    """When it goes, as clocks in Amsterdam show it."""

    at = DateTimeLocalField(
        "issues.field.at", [required("errors.field.date")], description="issues.field.at.hint"
    )


class ReasonForm(Form):
    """Why it is stopped, for whoever looks later."""

    reason = StringField("issues.field.reason", [at_most(rules.NOTE_AT_MOST)], filters=[stripped])


class ApprovalForm(Form):
    """Which version was read; whoever is alone says that they read it again."""

    sure = BooleanField("issues.field.sure")
    revision = HiddenField()
