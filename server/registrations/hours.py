"""Workshops at the same hour: nobody has two of them, unless the board allows it.

Who has one may wait for another: they keep it until they have the other, and then it is let go, as
with seats. The hours of a sort of places are those of the parts of the day that ask for it.
"""

from collections.abc import Collection
from typing import Any

from server.actors import Actor
from server.database import execute
from server.events.counting import LIVE, SAME_HOUR
from server.registrations import seats
from server.registrations.queries import RegistrationView
from server.registrations.refusals import SameHour
from tables.registrations import LineState

# The live lines of a registration at the same hour as a unit `u`.
RIVALS = f"""SELECT x.id, x.state, v.name_nl, v.name_en FROM registration_line x
  JOIN capacity_unit v ON v.id = x.unit
  WHERE x.registration = {{registration}} AND x.state IN {LIVE} AND {SAME_HOUR}"""
NAMES = f"""ARRAY(SELECT ARRAY[r.name_nl, r.name_en]
  FROM ({RIVALS.format(registration="$1")}) r WHERE r.state = 'confirmed' ORDER BY r.id)"""
HAD = f"""SELECT r.* FROM capacity_unit u JOIN LATERAL
  ({RIVALS.format(registration="$1")}) r ON true
  WHERE u.id = $2 AND r.state = 'confirmed' ORDER BY r.id"""


def require(rivals: Collection[str], state: LineState, *, at_once: bool) -> None:
    """Whether one more place can be asked for, beside lines at its hour in these states.

    `at_once`: several are asked for together, and nobody can tell which is meant. Afterwards what
    one has is let go for what one has then, and only one is waited for. Refuses: SameHour.
    """
    has_choice = LineState.confirmed in (state, *rivals) and not at_once
    waits = state != LineState.confirmed and set(rivals) - {LineState.confirmed}
    if rivals and (waits or not has_choice):
        raise SameHour


async def given_up(view: RegistrationView) -> str:
    """What somebody has that they give up by taking this place: names, or nothing."""
    return _names(view, [] if view.is_seat else await beside(view.id, view.unit_id))


async def let_go(actor: Actor, view: RegistrationView) -> str:
    """A place was had: what they had at the same hour is let go, without a letter of its own.

    Answers with names, for the letter of the place that they have now.
    """
    rows = [] if view.is_seat else await end_beside(actor, view.id, view.unit_id)
    return _names(view, rows)


async def beside(registration_id: int, unit_id: int) -> list[dict[str, Any]]:
    """What a registration has at the hour of a sort of places."""
    return await execute(HAD, registration_id, unit_id)


async def end_beside(actor: Actor, registration_id: int, unit_id: int) -> list[dict[str, Any]]:
    """End what a registration has at the hour of a sort of places. Answers with what that was."""
    rows = await beside(registration_id, unit_id)
    await seats.end(actor, rows)
    return rows


def _names(view: RegistrationView, rows: list[dict[str, Any]]) -> str:
    is_english = view.language == "en"
    return ", ".join((row["name_en"] if is_english else "") or row["name_nl"] for row in rows)
