"""Evaluation: once each, anonymous for the database too, nothing shown of fewer than five."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.evaluation import service
from server.evaluation.service import AlreadyAnswered, Answer, EvaluationClosed
from server.registrations import queries as registrations
from tests import factories
from tests.attendance.cast import Day, day
from tests.clients import heading, sign_in, statements

pytestmark = pytest.mark.anyio
NAMES = ("Anna", "Bram", "Cora", "Dora", "Els")


async def answers(event: Day, name: str, score: int = 4, learned: str = "") -> None:
    if name not in event.codes:
        await event.comes(name)
    view = await registrations.get(event.codes[name])
    given = Answer(score, score, score, learned)
    await service.answer(view, given, now=clock.now())


async def test_everybody_answers_once_also_at_the_same_moment(db: None) -> None:
    event = await day()
    await event.comes("Anna")

    done = await asyncio.gather(*(answers(event, "Anna") for _ in range(4)), return_exceptions=True)

    assert sum(isinstance(one, AlreadyAnswered) for one in done) == 3
    assert (await service.results(event.id)).answered == 1


async def test_nothing_is_shown_of_fewer_than_five(db: None) -> None:
    event = await day()
    for name in NAMES[:4]:
        await answers(event, name, learned="Geheim.")

    few = await service.results(event.id)
    await answers(event, "Els", 2, "Ook dit.")
    enough = await service.results(event.id)

    assert (few.asked, few.answered, few.is_enough) == (4, 4, False)
    assert (few.averages, few.words) == ({}, {"learned": [], "better": []})
    assert enough.averages["overall"] == pytest.approx(3.6)
    assert enough.spread["overall"] == [0, 1, 0, 4, 0]
    assert sorted(enough.words["learned"]) == ["Geheim."] * 4 + ["Ook dit."]


async def test_the_sixth_answer_is_not_seen_by_the_difference(db: None) -> None:
    event = await day()
    for name in NAMES:
        await answers(event, name)
    before = await service.results(event.id)
    await answers(event, "Fien", 1, "Saai.")
    after = await service.results(event.id)
    for name in ("Gijs", "Hans", "Ida", "Jan"):
        await answers(event, name)
    ten = await service.results(event.id)

    assert (after.answered, after.shown) == (6, 5)
    assert (after.averages, after.words) == (before.averages, before.words)
    assert (ten.shown, ten.words["learned"]) == (10, ["Saai."])


async def test_what_is_left_is_shown_when_nobody_can_answer_any_more(db: None) -> None:
    event = await day()
    for name in (*NAMES, "Fien"):
        await answers(event, name)
    view = await registrations.get(event.codes["Fien"])
    closes = view.ends_at + timedelta(days=30)

    await service.shuffle(closes - timedelta(minutes=1))
    open_still = await service.results(event.id)
    await service.shuffle(closes + timedelta(days=50))

    assert open_still.shown == 5
    assert (await service.results(event.id)).shown == 6


async def test_answers_at_the_same_moment_are_shown_together(db: None) -> None:
    event = await day()
    for name in (*NAMES, "Fien", "Gijs"):
        await event.comes(name)
    for name in NAMES[:3]:
        await answers(event, name)

    await asyncio.gather(*(answers(event, name) for name in ("Dora", "Els", "Fien", "Gijs")))

    assert (await service.results(event.id)).shown == 5


async def test_the_order_of_ballots_says_nothing(db: None) -> None:
    event = await day()
    for name in NAMES:
        await answers(event, name)

    rows = await execute("SELECT max(id) - min(id) AS apart FROM evaluation_ballot")

    assert rows[0]["apart"] > 1000


async def test_the_database_itself_cannot_tell_whose_answer_it_is(db: None) -> None:
    event = await day()
    for name in NAMES:
        await answers(event, name)
    own = await execute("SELECT xmin::text FROM evaluation_ballot"
                        " INTERSECT SELECT xmin::text FROM evaluation_answer")  # fmt: skip

    await service.shuffle(clock.now())

    assert own == []  # never in one transaction
    for table in ("evaluation_ballot", "evaluation_answer"):
        rows = await execute(f"SELECT count(DISTINCT xmin::text)::int AS n FROM {table}")
        assert rows == [{"n": 1}]  # and since then all in one: none was before another
    columns = await execute(
        "SELECT column_name FROM information_schema.columns WHERE data_type LIKE 'timestamp%'"
        " AND table_name IN ('evaluation_ballot', 'evaluation_answer')"
    )
    assert columns == []
    assert (await service.results(event.id)).answered == 5


async def test_answers_come_in_another_order(db: None) -> None:
    event = await day()
    for n, name in enumerate(NAMES):
        await answers(event, name, n + 1)
    orders = set()
    for _ in range(8):
        await service.shuffle(clock.now())
        rows = await execute("SELECT overall FROM evaluation_answer ORDER BY ctid")
        orders.add(tuple(row["overall"] for row in rows))

    assert len(orders) > 1


async def test_nobody_answers_before_the_end_or_long_after(db: None) -> None:
    event = await day()
    await event.comes("Anna")
    view = await registrations.get(event.codes["Anna"])

    for now in (event.starts_at, view.ends_at + 31 * (view.ends_at - view.starts_at) * 5):
        with pytest.raises(EvaluationClosed):
            await service.answer(view, Answer(5, 5, 5), now=now)


async def test_nobody_answers_about_what_was_put_off(db: None) -> None:
    event = await day()
    await event.comes("Anna")
    await execute("UPDATE event SET state = 'postponed'")

    with pytest.raises(EvaluationClosed):
        await answers(event, "Anna")


async def test_by_the_link_with_every_mistake_said(client: httpx.AsyncClient) -> None:
    event = await day()
    await event.comes("Anna")
    path = f"/registrations/{event.codes['Anna']}/evaluation"

    page = await client.get(path)
    wrong = await client.post(path, data={"overall": "9", "learned": "Veel geleerd."})
    scores = {"overall": "5", "content": "4", "organisation": "3"}
    sent = await client.post(path, data=scores)
    again = await client.post(path, data=scores)
    after = await client.get(path)

    assert heading(page) == "Wat vond u ervan?"
    assert "Uw antwoord is anoniem" in page.text
    assert wrong.status_code == 422
    assert "Veel geleerd." in wrong.text
    assert sent.status_code == 303
    assert again.status_code == 409
    assert "U hebt geantwoord." in after.text
    assert "<form method" not in after.text.partition("<main")[2].partition("</main")[0]


async def test_the_board_reads_it_added_up(client: httpx.AsyncClient) -> None:
    event = await day()
    for n, name in enumerate(NAMES):
        await answers(event, name, 5 - n % 2, f"Woord {n}")
    await sign_in(client, await factories.carla())
    path = f"/board/events/{event.slug}/evaluation"

    page = await client.get(path)
    few = await statements(client, "GET", path)
    await answers(event, "Fien")

    assert "5 van 5 deelnemers hebben geantwoord." in page.text
    assert "4,6" in page.text
    assert "Woord 3" in page.text
    assert "Anna" not in page.text
    assert await statements(client, "GET", path) == few
