"""Many at once, on real commits."""

import asyncio
from dataclasses import replace

import pytest

from server.database import execute, transaction
from server.errors import WrongState
from server.talks import decisions, drafts, queries, service
from server.talks.refusals import TooManyProposals
from server.talks.views import ProposalView
from tests.clients import letters
from tests.factories import NOON
from tests.talks.cast import TEXT, board, call, drafted, person, submitted, trail

pytestmark = pytest.mark.anyio


async def test_of_two_deciders_the_first_wins(db: None) -> None:
    els, congress = await person("Els"), await call()
    carla, karel = await board(), await board("Karel")
    view = await submitted(els, congress)

    answers = await asyncio.gather(
        decisions.accept(carla, view.id, now=NOON),
        decisions.reject(karel, view.id, now=NOON),
        return_exceptions=True,
    )

    won = [answer for answer in answers if isinstance(answer, ProposalView)]
    lost = [answer for answer in answers if isinstance(answer, WrongState)]
    assert (len(won), len(lost)) == (1, 1)
    assert (await queries.by_id(view.id)).state == won[0].state
    assert len(await letters()) == 2
    assert len(await trail(view.id)) == 3


async def test_twenty_clicks_submit_once(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await drafted(els, congress)

    await asyncio.gather(*(service.submit(els, view.id, now=NOON) for _ in range(20)))

    assert await letters() == [("proposal_received", "els@example.org")]
    assert await trail(view.id) == ["create", "submit"]


async def test_twenty_posts_of_one_form_are_one_proposal(db: None) -> None:
    els, congress, code = await person("Els"), await call(), drafts.new_code()

    await asyncio.gather(
        *(
            drafts.draft(els, congress.id, TEXT, code=code, opened_at=NOON, now=NOON)
            for _ in range(20)
        )
    )

    assert await execute("SELECT count(*) AS n FROM proposal") == [{"n": 1}]


async def test_nobody_slips_past_the_limit(db: None) -> None:
    els, congress = await person("Els"), await call(proposals_per_person=2)
    views = [await drafted(els, congress) for _ in range(6)]

    answers = await asyncio.gather(
        *(service.submit(els, view.id, now=NOON) for view in views), return_exceptions=True
    )

    assert sum(isinstance(answer, ProposalView) for answer in answers) == 2
    assert sum(isinstance(answer, TooManyProposals) for answer in answers) == 4
    assert await queries.submitted_by(congress.id, els.person_id or 0) == 2


async def test_two_ticks_at_once_remind_once(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    until = (await decisions.accept(carla, view.id, now=NOON)).confirm_by
    assert until is not None

    await asyncio.gather(*(service.tick(until.replace(day=29)) for _ in range(8)))

    assert (await letters())[2:] == [("proposal_reminder", "els@example.org")]


async def test_who_confirms_while_reminders_go_out_gets_none(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    until = (await decisions.accept(carla, view.id, now=NOON)).confirm_by
    assert until is not None
    confirmed = asyncio.Event()

    async def confirm() -> None:
        async with transaction():
            await service.confirm(els, view.id, now=NOON)
            confirmed.set()
            await asyncio.sleep(0.3)

    async def tick() -> None:
        await confirmed.wait()
        await service.tick(until.replace(day=29))

    await asyncio.gather(confirm(), tick())

    assert [kind for kind, _ in await letters()][2:] == ["proposal_confirmed"]


async def test_a_form_sent_again_while_it_is_submitted_changes_nothing(db: None) -> None:
    els, congress, code = await person("Els"), await call(), drafts.new_code()
    view = await drafts.draft(els, congress.id, TEXT, code=code, opened_at=NOON, now=NOON)
    is_submitted = asyncio.Event()

    async def submit() -> None:
        async with transaction():
            await service.submit(els, view.id, now=NOON)
            is_submitted.set()
            await asyncio.sleep(0.2)

    async def send_again() -> ProposalView:
        await is_submitted.wait()
        text = replace(TEXT, abstract="")
        return await drafts.draft(els, congress.id, text, code=code, opened_at=NOON, now=NOON)

    _, again = await asyncio.gather(submit(), send_again())

    assert (again.state, again.abstract) == ("submitted", TEXT.abstract)
