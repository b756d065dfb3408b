"""Knowledge: the field's terms and the reading list."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    Boolean,
    Date,
    Integer,
    Serial,
    SmallInt,
    Text,
    Varchar,
)
from piccolo.columns.readable import Readable
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of


class ResourceKind(StrEnum):
    """What sort of source."""

    book = "book"
    ebook = "ebook"
    article = "article"
    guideline = "guideline"
    website = "website"
    course = "course"


class VocabularyTerm(Dated, Table, tablename="vocabulary_term"):
    """A term of the field; retired by `valid_to`, never deleted while in use."""

    id: Serial
    vocabulary = Varchar(length=40)
    code = Varchar(length=40)
    label_nl = Varchar(length=120)
    label_en = Varchar(length=120)
    synonyms = Array(base_column=Varchar(length=80), default=list)
    term_group = Varchar(length=40, default="")
    source = Varchar(length=20, default="board")
    register = Varchar(length=20, default="")
    big_suffix = Varchar(length=2, default="")
    valid_to = Date(null=True, default=None)
    position = SmallInt(default=0)

    vocabulary_term_once = Unique(["vocabulary", "code"])

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s: %s", columns=[cls.vocabulary, cls.label_nl])


class Resource(Dated, Table):
    """Something to read, watch or follow, with what a citation needs."""

    id: Serial
    code = Varchar(length=40, unique=True)
    kind = Varchar(length=12, default=ResourceKind.book, choices=ResourceKind)
    title = Varchar(length=300)
    subtitle = Varchar(length=300, default="")
    people = JSONB(default="[]")
    year = Integer(null=True, default=None)
    place = Varchar(length=80, default="")
    publisher = Varchar(length=160, default="")
    url = Varchar(length=500, default="")
    audience = Array(base_column=Varchar(length=40), default=list)
    box = SmallInt(null=True, default=None)
    note = Text(default="")
    as_printed = JSONB(default="{}")
    is_public = Boolean(default=True)

    kind_known = one_of("kind", ResourceKind)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])
