"""Machine: every cell of its matrix, the first of two, and what it writes down."""

import asyncio

import asyncpg
import pytest

from server.actors import Actor
from server.audit import chain
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound, WrongState
from server.workflow import Machine
from tables.audit import AuditEntry
from tables.events import Event, EventState
from tests import factories

pytestmark = pytest.mark.anyio

CARLA = Actor(person_id=3, name="Carla", roles=frozenset({"board"}))
S = EventState
MACHINE = Machine(
    Event,
    {
        "publish": ((S.draft, S.announced), S.published),
        "cancel": ((S.announced, S.published), S.cancelled),
    },
)


async def state_of(event: Event) -> str:
    rows = await Event.select(Event.state).where(Event.id == event.id)
    return str(rows[0]["state"])


@pytest.mark.parametrize("action", ["publish", "cancel"])
@pytest.mark.parametrize("state", list(EventState))
async def test_every_state_and_action(db: None, state: EventState, action: str) -> None:
    event = await factories.event(state=state)
    move = MACHINE.moves[action]

    if state in move.sources:
        async with transaction():
            await MACHINE.move(event.id, action, actor=CARLA)
        assert await state_of(event) == move.target
    else:
        with pytest.raises(WrongState) as refused:
            async with transaction():
                await MACHINE.move(event.id, action, actor=CARLA)
        assert refused.value.values["allowed"] == tuple(MACHINE.allowed(state))
        assert await state_of(event) == state


async def test_a_move_is_audited_in_the_same_transaction(db: None) -> None:
    event = await factories.event()

    async with transaction():
        await MACHINE.move(event.id, "publish", actor=CARLA, reason="klaar")

    columns = [AuditEntry.actor, AuditEntry.action, AuditEntry.entity, AuditEntry.reason]
    assert await AuditEntry.select(*columns) == [
        {"actor": "Carla", "action": "publish", "entity": "event", "reason": "klaar"}
    ]


async def test_of_two_at_once_only_one_moves(db: None) -> None:
    event = await factories.event(state=S.published)

    async def cancel() -> None:
        async with transaction():
            await MACHINE.move(event.id, "cancel", actor=CARLA)

    outcomes = await asyncio.gather(*(cancel() for _ in range(8)), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes].count(type(None)) == 1
    assert [type(outcome) for outcome in outcomes].count(WrongState) == 7
    assert await AuditEntry.count() == 1


async def test_no_move_outside_a_transaction(db: None) -> None:
    event = await factories.event()

    with pytest.raises(RuntimeError):
        await MACHINE.move(event.id, "publish", actor=CARLA)


async def test_an_unknown_row_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        async with transaction():
            await MACHINE.move(999, "publish", actor=CARLA)


async def test_sealed_lines_can_be_neither_changed_nor_deleted(db: None) -> None:
    await audit.record(CARLA, "tested", ("event", 1))
    assert await chain.seal() == 1
    assert await chain.seal() == 0

    for statement in ("UPDATE audit_entry SET actor = 'X'", "DELETE FROM audit_entry"):
        with pytest.raises(asyncpg.RaiseError):
            await execute(statement)
