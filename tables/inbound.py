"""Mail that came in: that it was read, never what it said."""

from piccolo.columns import Bytea, Serial, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table


class InboundMessage(Table, tablename="inbound_message"):
    """A message that was read, by the SHA-256 of its Message-ID: read twice, it counts once."""

    id: Serial
    message_hash = Bytea(unique=True)
    read_at = Timestamptz(default=TimestamptzNow())
    reader = Varchar(length=40, default="")
    outcome = Varchar(length=40, default="")
