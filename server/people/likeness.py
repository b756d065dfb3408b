"""How much two people look like one, and why: points for each thing they share. Pure.

Nothing here decides: a person of the board reads the reasons and says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

from rapidfuzz import fuzz

from server.people.rules import PREFIX_WORDS, fold

ENOUGH = 50
ALIKE = 88  # of 100: Jansen and Janssen, Dijkstra and Dykstra
POINTS = {
    "number": 60,
    "phone": 35,
    "name": 35,
    "similar_name": 20,
    "first_name": 15,
    "postcode": 25,
    "mailbox": 25,
    "city": 5,
}
COMMON_MAILBOX = frozenset({"info", "praktijk", "contact", "administratie", "secretariaat", "mail"})
LARGEST_BLOCK = 400  # a block as large as this says nothing of two people


@dataclass(frozen=True)
class Facts:
    """What is compared of somebody."""

    id: int
    surnames: frozenset[str]
    given: str
    initial: str
    email_key: str
    phone: str
    postcode: str
    city: str
    numbers: frozenset[tuple[str, str]]

    @cached_property
    def mailbox(self) -> str:
        """The part of the address before the @, unless many have that."""
        local = self.email_key.partition("@")[0]
        return "" if local in COMMON_MAILBOX or len(local) < 4 else local

    def keys(self) -> Iterator[tuple[str, str]]:
        """By what people are put together to be compared at all."""
        for surname in self.surnames:
            yield ("name", f"{surname[:4]}|{self.initial}")
            yield ("surname", surname)  # with who has no initial
        yield from self.numbers
        for kind in ("phone", "mailbox", "postcode"):
            if value := getattr(self, kind):
                yield (kind, value)


@dataclass(frozen=True)
class Likeness:
    """Two people, their points and the reasons, the strongest first."""

    first: int
    second: int
    score: int
    reasons: tuple[str, ...]


def facts(row: Mapping[str, Any], numbers: Iterable[tuple[str, str]] = ()) -> Facts:
    """From a row of person."""
    given = fold(str(row["first_name"] or ""))
    initials = fold(str(row["initials"] or "")) or given
    names = (core(str(row[name] or "")) for name in ("surname", "partner_surname"))
    return Facts(
        id=row["id"],
        surnames=frozenset(name for name in names if name),
        given=given,
        initial=initials[:1],
        email_key=row["email_key"] or "",
        phone=row["phone"] or "",
        postcode=row["postcode"] or "",
        city=fold(str(row["city"] or "")),
        numbers=frozenset(numbers),
    )


def core(surname: str) -> str:
    """A surname folded, without a prefix that was typed along with it: `van den Berg` is `berg`."""
    words = fold(surname).split()
    while len(words) > 1 and words[0] in PREFIX_WORDS:
        words.pop(0)
    return " ".join(words)


def compare(one: Facts, other: Facts) -> Likeness:
    """The points of two people and why."""
    found = [reason for reason, holds in _shared(one, other) if holds]
    found.sort(key=lambda reason: -POINTS[reason])
    first, second = sorted((one.id, other.id))
    score = min(100, sum(POINTS[reason] for reason in found))
    return Likeness(first, second, score, tuple(found))


def _shared(one: Facts, other: Facts) -> Iterator[tuple[str, bool]]:
    same_initial = not one.initial or not other.initial or one.initial == other.initial
    same_name = same_initial and bool(one.surnames & other.surnames)
    yield "name", same_name
    yield "similar_name", same_initial and not same_name and _alike(one, other)
    yield "first_name", bool(one.given) and one.given == other.given
    yield "number", bool(one.numbers & other.numbers)
    yield "phone", bool(one.phone) and one.phone == other.phone
    yield "postcode", bool(one.postcode) and one.postcode == other.postcode
    yield "mailbox", bool(one.mailbox) and one.mailbox == other.mailbox
    yield "city", bool(one.city) and one.city == other.city


def _alike(one: Facts, other: Facts) -> bool:
    return any(fuzz.ratio(a, b) >= ALIKE for a in one.surnames for b in other.surnames)


def pairs(everybody: Iterable[Facts]) -> list[Likeness]:
    """Everybody who looks enough like somebody else, the likest first.

    Only people who share a key are compared, so that twenty thousand take seconds.
    """
    blocks: dict[tuple[str, str], list[Facts]] = {}
    for one in everybody:
        for key in set(one.keys()):
            blocks.setdefault(key, []).append(one)
    seen: set[tuple[int, int]] = set()
    found = []
    for block in blocks.values():
        if not 1 < len(block) <= LARGEST_BLOCK:
            continue
        for one, other in combinations(block, 2):
            pair = (one.id, other.id) if one.id < other.id else (other.id, one.id)
            if pair not in seen:
                seen.add(pair)
                likeness = compare(one, other)
                if likeness.score >= ENOUGH:
                    found.append(likeness)
    return sorted(found, key=lambda one: (-one.score, one.first, one.second))
