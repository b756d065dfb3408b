"""Asking many questions of many people costs as many statements as asking one of one."""

import httpx
import pytest

from server.actors import Actor
from server.duplicates import merging
from server.questions import queries
from server.questions.queries import NeedView
from tests import factories
from tests.clients import sign_in, statements
from tests.questions.cast import asks, comes, question

pytestmark = pytest.mark.anyio


async def event_with(questions: int, people: int, first: int = 0) -> tuple[int, str, str]:
    """Its id and address, and the code of somebody's registration."""
    event, _ = await factories.open_event(50)
    asked = await asks(event.id, *(question(f"Vraag {n}") for n in range(questions)))
    code = ""
    for n in range(first, first + people):
        answers = {f"q{one}": ["Ja"] for one in asked}
        code = (await comes(f"P{n}", event.id, **answers))[1].code
    return event.id, event.slug, code


async def test_one_and_many_cost_the_same(client: httpx.AsyncClient) -> None:
    _, few, one = await event_with(1, 1)
    _, many, other = await event_with(9, 7, first=1)
    await sign_in(client, await factories.carla())

    for path in (
        "/events/{slug}/registration",
        "/registrations/{code}",
        "/registrations/{code}/answers",
        "/board/events/{slug}/questions",
        "/board/events/{slug}",
    ):
        addresses = (
            path.format(slug=few, code=one),
            path.format(slug=many, code=other),
        )
        costs = [await statements(client, "GET", address) for address in addresses]
        assert costs[0] == costs[1], path


async def test_answers_and_needs_go_along_when_two_become_one(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, question("Trein?"))
    anna = await factories.known("Anna")
    need = NeedView(("vegan",), "noten", "")
    twin, view = await comes("Annie", event.id, need, **{f"q{asked}": ["Ja"]})
    board = Actor(name="Carla", roles=frozenset({"board"}))

    await merging.merge(board, anna.id, twin.id, {}, now=view.created_at)

    sheet = await queries.sheet(view.code)
    assert sheet.person_id == anna.id
    assert (await queries.answers_of(view.id)).values == {asked: "Ja"}
