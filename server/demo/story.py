"""Load the whole story at once, or nothing of it."""

from datetime import datetime

from server.actors import SYSTEM
from server.database import execute, transaction
from server.demo import (
    answering,
    bulletins,
    casuistry,
    certificates,
    decisions,
    door,
    entry,
    files,
    lectures,
    messages,
    newcomers,
    opinions,
    papers,
    points,
    practices,
    presences,
    programme,
    questioning,
    returned,
    society,
    subscribers,
    timetables,
    treasury,
    twins,
    workshops,
)
from server.demo.days import Calendar
from server.events import service as events

OVER = ("past_congress", "past_day")


async def load(now: datetime) -> bool:
    """Tell the story around `now`; False, and nothing done, when there are people already.

    Needs the seeds. Its letters are kept as dropped: nobody is ever mailed about it.
    """
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext('demo'))")
        if await execute("SELECT 1 FROM person LIMIT 1"):
            return False
        people = await society.found(Calendar(now))
        told = await programme.tell(people)
        await timetables.tell(people, told)
        await door.open_up(told)
        await papers.hand_out(told, people.calendar)
        await questioning.ask(told)
        await workshops.tell(people)
        await messages.write(people, told)
        await bulletins.send(people)
        await entry.tell(people)
        await casuistry.tell(people)
        await lectures.tell(people, told)
        await newcomers.apply(people)
        await practices.open_up(people)
        await decisions.decide(people)
        await files.bring(people)
        await twins.meet(people)
        await treasury.collect(people)
        for name in OVER:
            await events.complete(SYSTEM, told[name], now=people.calendar.now)
        await presences.draw_up(told)
        await opinions.give(told)
        await certificates.give(told, people.calendar.now)
        await points.ask(told)
        await answering.answer(people, told)
        await returned.come_back(people.calendar.now)
        await subscribers.subscribe(people, told)
        await _drop_letters()
    return True


async def _drop_letters() -> None:
    await execute(
        "UPDATE outbox_letter SET state = 'dropped', values = '{}'::jsonb WHERE state = 'queued'"
    )
