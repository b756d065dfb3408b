"""The worker: once per interval whoever is first, and nothing stops the others."""

import asyncio
from datetime import datetime, timedelta

import pytest

from server import clock, database, one_by_one, worker
from server.database import execute
from server.worker import Job
from tests.factories import NOON

pytestmark = pytest.mark.anyio


class Counted:
    """A job that counts its runs and fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.runs: list[datetime] = []
        self.failures = failures

    async def __call__(self, now: datetime) -> None:
        self.runs.append(now)
        if len(self.runs) <= self.failures:
            raise ValueError("out of paper")


async def _row(name: str) -> tuple[datetime, int, str]:
    rows = await execute("SELECT ran_at, failures, error FROM job_run WHERE name = $1", name)
    return rows[0]["ran_at"], rows[0]["failures"], rows[0]["error"]


async def test_a_run_is_noted(db: None) -> None:
    counted = Counted()

    assert await worker.run_when_due(Job("print", 60, counted), NOON)

    assert counted.runs == [NOON]
    assert await _row("print") == (NOON, 0, "")


async def test_of_several_workers_one_runs_the_job(db: None) -> None:
    counted = Counted()
    job = Job("print", 60, counted)

    await asyncio.gather(*(worker.run_when_due(job, NOON) for _ in range(6)))
    await worker.run_when_due(job, NOON + timedelta(seconds=30))
    await worker.run_when_due(job, NOON + timedelta(seconds=60))

    assert counted.runs == [NOON, NOON + timedelta(seconds=60)]


async def test_a_failure_is_noted_and_forgotten_when_it_heals(db: None) -> None:
    job = Job("print", 60, Counted(failures=1))

    await worker.run_when_due(job, NOON)
    failed = await _row("print")
    await worker.run_when_due(job, NOON + timedelta(minutes=1))

    assert failed == (NOON, 1, "ValueError: out of paper")
    assert await _row("print") == (NOON + timedelta(minutes=1), 0, "")


async def test_after_five_failures_it_is_tried_less_often(db: None) -> None:
    counted = Counted(failures=99)
    job = Job("print", 60, counted)

    for minute in range(10):
        await worker.run_when_due(job, NOON + timedelta(minutes=minute))

    minutes = [int((at - NOON).total_seconds() // 60) for at in counted.runs]
    assert minutes == [0, 1, 2, 3, 4, 6]


async def test_a_row_that_keeps_failing_makes_the_others_wait_no_longer(db: None) -> None:
    runs: list[datetime] = []

    async def work(now: datetime) -> None:
        runs.append(now)
        await one_by_one.each([0, 1], _half)

    async def _half(number: int) -> float:
        return 1 / number

    for minute in range(10):
        await worker.run_when_due(Job("halve", 60, work), NOON + timedelta(minutes=minute))

    assert len(runs) == 10
    assert (await _row("halve"))[2].startswith("1 of 2 failed: ZeroDivisionError")


@pytest.mark.parametrize(("seconds", "failures"), [(3600, 0), (24 * 3600, 0), (24 * 3600, 9)])
async def test_a_job_of_the_hour_or_the_day_keeps_its_time(
    db: None, seconds: int, failures: int
) -> None:
    counted = Counted(failures)
    job = Job("print", seconds, counted)
    looks = [NOON + timedelta(seconds=seconds * n / 20) for n in range(41)]

    for moment in looks:
        await worker.run_when_due(job, moment)

    assert counted.runs == [looks[0], looks[20], looks[40]]


async def test_a_clock_that_was_set_back_does_not_stop_it(db: None) -> None:
    counted = Counted()
    job = Job("print", 60, counted)

    await worker.run_when_due(job, NOON + timedelta(days=1))
    await worker.run_when_due(job, NOON)

    assert counted.runs == [NOON + timedelta(days=1), NOON]


async def test_a_failing_job_does_not_hold_up_the_others(db: None) -> None:
    bad, good = Counted(failures=99), Counted()
    stop = asyncio.Event()

    working = asyncio.create_task(
        worker.work(stop, [Job("bad", 0.01, bad), Job("good", 0.01, good)])
    )
    async with asyncio.timeout(30):
        while len(bad.runs) < 5 or len(good.runs) < 10:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await working

    assert (await _row("bad"))[1] >= 5
    assert (await _row("good"))[1:] == (0, "")


async def test_it_heals_when_the_database_comes_back(db: None) -> None:
    job = Job("print", 60, Counted())
    await database.close_pool()

    without = await worker.run_when_due(job, NOON)
    await database.open_pool()
    again = await worker.run_when_due(job, NOON)

    assert (without, again) == (False, True)
    assert await _row("print") == (NOON, 0, "")


async def test_a_cut_connection_is_replaced(db: None) -> None:
    job = Job("print", 0, Counted())
    await worker.run_when_due(job, clock.now())

    await execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        " AND application_name <> 'broom'"
    )
    answers = [await worker.run_when_due(job, clock.now()) for _ in range(3)]

    assert answers[-1] is True


async def test_stopping_waits_for_the_job_at_work(db: None) -> None:
    finished: list[bool] = []
    begun = asyncio.Event()

    async def slow(_now: datetime) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        finished.append(True)

    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(stop, [Job("slow", 60, slow)]))
    await begun.wait()
    stop.set()
    await working

    assert finished == [True]
