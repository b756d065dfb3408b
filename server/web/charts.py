"""Small plots as SVG, drawn on the server: no script, no style attribute, nothing but geometry.

A plot is WIDTH by HEIGHT and is stretched to its place; words stand beside it in HTML, so that they
stay as large as all others. What looks how is said in app.css, by the class of each piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 600.0, 180.0
NICE = (1, 2, 4, 6, 8, 10)
GAP = 0.24  # of the width of a group stays free beside its bars

Steps = Sequence[tuple[datetime, int | None]]


@dataclass(frozen=True)
class Rect:
    """One bar; `kind` is the name of its series."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Scale:
    """From nothing to `top`; `ticks` are the numbers beside the plot, the highest first."""

    top: int

    @property
    def ticks(self) -> list[int]:
        """Top, middle where it is a whole number, and nothing."""
        return [self.top, self.top // 2, 0] if self.top % 2 == 0 else [self.top, 0]

    def y(self, value: float) -> float:
        """How far from above."""
        return round(HEIGHT - HEIGHT * value / self.top, 2)

    @property
    def grid(self) -> list[float]:
        """Where the lines of the ticks are."""
        return [self.y(tick) for tick in self.ticks]


def scale(*values: int | None) -> Scale:
    """A round number that is not below any of these."""
    highest = max([value for value in values if value is not None], default=0)
    size = 1
    while highest > 10 * size:
        size *= 10
    return Scale(next(size * step for step in NICE if highest <= size * step))


def steps(points: Steps, begins: datetime, ends: datetime, up: Scale) -> str:
    """The path of a line that stays until it changes; broken where the value is None."""
    pieces, pen_is_down = [], False
    for number, (at, value) in enumerate(points):
        after = points[number + 1][0] if number + 1 < len(points) else ends
        if value is None:
            pen_is_down = False
            continue
        x, until, y = _x(at, begins, ends), _x(after, begins, ends), up.y(value)
        pieces.append(f"V{y:g}" if pen_is_down else f"M{x:g} {y:g}")
        pieces.append(f"H{until:g}")
        pen_is_down = True
    return "".join(pieces)


def _x(at: datetime, begins: datetime, ends: datetime) -> float:
    """How far from the left; everything that is at one moment spans the whole width."""
    length = (ends - begins).total_seconds()
    if length <= 0:
        return 0.0 if at < ends else WIDTH
    share = (at - begins).total_seconds() / length
    return round(WIDTH * min(max(share, 0), 1), 2)


def bars(groups: Sequence[Sequence[tuple[str, int]]], up: Scale) -> list[Rect]:
    """Groups of bars beside each other, each bar a series with its number; nothing has no bar."""
    found = []
    for place, group in enumerate(groups):
        whole = WIDTH / len(groups)
        width = whole * (1 - GAP) / max(len(group), 1)
        left = whole * (place + GAP / 2)
        for number, (kind, value) in enumerate(group):
            if value > 0:
                y = up.y(value)
                x = round(left + number * width, 2)
                found.append(Rect(kind, x, y, round(width, 2), round(HEIGHT - y, 2)))
    return found
