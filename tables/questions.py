"""What an event asks of who registers, what they answered, and what they eat and need."""

from enum import StrEnum
from typing import Any

from piccolo.columns import (
    JSONB,
    Boolean,
    ForeignKey,
    Integer,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.readable import Readable
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.registrations import CapacityUnit, Registration


class QuestionKind(StrEnum):
    """What sort of answer a question takes."""

    text = "text"
    long_text = "long_text"
    one_of = "one_of"
    several_of = "several_of"
    yes_no = "yes_no"
    number = "number"
    date = "date"


class QuestionState(StrEnum):
    """Asked, or no longer asked: its answers stay."""

    active = "active"
    retired = "retired"


class Audience(StrEnum):
    """Whom a question is for."""

    everybody = "everybody"
    on_site = "on_site"
    online = "online"
    class_ = "class"
    unit = "unit"


class Question(Dated, Table):
    """One question of an event: whom it is for, and when. Its words are those of its `version`."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    state = Varchar(length=10, default=QuestionState.active, choices=QuestionState)
    position = SmallInt(default=0)
    version = Integer(default=1)
    is_required = Boolean(default=False)
    audience = Varchar(length=10, default=Audience.everybody, choices=Audience)
    audience_class = Varchar(length=10, default="")
    audience_unit = ForeignKey(CapacityUnit, null=True, default=None, on_delete=OnDelete.restrict)
    only_if: ForeignKey[Any] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )
    only_if_value = Varchar(length=60, default="")

    state_known = one_of("state", QuestionState)
    audience_known = one_of("audience", Audience)
    audience_of_a_class = Check("(audience = 'class') = (audience_class <> '')")
    audience_of_a_unit = Check("(audience = 'unit') = (audience_unit IS NOT NULL)")
    condition_whole = Check("(only_if IS NULL) = (only_if_value = '')")


class QuestionVersion(Table, tablename="question_version"):
    """The words of a question. After answers, another meaning is another version."""

    id: Serial
    question = ForeignKey(Question, null=False, on_delete=OnDelete.cascade, index=True)
    version = Integer(default=1)
    kind = Varchar(length=10, default=QuestionKind.text, choices=QuestionKind)
    label_nl = Varchar(length=200)
    label_en = Varchar(length=200, default="")
    help_nl = Varchar(length=300, default="")
    help_en = Varchar(length=300, default="")
    options = JSONB(default="[]")
    made_at = Timestamptz()
    corrected_at = Timestamptz(null=True, default=None)

    kind_known = one_of("kind", QuestionKind)
    version_once = Unique(["question", "version"])

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s (%s)", columns=[cls.label_nl, cls.version])


class Answer(Dated, Table):
    """What one registration answered, and to which words of the question."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.cascade, index=True)
    question = ForeignKey(Question, null=False, on_delete=OnDelete.restrict)
    version = ForeignKey(QuestionVersion, null=False, on_delete=OnDelete.restrict, index=True)
    value = JSONB()

    answer_once = Unique(["registration", "question"])


class NeedsAsked(Dated, Table, tablename="needs_asked"):
    """Whether an event asks what people eat, and what they need to be able to come."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, unique=True)
    asks_diet = Boolean(default=False)
    asks_access = Boolean(default=False)


class Need(Dated, Table):
    """What one person eats and needs; given with consent, erased 30 days after the event."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.cascade, unique=True)
    diets = JSONB(default="[]")
    allergies = Text(default="")
    access = Text(default="")
    consented_at = Timestamptz()


class NeedCount(Table, tablename="need_count"):
    """How many people needed what at an event, once it is forgotten who."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    need = Varchar(length=20)
    people = Integer(default=0)
    counted_at = Timestamptz()

    need_count_once = Unique(["event", "need"])
