"""What every table shares: moments of creation and change, and CHECKs for closed lists."""

from enum import Enum

from piccolo.columns import Integer, Timestamptz
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.constraints import Check


class Dated:
    """Mixin: when a row was made and last changed (UTC), and how often it was changed.

    `revision` is the version a form was opened with; saving an older one is refused.
    """

    created_at = Timestamptz(default=TimestamptzNow())
    changed_at = Timestamptz(default=TimestamptzNow())
    revision = Integer(default=1)


def one_of(column: str, choices: type[Enum]) -> Check:
    """A CHECK that keeps a text column within an enum; Piccolo's `choices` binds only forms."""
    listed = ", ".join(f"'{choice.value}'" for choice in choices)
    return Check(f'"{column}" IN ({listed})')
