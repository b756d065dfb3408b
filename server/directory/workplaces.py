"""Where somebody works: the holder adds, changes and removes places of their own profile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.directory import queries
from server.directory.rules import Place, titled
from server.errors import Invalid, NotFound, Refusal
from tables.directory import Workplace

MOST = 8
COLUMNS = tuple(Place.__dataclass_fields__)


class TooManyWorkplaces(Refusal):
    """A profile holds eight places at most."""

    code = "directory.too_many_workplaces"


async def add(actor: Actor, values: Mapping[str, str], *, now: datetime) -> None:
    """One more place. Raises Invalid, NotFound without a profile; refuses: TooManyWorkplaces."""
    async with transaction():
        await _check(actor, values)
        rows = await execute("SELECT id FROM profile WHERE person = $1 FOR UPDATE", actor.person_id)
        if not rows:
            raise NotFound
        profile = rows[0]["id"]
        counted = await execute("SELECT count(*) AS n FROM workplace WHERE profile = $1", profile)
        number = counted[0]["n"]
        if number >= MOST:
            raise TooManyWorkplaces
        kept: dict[str, Any] = {name: values[name] for name in COLUMNS}
        row = Workplace(**kept, profile=profile, position=number, created_at=now, changed_at=now)
        await row.save()
        await audit.record(actor, "create", ("workplace", row.id), after=kept)


async def change(
    actor: Actor, workplace_id: int, values: Mapping[str, str], *, now: datetime
) -> None:
    """Other words for a place. Raises Invalid, NotFound for somebody else's."""
    async with transaction():
        await _check(actor, values)
        before = await own(actor, workplace_id)
        after = {name: values[name] for name in COLUMNS if values[name] != before[name]}
        if not after:
            return
        assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(after, start=3))
        await execute(
            f"UPDATE workplace SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            *(workplace_id, now, *after.values()),
        )
        was = {name: before[name] for name in after}
        entity = ("workplace", workplace_id)
        await audit.record(actor, "change", entity, before=was, after=after)


async def _check(actor: Actor, values: Mapping[str, str]) -> None:
    """A place may not carry a protected title that its holder has not proved."""
    own_profile = await queries.of_person(actor.person_id or 0, clock.today())
    titles = own_profile.whole.titles if own_profile else ()
    wrong = titled(Place(**{name: values[name] for name in COLUMNS}), titles)
    if wrong:
        raise Invalid(**dict.fromkeys(wrong, "directory.field.title_unproved"))


async def remove(actor: Actor, workplace_id: int) -> None:
    """A place where one works no more. Raises NotFound for somebody else's."""
    async with transaction():
        before = await own(actor, workplace_id)
        await execute("DELETE FROM workplace WHERE id = $1", workplace_id)
        was = {"person": actor.person_id, **{name: before[name] for name in COLUMNS}}
        await audit.record(actor, "delete", ("workplace", workplace_id), before=was)


async def own(actor: Actor, workplace_id: int) -> dict[str, Any]:
    """One of somebody's own places. Raises NotFound."""
    rows = await execute(
        "SELECT o.* FROM workplace o JOIN profile p ON p.id = o.profile"
        " WHERE o.id = $1 AND p.person = $2",
        workplace_id,
        actor.person_id,
    )
    if not rows:
        raise NotFound
    return rows[0]
