"""Points from one timetable, who earned them, and until when what is due. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from server import language
from server.clock import day_of
from tables.accreditation import Counts, Rounding
from tables.events import PartKind

STEPS = {
    Rounding.hundredth: Decimal("0.01"),
    Rounding.quarter: Decimal("0.25"),
    Rounding.half: Decimal("0.5"),
    Rounding.whole: Decimal(1),
}
COUNTED = {
    Counts.none: frozenset({PartKind.content}),
    Counts.coffee: frozenset({PartKind.content, PartKind.break_}),
    Counts.all: frozenset(PartKind),
}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Slot:
    """A part of the timetable, or the whole event where it has none."""

    kind: PartKind
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Register:
    """What a register counts."""

    counts: Counts
    minutes_per_point: int
    rounding: Rounding
    minimum_percent: int


def covered(slots: Iterable[Slot], kinds: Iterable[PartKind]) -> int:
    """Minutes in which at least one slot of these kinds goes on: what is parallel counts once."""
    wanted, total, until = set(kinds), timedelta(), None
    for slot in sorted((s for s in slots if s.kind in wanted), key=lambda s: s.starts_at):
        begins = max(slot.starts_at, until) if until else slot.starts_at
        if slot.ends_at > begins:
            total += slot.ends_at - begins
            until = slot.ends_at
    return int(total / MINUTE)


def points(register: Register, slots: Sequence[Slot]) -> Decimal:
    """Points for the whole of a timetable, rounded down as the register does."""
    exact = Decimal(covered(slots, COUNTED[register.counts])) / register.minutes_per_point
    step = STEPS[register.rounding]
    return (exact / step).to_integral_value(ROUND_DOWN) * step


def arithmetic(register: Register, slots: Sequence[Slot], said: str) -> str:
    """The same in words: `inhoud 6 uur, koffie 1 uur telt mee. Samen 7 uur; … 7 punten.`"""
    parts = []
    for kind in PartKind:
        minutes = covered(slots, [kind])
        if minutes:
            how = "counts" if kind in COUNTED[register.counts] else "not"
            long = language.duration(minutes, said)
            key = "content" if kind == PartKind.content else f"{kind.value}_{how}"
            parts.append(language.text(said, f"accreditation.sum.{key}", long=long))
    whole = covered(slots, COUNTED[register.counts])
    total = language.text(
        said,
        "accreditation.sum.total",
        long=language.duration(whole, said),
        each=language.duration(register.minutes_per_point, said),
        points=points_in_words(points(register, slots), said),
    )
    return f"{', '.join(parts)}. {total}"


def points_in_words(value: Decimal, said: str) -> str:
    """`6`, `6,5`; in English `6.5`."""
    short = f"{value.normalize():f}"
    return short.replace(".", ",") if said == "nl" else short


def earned(register: Register, minutes: int, whole: int) -> bool:
    """Whether somebody was there long enough: so many minutes of content of the whole."""
    return whole > 0 and minutes * 100 >= whole * register.minimum_percent


def ask_by(starts_at: datetime, ask_days: int) -> date:
    """The last day to ask it."""
    return day_of(starts_at) - timedelta(days=ask_days)


def report_by(ends_at: datetime, report_days: int) -> date:
    """The last day to hand in who was there."""
    return day_of(ends_at) + timedelta(days=report_days)


def checksum(lines: Sequence[str]) -> str:
    """A fingerprint of a list that was handed in (SHA-256, hexadecimal)."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def difference(before: Iterable[str], now: Iterable[str]) -> tuple[list[str], list[str]]:
    """What a register still has to get, and what it has to take out again."""
    was, becomes = set(before), set(now)
    return sorted(becomes - was), sorted(was - becomes)
