"""One line taken in through the services of people and memberships."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.imports import marks
from server.imports.lines import Line
from server.memberships import service as memberships
from server.people import numbers
from server.people import service as people


async def take(
    actor: Actor, line: Line, people_of: dict[int, int], types: Mapping[str, int], *, now: datetime
) -> dict[str, Any]:
    """Write what a line says: what was made, for giving it back. Refuses what services refuse."""
    said = {k: new for k, (_, new) in line.changes.items() if k in line.parsed.person}
    first = line.of_line or line.number
    person_id = line.person_id or people_of.get(first)
    is_new = person_id is None
    email_state = None
    if person_id is None:
        person_id = await people.create_from(actor, said, now=now)
    elif said:
        email_state = (await people.get(person_id)).email_state
        await people.change(actor, person_id, said, now=now)
    people_of[first] = person_id
    for field in line.changes:
        register = field.removeprefix("number:")
        if register != field:
            await numbers.claim(actor, person_id, register, line.parsed.numbers[register])
    started = [
        await memberships.start(
            actor,
            person_id,
            types[period.type_code],
            starts_on=period.starts_on,
            ends_on=period.ends_on,
            number=line.parsed.member_number,
        )
        for period in line.starts
    ]
    for membership_id, ends_on in line.ends:
        await memberships.correct(actor, membership_id, {"ends_on": ends_on}, now=now)
    return {
        "person": person_id,
        "is_new": is_new,
        "mark": await marks.of("person", person_id) if is_new else "",
        "email_state": email_state,
        "started": [[one, await marks.of("membership", one)] for one in started],
        "ended": [[one, str(last or "")] for one, last in line.ends],
    }
