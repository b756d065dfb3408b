"""Webhooks: who is told when something changes here, and what was told so far."""

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Bytea,
    ForeignKey,
    Integer,
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


class WebhookState(StrEnum):
    """Whether an address is told anything."""

    active = "active"
    paused = "paused"


class DeliveryState(StrEnum):
    """How far one message has come."""

    queued = "queued"
    retry = "retry"
    delivered = "delivered"
    failed = "failed"
    dropped = "dropped"


class Webhook(Dated, Table, tablename="webhook"):
    """An address that is told of changes; its secret signs what we send, and is kept encrypted.

    `failures` counts messages given up in a row; too many, and the address is paused.
    """

    id: Serial
    url = Varchar(length=500)
    description = Varchar(length=200, default="")
    topics = Array(base_column=Varchar(length=60))
    state = Varchar(length=10, default=WebhookState.active, choices=WebhookState)
    encrypted_secret = Bytea(secret=True)
    failures = Integer(default=0)

    state_known = one_of("state", WebhookState)


class WebhookDelivery(Table, tablename="webhook_delivery"):
    """One message to one address, about one line of the audit trail (0: a test message)."""

    id: Serial
    webhook = ForeignKey(Webhook, null=False, on_delete=OnDelete.cascade, index=True)
    audit_entry = BigInt(default=0)
    message_id = UUID(unique=True)
    topic = Varchar(length=60)
    payload = JSONB()
    state = Varchar(length=10, default=DeliveryState.queued, choices=DeliveryState)
    attempts = SmallInt(default=0)
    not_before = Timestamptz(default=TimestamptzNow())
    created_at = Timestamptz(default=TimestamptzNow())
    delivered_at = Timestamptz(null=True, default=None)
    status_code = SmallInt(null=True, default=None)
    error = Text(default="")

    delivery_state_known = one_of("state", DeliveryState)


class WebhookCursor(Table, tablename="webhook_cursor"):
    """How far the audit trail has been turned into messages: one row."""

    id: Serial
    position = BigInt(default=0)
