"""Deadlines: the protocol by which a domain tells what must be done by when.

A domain that has deadlines offers a `Source`; the assembly (`server/app.py`) lists them. The
calendars read the list and know none of the domains.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server import language
from server.language import LANGUAGES
from server.rights import Area


@dataclass(frozen=True)
class Deadline:
    """Until when something can be done, in both languages.

    `uid` is `<kind>-<uuid>`, from what never changes. `due_at` is the first moment at which it is
    too late: midnight in Amsterdam means the whole of the day before. `path` is our page where one
    does it. `area` None: everybody may know; else the offices that see that area.
    """

    uid: str
    due_at: datetime
    path: str
    titles: Mapping[str, str] = field(hash=False)
    area: Area | None = None


@dataclass(frozen=True)
class OwnDeadline:
    """A deadline of one person. `sequence` never goes down and rises when `due_at` changes."""

    deadline: Deadline
    sequence: int
    created_at: datetime
    changed_at: datetime


async def _none(_person_id: int, _since: datetime) -> list[OwnDeadline]:
    return []


@dataclass(frozen=True)
class Source:
    """The deadlines of one domain.

    `shared(since)` gives those that end at `since` or later, for everybody and for offices;
    `own(person_id, since)` those of one person. `tables` are what they are read from: each needs
    the trigger `<table>_marks_deadlines` (a test looks), so that the stored feed follows.
    """

    tables: frozenset[str]
    shared: Callable[[datetime], Awaitable[list[Deadline]]]
    own: Callable[[int, datetime], Awaitable[list[OwnDeadline]]] = _none


def in_both(key: str, **values: tuple[str, str]) -> dict[str, str]:
    """A title in both languages; each value is Dutch and English, Dutch where there is none."""
    return {said: language.text(said, key, **_in(n, values)) for n, said in enumerate(LANGUAGES)}


def _in(n: int, values: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    return {name: pair[n] or pair[0] for name, pair in values.items()}
