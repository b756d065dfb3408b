"""What may be on a list, when a link still works, and what a form changes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.errors import Refusal
from tables.newsletters import Audience, OptIn
from tables.newsletters import SubscriptionState as S

LINK_DAYS = 7
STALE_DAYS = 30
NAME_LENGTH = 200
EVERYTHING = "newsletters"
WORDS = "newsletters.sign_up"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ON = frozenset({S.pending, S.confirmed, S.automatic})


class LinkExpired(Refusal):
    """The confirmation link is too old, or the address was taken off the list since."""

    code = "newsletters.link_expired"


@dataclass(frozen=True)
class Changes:
    """What a saved form switches on and off: ids of lists, ascending."""

    on: tuple[int, ...]
    off: tuple[int, ...]


def purpose_of(list_id: int) -> str:
    """The purpose of consent to one list; it survives every renaming."""
    return f"newsletter:{list_id}"


def one_line(name: str) -> str:
    """A name as one line without control characters, cut to what fits."""
    printable = "".join(c if c.isprintable() else " " for c in name)
    return " ".join(printable.split())[:NAME_LENGTH].strip()


def is_expired(issued_at: datetime, now: datetime) -> bool:
    """Whether a confirmation link issued then has stopped working; it works for seven days."""
    return now >= issued_at + timedelta(days=LINK_DAYS)


def changes(standing: Mapping[int, bool], wanted: Iterable[int]) -> Changes:
    """From list → is on, to the wanted ones; a list that was not shown is left alone."""
    ticked = set(wanted)
    return Changes(
        on=tuple(sorted(n for n, is_on in standing.items() if n in ticked and not is_on)),
        off=tuple(sorted(n for n, is_on in standing.items() if is_on and n not in ticked)),
    )


def problems_of_list(values: Mapping[str, object]) -> dict[str, str]:
    """Field → message key, for a new list that would reach people who never asked."""
    problems = {}
    if not SLUG.fullmatch(str(values.get("slug", ""))):
        problems["slug"] = "newsletters.field.slug.shape"
    is_public = values.get("audience", Audience.public) == Audience.public
    if is_public and values.get("opt_in", OptIn.double) != OptIn.double:
        problems["opt_in"] = "newsletters.field.opt_in.public"
    if values.get("audience") == Audience.group and not values.get("group"):
        problems["group"] = "newsletters.field.group.needed"
    return problems


def veiled(email: str) -> str:
    """An address as somebody may see it who was forwarded the link: `a…@example.org`."""
    local, _, host = email.rpartition("@")
    return f"{local[:1]}…@{host}"
