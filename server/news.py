"""News: the protocol by which a domain tells what is new, for newsletters.

A domain that has news offers a `Source`; the assembly (`server/app.py`) lists them. The newsletters
read the list and know none of the domains.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Section(StrEnum):
    """A part of a newsletter, in the order in which they stand."""

    agenda = "agenda"
    groups = "groups"
    guidelines = "guidelines"
    research = "research"
    education = "education"
    resources = "resources"
    board = "board"


@dataclass(frozen=True)
class Item:
    """Something new, in both languages. `path` is our page about it, and names it for ever.

    `is_public`: everybody may read that page; else members may.
    """

    section: Section
    path: str
    at: datetime
    titles: Mapping[str, str] = field(hash=False)
    texts: Mapping[str, str] = field(hash=False)
    is_public: bool = True


@dataclass(frozen=True)
class Source:
    """The news of one domain: what appeared at `since` or later and still matters `now`."""

    items: Callable[[datetime, datetime], Awaitable[list[Item]]]


def both(dutch: str, english: str) -> dict[str, str]:
    """What is said in both languages, in Dutch where there is no English."""
    return {"nl": dutch, "en": english or dutch}
