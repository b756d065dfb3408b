"""The chain closes; whoever changes, cuts or reorders it is found; a blackout leaves it whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from server import clock
from server.actors import SYSTEM, Actor
from server.audit import chain, service
from server.audit.chain import ChainBroken, Finding
from server.database import execute, transaction
from tests import factories

pytestmark = pytest.mark.anyio
CARLA = Actor(person_id=3, name="Carla")


async def lines(count: int, actor: Actor = CARLA) -> None:
    async with transaction():
        for number in range(1, count + 1):
            after = {"title": f"Dag {number}"}
            await service.record(actor, "change", ("event", number), after=after, reason="Zo.")


async def sealed(count: int) -> None:
    await lines(count)
    await chain.seal()


@asynccontextmanager
async def behind_our_back() -> AsyncIterator[None]:
    """As the owner of the database can: with the guards switched off."""
    await execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
    try:
        yield
    finally:
        await execute("ALTER TABLE audit_entry ENABLE TRIGGER ALL")


async def test_a_whole_chain_closes(db: None) -> None:
    await sealed(5)
    await lines(2)

    verdict = await chain.check()

    assert (verdict.lines, verdict.unsealed, verdict.position) == (5, 2, 5)
    assert verdict.findings == []


async def test_the_database_itself_refuses_to_change_or_lose_a_line(db: None) -> None:
    await sealed(1)

    for statement in (
        "UPDATE audit_entry SET reason = 'Anders.'",
        "UPDATE audit_entry SET seal = NULL",
        "UPDATE audit_entry SET position = 7",
        "UPDATE audit_entry SET blacked_out_at = now()",
        "DELETE FROM audit_entry",
    ):
        with pytest.raises(asyncpg.RaiseError):
            await execute(statement)


@pytest.mark.parametrize(
    ("tampering", "kinds"),
    [
        ("UPDATE audit_entry SET reason = 'Anders.' WHERE position = 3", {"content"}),
        ("UPDATE audit_entry SET after = '{}' WHERE position = 3", {"content"}),
        ("UPDATE audit_entry SET actor = 'Dirk' WHERE position = 3", {"content"}),
        ("UPDATE audit_entry SET at = at + interval '1 hour' WHERE position = 3", {"content"}),
        ("UPDATE audit_entry SET seal = content_hash WHERE position = 3", {"link"}),
        (
            "UPDATE audit_entry SET content_hash = sha256('x') WHERE position = 3",
            {"link", "content"},
        ),
        ("DELETE FROM audit_entry WHERE position = 3", {"gap", "link"}),
        ("DELETE FROM audit_entry WHERE position = 1", {"gap", "link"}),
    ],
)
async def test_every_change_behind_our_back_is_found(
    db: None, tampering: str, kinds: set[str]
) -> None:
    await sealed(5)
    async with behind_our_back():
        await execute(tampering)

    findings = (await chain.check()).findings

    assert {one.kind for one in findings} == kinds
    assert {one.position for one in findings} <= {1, 2, 3, 4}


async def test_a_tail_cut_off_is_found_by_what_was_noted_outside(db: None, tmp_path: Path) -> None:
    anchors = tmp_path / "var" / "anchors"
    await sealed(5)
    await chain.require_whole(anchors)
    async with behind_our_back():
        await execute("DELETE FROM audit_entry WHERE position > 3")

    assert (await chain.check()).findings == []
    assert (await chain.check(anchors)).findings == [Finding(5, "anchor")]
    with pytest.raises(ChainBroken, match="anchor at 5"):
        await chain.require_whole(anchors)


async def test_a_chain_written_anew_is_found_by_what_was_noted_outside(
    db: None, tmp_path: Path
) -> None:
    anchors = tmp_path / "anchors"
    await sealed(3)
    await chain.note(anchors, now=clock.now())
    async with behind_our_back():
        await execute("UPDATE audit_entry SET reason = 'Anders.', seal = NULL, position = NULL")
        await chain.seal()

    assert (await chain.check()).findings == []
    assert (await chain.check(anchors)).findings == [Finding(3, "anchor")]


async def test_two_sealers_at_once_and_lines_between_make_one_chain(db: None) -> None:
    await lines(40)

    await asyncio.gather(chain.seal(), lines(10), chain.seal(), lines(10), chain.seal())
    await chain.seal()

    verdict = await chain.check()
    assert (verdict.lines, verdict.unsealed, verdict.findings) == (60, 0, [])


async def test_a_line_that_commits_late_gets_the_next_place(db: None) -> None:
    async with transaction():
        await service.record(CARLA, "change", ("event", 1))
        early = (await execute("SELECT max(id) AS id FROM audit_entry"))[0]["id"]
        await asyncio.create_task(sealed(3), context=__import__("contextvars").Context())
    await chain.seal()

    rows = await execute("SELECT position FROM audit_entry WHERE id = $1", early)
    assert rows[0]["position"] == 4
    assert (await chain.check()).findings == []


async def test_a_blackout_takes_the_words_and_leaves_the_chain(db: None) -> None:
    anna = await factories.anna()
    herself = Actor(person_id=anna.id, name="Anna Aal")
    await lines(2, herself)
    async with transaction():
        secret = {"email": "anna.aal@example.com", "note": "Aal"}
        await service.record(CARLA, "change", ("person", anna.id), after=secret, reason="Aal")
        await service.record(CARLA, "change", ("registration", 9), after={"remark": "Aal eet vis"})
        await service.record(CARLA, "change", ("registration", 8), after={"remark": "blijft"})

    lost = await chain.black_out(SYSTEM, anna.id, [("registration", 9)], now=clock.now())
    await chain.seal()

    verdict = await chain.check()
    assert (lost, verdict.blacked_out, verdict.findings) == (4, 4, [])
    (text,) = await execute("SELECT string_agg(a::text, '|') AS all FROM audit_entry a")
    assert "Aal" not in text["all"]
    assert "aal@" not in text["all"]
    assert "blijft" in text["all"]
    assert text["all"].count("Carla") == 3


async def test_a_blackout_twice_changes_nothing_more(db: None) -> None:
    anna = await factories.anna()
    await lines(2, Actor(person_id=anna.id, name="Anna"))

    assert await chain.black_out(SYSTEM, anna.id, now=clock.now()) == 2
    assert await chain.black_out(SYSTEM, anna.id, now=clock.now()) == 1
    await chain.seal()
    assert (await chain.check()).findings == []
