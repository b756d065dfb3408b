"""Congress talks: calls, proposals and their speakers."""

from enum import StrEnum

from piccolo.columns import (
    Array,
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
from tables.groups import WorkingGroup
from tables.people import Person


class ProposalState(StrEnum):
    """Life of a proposal, as its speakers know it."""

    draft = "draft"
    submitted = "submitted"
    accepted = "accepted"
    reserve = "reserve"
    rejected = "rejected"
    revision = "revision"
    confirmed = "confirmed"
    withdrawn = "withdrawn"
    cancelled = "cancelled"
    delivered = "delivered"


class TalkFormat(StrEnum):
    """The shapes a contribution can have."""

    lecture = "lecture"
    workshop = "workshop"
    poster = "poster"
    symposium = "symposium"


class Call(Dated, Table):
    """An invitation to propose talks for one event, between two moments."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, unique=True)
    committee = ForeignKey(WorkingGroup, null=True, default=None, on_delete=OnDelete.restrict)
    title = Varchar(length=200)
    title_en = Varchar(length=200, default="")
    text = Text(default="")
    text_en = Text(default="")
    opens_at = Timestamptz()
    closes_at = Timestamptz()
    formats = Array(base_column=Varchar(length=20), default=list)
    proposals_per_person = SmallInt(default=3)
    confirm_days = SmallInt(default=14)
    is_published = Boolean(default=False)

    closes_after_opening = Check("closes_at > opens_at")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])


class Proposal(Dated, Table):
    """A proposed talk. The letter owed is the difference between `told_state` and `state`."""

    id: Serial
    call = ForeignKey(Call, null=False, on_delete=OnDelete.restrict, index=True)
    code = Varchar(length=12, unique=True)
    state = Varchar(length=12, default=ProposalState.draft, choices=ProposalState)
    told_state = Varchar(length=12, default=ProposalState.draft, choices=ProposalState)
    staged = Varchar(length=12, null=True, default=None)
    title = Varchar(length=200)
    abstract = Text(default="")
    format = Varchar(length=12, default=TalkFormat.lecture, choices=TalkFormat)
    minutes = SmallInt(default=30)
    topics = Array(base_column=Varchar(length=40), default=list)
    language = Varchar(length=2, default="nl")
    remark = Text(default="")
    submitted_at = Timestamptz(null=True, default=None)
    confirm_by = Timestamptz(null=True, default=None)
    version = Integer(default=1)

    state_known = one_of("state", ProposalState)
    told_state_known = one_of("told_state", ProposalState)
    format_known = one_of("format", TalkFormat)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.title])


class ProposalSpeaker(Dated, Table, tablename="proposal_speaker"):
    """Who gives the talk; a co-speaker is named in public only after agreeing."""

    id: Serial
    proposal = ForeignKey(Proposal, null=False, on_delete=OnDelete.cascade, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    position = SmallInt(default=0)
    affiliation = Varchar(length=200, default="")
    agreed_at = Timestamptz(null=True, default=None)

    proposal_speaker_once = Unique(["proposal", "person"])
