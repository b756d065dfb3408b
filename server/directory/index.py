"""The index of the directory: one bit per person and value, so that every count is one AND.

A value's people are the bits of one integer (10,000 people: 1,250 bytes). Within a facet values
widen, between facets they narrow; the count beside a value is what choosing it would give.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.directory.rules import FACETS, Entry
from server.people.rules import fold, searched

LONGEST_QUESTION = 100


@dataclass(frozen=True)
class Asked:
    """What somebody looks for. `chosen`: facet → codes."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    takes_referrals: bool = False


@dataclass(frozen=True)
class Found:
    """One page of what was found, how much there is, and what each further choice would give."""

    total: int
    entries: tuple[Entry, ...]
    counts: Mapping[str, Mapping[str, int]]


class Index:
    """Everybody whom one kind of reader can find, in the order of their names."""

    def __init__(self, entries: Sequence[Entry], words_of: Mapping[tuple[str, str], str]) -> None:
        """`words_of`: (facet, code) → labels and synonyms in every language."""
        self.entries = tuple(entries)
        self.all = (1 << len(self.entries)) - 1
        positions: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
        words: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for facet in FACETS:
                for code in entry.codes(facet):
                    positions[facet].setdefault(code, []).append(number)
            for word in _words(entry):
                words.setdefault(word, []).append(number)
        self.bits = {
            facet: {code: _bits(numbers) for code, numbers in codes.items()}
            for facet, codes in positions.items()
        }
        self.words = {word: _bits(numbers) for word, numbers in words.items()}
        for (facet, code), text in words_of.items():
            people = self.bits[facet].get(code, 0)
            for word in searched(text).split() if people else ():
                self.words[word] = self.words.get(word, 0) | people
        self.sorted_words = sorted(self.words)
        self.referrals = _bits(n for n, e in enumerate(self.entries) if e.accepts_referrals)
        self.by_slug = {entry.slug: entry for entry in self.entries}

    def search(self, asked: Asked, *, start: int, size: int) -> Found:
        """Who fits, from number `start`, and the counts."""
        base = self._with_words(asked.words) & (self.referrals if asked.takes_referrals else -1)
        unions = {
            facet: self._any_of(facet, asked.chosen[facet])
            for facet in FACETS
            if asked.chosen.get(facet)
        }
        fits = base
        for union in unions.values():
            fits &= union
        counts = {}
        for facet in FACETS:
            others = base
            for name, union in unions.items():
                others &= union if name != facet else -1
            counts[facet] = {c: (others & b).bit_count() for c, b in self.bits[facet].items()}
        entries = tuple(self.entries[n] for n in _some(fits, start, size))
        return Found(fits.bit_count(), entries, counts)

    def _any_of(self, facet: str, codes: Iterable[str]) -> int:
        union = 0
        for code in codes:
            union |= self.bits[facet].get(code, 0)
        return union

    def _with_words(self, asked: str) -> int:
        fits = self.all
        for word in searched(asked[:LONGEST_QUESTION]).split():
            fits &= self._beginning_with(word)
        return fits

    def _beginning_with(self, start: str) -> int:
        union, at = 0, bisect_left(self.sorted_words, start)
        while at < len(self.sorted_words) and self.sorted_words[at].startswith(start):
            union |= self.words[self.sorted_words[at]]
            at += 1
        return union


def _words(entry: Entry) -> set[str]:
    texts = [entry.name_words, fold(entry.headline), fold(entry.headline_en)]
    texts += [fold(f"{place.name} {place.city}") for place in entry.places]
    return {word for text in texts for word in searched(text).split()}


def _bits(numbers: Iterable[int]) -> int:
    """An integer with these bits set; made of bytes, since setting bits one by one is quadratic."""
    listed = list(numbers)
    if not listed:
        return 0
    row = bytearray(max(listed) // 8 + 1)
    for number in listed:
        row[number // 8] |= 1 << number % 8
    return int.from_bytes(row, "little")


def _some(bits: int, start: int, size: int) -> list[int]:
    """The numbers of the bits that are set, `size` of them after the first `start`."""
    digits = f"{bits:b}"[::-1]
    found: list[int] = []
    at = digits.find("1")
    skipped = 0
    while at >= 0 and len(found) < size:
        if skipped < start:
            skipped += 1
        else:
            found.append(at)
        at = digits.find("1", at + 1)
    return found
