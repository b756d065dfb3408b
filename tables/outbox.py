"""The outbox: letters owed, written in the transaction of their cause."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    Boolean,
    ForeignKey,
    OnDelete,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from tables.base import Dated, one_of
from tables.events import Event
from tables.people import Person


class LetterState(StrEnum):
    """Life of a letter on its way out."""

    queued = "queued"
    sending = "sending"
    sent = "sent"
    retry = "retry"
    failed = "failed"
    held = "held"
    dropped = "dropped"


class OutboxLetter(Dated, Table, tablename="outbox_letter"):
    """One letter to one address. `cause` is unique: the same cause never owes two letters.

    `forgets_address`: address and words go as soon as it has left; its reader was erased.
    `event`: which event it is about, so that an invitation for the reader's calendar goes along.
    """

    id: Serial
    kind = Varchar(length=60)
    category = Varchar(length=20, default="service")
    cause = Varchar(length=200, unique=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.set_null, index=True)
    event = ForeignKey(Event, null=True, default=None, on_delete=OnDelete.set_null, index=True)
    address = Varchar(length=254)
    language = Varchar(length=2, default="nl")
    values = JSONB(default="{}", secret=True)
    message_id = UUID(unique=True)
    state = Varchar(length=10, default=LetterState.queued, choices=LetterState)
    attempts = SmallInt(default=0)
    last_error = Text(default="")
    not_before = Timestamptz(default=TimestamptzNow())
    expires_at = Timestamptz(null=True, default=None)
    claimed_at = Timestamptz(null=True, default=None)
    sent_at = Timestamptz(null=True, default=None)
    forgets_address = Boolean(default=False)

    state_known = one_of("state", LetterState)
