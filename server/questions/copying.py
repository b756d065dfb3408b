"""Asking what an earlier event asked."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from server.actors import Actor
from server.database import execute, transaction
from server.questions import making, queries, writing
from server.questions.rules import Question
from tables.questions import Audience, QuestionState

NO_UNITS: Mapping[int, int] = MappingProxyType({})


async def copy(
    actor: Actor,
    event_id: int,
    from_id: int,
    *,
    units: Mapping[int, int] = NO_UNITS,
    now: datetime,
) -> int:
    """The questions asked at an earlier event, behind those here: how many. Raises NotFound.

    One that is here already, word for word, is left out; what depends on it depends on it here.
    What is for one sort of place is for the same sort here (`units`: there → here), else for
    everybody: places are of one event.
    """
    async with transaction():
        await writing.require_managed(actor, from_id)
        await writing.lock(actor, event_id)
        here = await queries.of_event(event_id, with_retired=True)
        there = await queries.of_event(from_id)
        known = {one.label_nl: one for one in here}
        new = [one for one in there if one.label_nl not in known]
        twins = [(one, known[one.label_nl]) for one in there if one.label_nl in known]
        stands = {one.id: twin.id for one, twin in twins if _is_same(one, twin)}
        went: dict[int, int] = {}
        for one in sorted(new, key=lambda one: one.only_if is not None):
            if len(here) + len(went) >= making.MOST_QUESTIONS:
                break
            copied = _here(one, stands | went, units)
            went[one.id] = await writing.insert(actor, event_id, copied, now)
        await _behind(event_id, [went[one.id] for one in new if one.id in went])
    return len(went)


async def _behind(event_id: int, question_ids: list[int]) -> None:
    await execute(
        "UPDATE question q SET position = n.position + (SELECT coalesce(max(o.position), 0)"
        " FROM question o WHERE o.event = $2 AND NOT o.id = ANY($1::int[]))"
        " FROM unnest($1::int[]) WITH ORDINALITY AS n(id, position) WHERE q.id = n.id",
        *(question_ids, event_id),
    )


def _is_same(there: Question, here: Question) -> bool:
    """Whether others may depend on the question that is here as they do there."""
    is_free = here.state == QuestionState.active and here.only_if is None
    return is_free and (here.kind, here.options) == (there.kind, there.options)


def _here(asked: Question, went: dict[int, int], units: Mapping[int, int]) -> Question:
    on = went.get(asked.only_if) if asked.only_if is not None else None
    copied = replace(asked, only_if=on, only_if_value=asked.only_if_value if on else "")
    if asked.audience == Audience.unit:
        unit = units.get(asked.audience_unit or 0)
        audience = Audience.unit if unit else Audience.everybody
        copied = replace(copied, audience=audience, audience_unit=unit)
    return copied
