"""Erasure: what was planned for somebody's data, and what was done."""

from piccolo.columns import JSONB, ForeignKey, OnDelete, Serial, Text, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from tables.people import Person


class Erasure(Table):
    """One erasure: per table what is erased, made anonymous or kept, and on what ground.

    `ended_at`: taken back by who asked, or declined by the board with `answer`.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.cascade, index=True)
    plan = JSONB(default="{}")
    reason = Text(default="")
    planned_at = Timestamptz(default=TimestamptzNow())
    done_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    answer = Text(default="")
