"""Whatever the worker does by the clock: one bad row keeps none of the others waiting."""

import ast
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from textwrap import dedent

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute, transaction
from server.memberships import reminders
from server.newsletters import service as newsletters
from server.one_by_one import each
from server.people import numbers
from server.privacy import retention
from server.registrations import passing_on, places
from server.talks import service as talks
from server.talks.states import PROPOSAL
from server.worker import JOBS, Job, _words
from tests import factories
from tests.factories import NOON
from tests.memberships.test_service import kind
from tests.memberships.test_service import member as with_membership
from tests.newsletters.cast import asked, mailing_list
from tests.registrations.cast import EARLY, held, register, stranger
from tests.talks.cast import call, in_state, person

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def broken(table: str, condition: str) -> AsyncIterator[None]:
    """As long as this lasts, no row of `table` can be written of which `condition` holds."""
    await execute(
        "CREATE FUNCTION is_broken() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'broken'; END $$"
    )
    await execute(
        f'CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON "{table}" FOR EACH ROW'
        f" WHEN ({condition}) EXECUTE FUNCTION is_broken()"
    )
    try:
        yield
    finally:
        await execute("DROP FUNCTION is_broken() CASCADE")


async def test_every_row_has_its_turn_and_every_trouble_is_told() -> None:
    async def halve(number: int) -> int:
        if number % 2:
            raise ValueError(number)
        return number // 2

    assert await each([2, 4], halve) == [1, 2]
    with pytest.raises(ExceptionGroup) as told:
        await each([1, 2, 3], halve)
    assert [str(one) for one in told.value.exceptions] == ["1", "3"]
    assert _words(told.value) == "2 of 3 failed: ValueError: 1"


AS_ONE = {"duplicates.look"}  # looks at everybody at once, and writes down what it found


@pytest.mark.parametrize(
    "job", [one for one in JOBS if one.name not in AS_ONE], ids=lambda job: job.name
)
def test_no_job_of_the_worker_goes_through_rows_by_a_loop_of_its_own(job: Job) -> None:
    source = dedent(inspect.getsource(job.function))

    loops = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.For | ast.AsyncFor)]

    assert [one for one in loops for step in one.body if _waits(step)] == []


def _waits(step: ast.stmt) -> bool:
    return any(isinstance(one, ast.Await) for one in ast.walk(step))


async def test_places_of_one_event_that_fails(db: None) -> None:
    one, _ = await factories.open_event(1)
    other, unit = await factories.open_event(1)
    bad, _ = await stranger("a@example.org", one.id), await stranger("b@example.org", other.id)
    late = EARLY + timedelta(hours=1)

    async with broken("registration_line", f"NEW.registration = {bad.id}"):
        with pytest.raises(ExceptionGroup):
            await places.tick(late)

    assert await execute("SELECT state FROM registration_line ORDER BY id") == [
        {"state": "unverified"},
        {"state": "expired"},
    ]
    assert await held(unit.id, late) == 0


async def test_a_question_to_a_colleague_that_fails(db: None) -> None:
    event, _ = await factories.open_event(2)
    for name in ("Een", "Twee"):
        giver = await register(await factories.known(name), event.id)
        colleague = f"{name.lower()}@example.org"
        await passing_on.ask(ANONYMOUS, giver.code, name="C", email=colleague, now=EARLY)
    late = EARLY + timedelta(days=10)

    async with broken("hand_over", "NEW.id = 1"):
        with pytest.raises(ExceptionGroup):
            await passing_on.tick(late)
    assert await _states("hand_over") == ["open", "expired"]

    assert await passing_on.tick(late) == 1
    assert await _states("hand_over") == ["expired", "expired"]


async def _states(table: str) -> list[str]:
    return [row["state"] for row in await execute(f"SELECT state FROM {table} ORDER BY id")]


async def test_a_proposal_that_fails_stops_neither_letters_nor_reminders(db: None) -> None:
    congress = await call()
    bad, untold, late = [
        await in_state(state, await person(name), congress)
        for state, name in (("submitted", "Els"), ("submitted", "Fie"), ("accepted", "Gea"))
    ]
    async with transaction():
        for view in (bad, untold):
            await PROPOSAL.move(view.id, "reject", actor=SYSTEM)

    async with broken("proposal", f"NEW.id = {bad.id}"):
        with pytest.raises(ExceptionGroup):
            await talks.tick((late.confirm_by or NOON) - timedelta(hours=20))

    rows = await execute("SELECT kind, address FROM outbox_letter ORDER BY id")
    assert [(row["kind"], row["address"]) for row in rows] == [
        ("proposal_rejected", "fie@example.org"),
        ("proposal_reminder", "gea@example.org"),
    ]


async def test_a_number_that_fails(db: None) -> None:
    actor = factories.acting(await factories.carla(), roles=("board",))
    for name, number in (("Anna", "09012345625"), ("Bram", "19012345625")):
        who = await factories.member(name)
        claimed = await numbers.claim(actor, who.id, "BIG", number, title="gz_psychologist")
        await numbers.correct(actor, claimed, {"valid_until": date(2027, 1, 1)})
        await numbers.verify(actor, claimed, method="x", on=date(2026, 12, 1))

    async with broken("registration_number", "NEW.number = '09012345625'"):
        with pytest.raises(ExceptionGroup):
            await numbers.expire(date(2027, 1, 2))

    rows = await execute("SELECT state FROM registration_number ORDER BY number")
    assert [row["state"] for row in rows] == ["verified", "expired"]


async def test_a_reminder_that_fails(db: None) -> None:
    sort = await kind(period_kind="calendar", grace_days=30)
    for name in ("Anna", "Bram"):
        await with_membership(name, sort)

    async with broken("outbox_letter", "NEW.address LIKE 'anna@%'"):
        with pytest.raises(ExceptionGroup):
            await reminders.tick(NOON.replace(year=2025, month=12, day=31))

    rows = await execute("SELECT kind, address FROM outbox_letter")
    assert [(row["kind"], row["address"].partition("@")[0]) for row in rows] == [
        ("membership_runs_out", "bram")
    ]


async def test_a_subscription_that_fails(db: None) -> None:
    await mailing_list()
    for email in ("a@example.org", "b@example.org"):
        await newsletters.sign_up(ANONYMOUS, asked(email), now=NOON)
    await execute("UPDATE subscription SET changed_at = $1", NOON)

    async with broken("audit_entry", "NEW.action = 'forget' AND NEW.entity_id = 1"):
        with pytest.raises(ExceptionGroup):
            await newsletters.tick(NOON + timedelta(days=31))

    assert await execute("SELECT id FROM subscription") == [{"id": 1}]


async def test_a_rule_of_forgetting_that_fails(db: None) -> None:
    event = await factories.event(starts_at=NOON - timedelta(days=900),
                                  ends_at=NOON - timedelta(days=899))  # fmt: skip
    await execute("INSERT INTO registration (event, person, code, remark)"
                  " VALUES ($1, $2, 'x', 'y')",
                  event.id, (await factories.dirk()).id)  # fmt: skip
    await execute("INSERT INTO outbox_letter (kind, category, address, language, values, cause,"
                  " message_id, state, created_at, not_before) VALUES ('x', 'service', 'a@b.nl',"
                  " 'nl', '{\"a\": 1}', 'x', gen_random_uuid(), 'sent', $1, $1)",
                  NOON - timedelta(days=100))  # fmt: skip

    async with broken("outbox_letter", "NEW.state = 'sent'"):
        with pytest.raises(ExceptionGroup):
            await retention.apply(NOON)

    assert await execute("SELECT remark FROM registration") == [{"remark": ""}]
