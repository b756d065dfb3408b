"""The two plots of a sort of place: what is held against what there is, and what happened when."""

from dataclasses import dataclass

from server.turnout.history import Filling
from server.web import charts
from server.web.charts import Rect, Scale

SERIES = ("queued", "confirmed", "ended")


@dataclass(frozen=True)
class Held:
    """Places held, as a line with what is under it, and the line of the capacity."""

    up: Scale
    held: str
    under: str
    capacity: str


@dataclass(frozen=True)
class Happened:
    """Who came to wait, got a place or left, in each stretch of time."""

    up: Scale
    bars: list[Rect]


def held(filling: Filling) -> Held:
    """Against capacity; without a maximum there is no line for it."""
    up = charts.scale(*(n for _, n in filling.held), *(n for _, n in filling.capacity))
    begins, ends = filling.starts_at, filling.ends_at
    line = charts.steps(filling.held, begins, ends, up)
    under = f"{line}V{charts.HEIGHT:g}H0Z"
    return Held(up, line, under, charts.steps(filling.capacity, begins, ends, up))


def happened(filling: Filling) -> Happened:
    """In each stretch of time, side by side."""
    groups = [[(name, getattr(line, name)) for name in SERIES] for line in filling.lines]
    up = charts.scale(*(number for group in groups for _, number in group))
    return Happened(up, charts.bars(groups, up))
