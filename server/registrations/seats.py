"""What the lines of one registration mean to each other: a workshop stands on a seat.

Runs inside a transaction that holds the lock of the event.
"""

from typing import Any

from server.actors import Actor
from server.database import execute
from server.registrations.sorts import SEATS
from server.registrations.states import LINE, LIVE
from tables.registrations import LineState

LINES = """SELECT l.id, l.state, l.expires_at, u.kind, u.id AS unit_id FROM registration_line l
  JOIN capacity_unit u ON u.id = l.unit WHERE l.registration = $1 AND l.state = ANY($2::text[])
  ORDER BY l.id"""


async def live(registration_id: int) -> list[dict[str, Any]]:
    """The claims of a registration that stand: `id`, `state`, `expires_at`, `kind`, `unit_id`."""
    return await execute(LINES, registration_id, list(LIVE))


async def beside(registration_id: int, state: LineState) -> list[dict[str, Any]]:
    """Its claims in one state that are no seats."""
    lines = await live(registration_id)
    return [one for one in lines if one["state"] == state and one["kind"] not in SEATS]


async def follow(actor: Actor, registration_id: int, *, action: str = "cancel") -> None:
    """After a move of one line, end what no longer stands, without a letter of its own.

    Whoever has a seat holds and awaits no other; without any seat no workshop and no lunch stands.
    """
    lines = await live(registration_id)
    seats = [line for line in lines if line["kind"] in SEATS]
    confirmed = [line for line in seats if line["state"] == LineState.confirmed]
    ended = [line for line in seats if line not in confirmed[-1:]] if confirmed else []
    if not seats:
        ended = lines
    await end(actor, ended, action=action)


async def end(
    actor: Actor, lines: list[dict[str, Any]], *, action: str = "cancel", reason: str = ""
) -> None:
    """End these claims."""
    for line in lines:
        also = {"expires_at": None}
        await LINE.move(line["id"], action, actor=actor, reason=reason, set_also=also)
