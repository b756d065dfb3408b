"""The audit trail: append-only, sealed in a hash chain."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class AuditEntry(Table, tablename="audit_entry"):
    """Who did what to which row, with before and after.

    `position` is its place in the chain (the order of sealing), `content_hash` the SHA-256 of
    `salt` and the line, `seal` the SHA-256 of the seal before it and `content_hash`. A blackout
    takes the salt and the words; the chain still closes.
    """

    id: BigSerial = BigSerial(primary_key=True)
    at = Timestamptz(default=TimestamptzNow())
    actor_id = BigInt(null=True, default=None, index=True)
    actor = Varchar(length=200)
    action = Varchar(length=60)
    entity = Varchar(length=60)
    entity_id = BigInt()
    before = JSONB(null=True, default=None)
    after = JSONB(null=True, default=None)
    reason = Text(default="")
    position = BigInt(null=True, default=None, unique=True)
    salt = Bytea(null=True, default=None, secret=True)
    content_hash = Bytea(null=True, default=None)
    seal = Bytea(null=True, default=None)
    blacked_out_at = Timestamptz(null=True, default=None)
