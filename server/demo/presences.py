"""Who was at the last event day: drawn up from the scans, one corrected, one who objected."""

from datetime import timedelta

from server.actors import SYSTEM
from server.attendance import correcting, drawing_up, objecting, presence
from server.attendance.correcting import Correction
from server.database import execute

CORRECTED = "U stond op de papieren lijst van de ochtend."
OBJECTION = "Ik was er de hele dag, maar mijn code is bij binnenkomst niet gescand."


async def draw_up(told: dict[str, int]) -> None:
    """The list of the last event day, and what became of it."""
    event_id = told["past_day"]
    event = (await execute("SELECT ends_at FROM event WHERE id = $1", event_id))[0]
    after = event["ends_at"] + timedelta(days=1)
    await drawing_up.draw_up(SYSTEM, event_id, now=after)
    await drawing_up.show(SYSTEM, event_id, now=after)
    sheets = [one for one in await presence.of_event(event_id) if not one.was_there]
    wrong, away = sheets[0], sheets[1]
    await objecting.make(SYSTEM, event_id, wrong.person_id, OBJECTION, now=after)
    whole = {part.part_id: part.span.minutes for part in wrong.parts}
    right = Correction(whole, CORRECTED)
    await correcting.correct(SYSTEM, event_id, wrong.person_id, right, now=after)
    excused = Correction({}, "Had zich die ochtend ziek gemeld.", is_excused=True)
    await correcting.correct(SYSTEM, event_id, away.person_id, excused, now=after)
    await drawing_up.settle(SYSTEM, event_id, now=after + timedelta(days=8))
