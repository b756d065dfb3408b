"""Profiles as their holders and the board see them: whole, in every state."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from server import clock
from server.database import execute
from server.directory import reading
from server.directory.rules import CONFIRMED_LASTS, Whole, says_referrals
from server.errors import NotFound
from server.standing import runs
from tables.directory import ProfileState


@dataclass(frozen=True)
class OwnProfile:
    """A profile with what its holder or the board needs to act on it."""

    whole: Whole
    person_id: int
    state: str
    revision: int
    confirmed_on: date | None
    email: str
    language: str
    is_findable: bool

    @property
    def confirm_before(self) -> date | None:
        """The day on which the yearly confirmation is due."""
        return self.confirmed_on + CONFIRMED_LASTS if self.confirmed_on else None

    def says_referrals(self, day: date) -> bool:
        """Whether what was said of referrals still counts."""
        return says_referrals(self.whole.referrals_said_on, day)


@dataclass(frozen=True)
class Line:
    """One line of the board's list."""

    slug: str
    name: str
    state: str
    changed_on: date


async def of_person(person_id: int, day: date) -> OwnProfile | None:
    """Somebody's own profile, if they began one."""
    return await _one("p.person = $3", person_id, day)


async def by_slug(slug: str, day: date) -> OwnProfile:
    """Any profile. Raises NotFound."""
    found = await _one("p.slug = $3", slug, day)
    if found is None:
        raise NotFound
    return found


async def by_id(profile_id: int, day: date) -> OwnProfile:
    """Any profile. Raises NotFound."""
    found = await _one("p.id = $3", profile_id, day)
    if found is None:
        raise NotFound
    return found


async def _one(condition: str, key: int | str, day: date) -> OwnProfile | None:
    start, _, _rest = reading.SHOWN.partition("\n  FROM profile p")
    rows = await execute(
        f"{start}, w.email, w.language, ({reading.FINDABLE}) AS is_findable"
        f" FROM profile p JOIN person w ON w.id = p.person WHERE {condition}",
        day,
        reading.confirmed_since(day),
        key,
    )
    return _own(rows[0]) if rows else None


def _own(row: dict[str, Any]) -> OwnProfile:
    whole = reading.whole(row)
    return OwnProfile(
        whole=whole,
        person_id=row["person_id"],
        state=row["state"],
        revision=row["revision"],
        confirmed_on=row["confirmed_on"],
        email=row["email"] or "",
        language=row["language"],
        is_findable=row["is_findable"] and whole.has_fit_name,
    )


async def in_state(state: ProfileState) -> list[Line]:
    """The profiles in a state, who waits longest first."""
    rows = await execute(
        "SELECT p.slug, w.display_name AS name, p.state, p.changed_at FROM profile p"
        " JOIN person w ON w.id = p.person WHERE p.state = $1 ORDER BY p.changed_at, p.id",
        state.value,
    )
    return [
        Line(row["slug"], row["name"], row["state"], clock.day_of(row["changed_at"]))
        for row in rows
    ]


async def workplaces(person_id: int) -> list[dict[str, Any]]:
    """Somebody's own workplaces, in their order."""
    return await execute(
        "SELECT o.* FROM workplace o JOIN profile p ON p.id = o.profile WHERE p.person = $1"
        " ORDER BY o.position, o.id",
        person_id,
    )


async def has_type_for_it(person_id: int, day: date) -> bool:
    """Whether somebody holds a membership on a day whose type is in the directory."""
    rows = await execute(
        "SELECT EXISTS (SELECT 1 FROM membership m JOIN membership_type t ON t.id = m.type"
        f" WHERE m.person = $1 AND t.in_directory AND {runs('$2')}) AS yes",
        *(person_id, day),
    )
    return bool(rows[0]["yes"])
