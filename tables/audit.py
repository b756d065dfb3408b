"""The audit trail: append-only, sealed in a hash chain."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class AuditEntry(Table, tablename="audit_entry"):
    """Who did what to which row, with before and after. `seal` chains the rows."""

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
    seal = Bytea(null=True, default=None)
