"""A file on its way: brought, its columns as guessed, looked at, taken in."""

from server import clock
from server.actors import Actor
from server.imports import queries, service, working
from tables.memberships import MembershipType

CARLA = Actor(name="Carla", roles=frozenset({"board"}))


async def types() -> None:
    """The two kinds of membership that the files name."""
    for code in ("gewoon", "aspirant"):
        await MembershipType(code=code, name_nl=f"{code.capitalize()} lid", name_en=code).save()


async def looked_at(text: str, actor: Actor = CARLA) -> queries.Batch:
    """A file whose columns are as guessed, looked at."""
    batch_id = await service.bring(actor, "leden.csv", text.encode(), now=clock.now())
    chosen = (await queries.batch(batch_id)).fields
    await service.choose(actor, batch_id, chosen, now=clock.now())
    await working.tick(clock.now())
    return await queries.batch(batch_id)


async def taken_in(text: str, actor: Actor = CARLA) -> queries.Batch:
    """A file that was taken in."""
    batch = await looked_at(text, actor)
    await service.ask_to_take_in(actor, batch.id)
    await working.tick(clock.now())
    return await queries.batch(batch.id)


async def outcomes(batch: queries.Batch) -> list[tuple[int, str]]:
    """Line and outcome of every line."""
    return [(row.line, row.outcome) for row in await queries.rows(batch.id)]


async def keys(batch: queries.Batch) -> list[tuple[int, str]]:
    """Line and message key of everything that is wrong."""
    return [
        (row.line, problem.get("key", "duplicate"))
        for row in await queries.rows(batch.id)
        for problem in row.problems
    ]
