"""Calendars: stored feeds and the secret addresses that open personal ones."""

from piccolo.columns import (
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    OnDelete,
    Serial,
    Timestamptz,
    Varchar,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from tables.people import Person


class FeedToken(Table, tablename="feed_token"):
    """A labelled secret address of one person's feed: only its SHA-256 is kept."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    label = Varchar(length=60)
    token_hash = Bytea(unique=True, secret=True)
    created_at = Timestamptz(default=TimestamptzNow())
    fetched_on = Date(null=True, default=None)
    client = Varchar(length=40, default="")
    revoked_at = Timestamptz(null=True, default=None)


class FeedState(Table, tablename="feed_state"):
    """The stored answer of one feed: the bytes, their ETag, and since when they are so."""

    id: Serial
    key = Varchar(length=120, unique=True)
    body = Bytea(default=b"")
    body_gz = Bytea(default=b"")
    etag = Varchar(length=64, default="")
    last_modified = Timestamptz()
    dirty = Boolean(default=True)
