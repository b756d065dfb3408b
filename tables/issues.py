"""Issues of newsletters: what is written, who it goes to, and what became of each of them."""

from enum import StrEnum

from piccolo.columns import (
    UUID,
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
from tables.newsletters import NewsletterList, Subscription
from tables.people import Person


class IssueState(StrEnum):
    """How far an issue is."""

    draft = "draft"
    tested = "tested"
    approved = "approved"
    scheduled = "scheduled"
    sending = "sending"
    paused = "paused"
    sent = "sent"
    cancelled = "cancelled"


class DeliveryState(StrEnum):
    """What became of an issue for one address."""

    queued = "queued"
    sending = "sending"
    retry = "retry"
    sent = "sent"
    failed = "failed"
    skipped = "skipped"


class Counted(StrEnum):
    """When an audience was counted."""

    approved = "approved"
    sending = "sending"
    sent = "sent"


class NewsletterIssue(Dated, Table, tablename="newsletter_issue"):
    """One issue of a list. It gets its `number` when it begins to be sent."""

    id: Serial
    list = ForeignKey(NewsletterList, null=False, on_delete=OnDelete.restrict, index=True)
    state = Varchar(length=10, default=IssueState.draft, choices=IssueState)
    number = Integer(null=True, default=None)
    subject_nl = Varchar(length=70)
    subject_en = Varchar(length=70, default="")
    body_nl = Text(default="")
    body_en = Text(default="")
    approved_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null)
    approved_at = Timestamptz(null=True, default=None)
    scheduled_at = Timestamptz(null=True, default=None)
    started_at = Timestamptz(null=True, default=None)
    resumed_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    note = Varchar(length=300, default="")

    state_known = one_of("state", IssueState)
    number_once = Unique(["list", "number"])
    scheduled_has_moment = Check("state <> 'scheduled' OR scheduled_at IS NOT NULL")
    sent_has_number = Check("state NOT IN ('sending', 'paused', 'sent') OR number IS NOT NULL")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.subject_nl])


class NewsletterWriter(Dated, Table, tablename="newsletter_writer"):
    """Who wrote on an issue, and so does not approve it."""

    id: Serial
    issue = ForeignKey(NewsletterIssue, null=False, on_delete=OnDelete.cascade)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)

    newsletter_writer_once = Unique(["issue", "person"])


class NewsletterReceipt(Dated, Table, tablename="newsletter_receipt"):
    """How many get an issue, under the empty reason, and how many do not and why."""

    id: Serial
    issue = ForeignKey(NewsletterIssue, null=False, on_delete=OnDelete.cascade)
    counted = Varchar(length=10, choices=Counted)
    reason = Varchar(length=20, default="")
    people = Integer(default=0)

    counted_known = one_of("counted", Counted)
    newsletter_receipt_once = Unique(["issue", "counted", "reason"])


class NewsletterDelivery(Dated, Table, tablename="newsletter_delivery"):
    """One issue for one address: exactly one row. `test` numbers the test sends; 0 is the real one.

    `reason` says why it was skipped, or what the mail server answered.
    """

    id: Serial
    issue = ForeignKey(NewsletterIssue, null=False, on_delete=OnDelete.restrict)
    test = SmallInt(default=0)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null, index=True)
    subscription = ForeignKey(
        Subscription, null=True, default=None, on_delete=OnDelete.set_null, index=True
    )
    email = Varchar(length=254)
    email_key = Varchar(length=254, index=True)
    name = Varchar(length=200, default="")
    language = Varchar(length=2, default="nl")
    state = Varchar(length=10, default=DeliveryState.queued, choices=DeliveryState)
    reason = Varchar(length=300, default="")
    message_id = UUID(unique=True)
    attempts = SmallInt(default=0)
    not_before = Timestamptz()
    claimed_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)

    delivery_state_known = one_of("state", DeliveryState)
    newsletter_delivery_once = Unique(["issue", "email_key", "test"])
