"""The product as the command line sees it: prepare it, assemble it, let somebody in."""

from datetime import datetime

import asyncpg

from server import clock, database, migrating
from server.accounts import factors, offices, service
from server.accounts import queries as accounts
from server.actors import SYSTEM
from server.app import create_app
from server.cli.saying import CannotStart
from server.demo import story
from server.errors import NotFound
from server.newsletters import lists as newsletters
from server.people import service as people
from server.seeds import planting
from server.settings import Settings
from tables.accounts import Role

application = create_app


async def prepare(settings: Settings) -> None:
    """Bring the database to what this version expects; leaves the pool open."""
    try:
        await migrate()
        await database.open_pool()
        await seed()
        if settings.demo:
            await load_demo(clock.now())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as problem:
        raise CannotStart(_unready(str(problem))) from problem


async def migrate() -> str:
    """Bring the database to the newest migration: what was done. Raises CannotStart."""
    try:
        return await migrating.migrate()
    except RuntimeError as problem:
        raise CannotStart(_unready(str(problem))) from problem


def _unready(reason: str) -> str:
    first = reason.partition("\n")[0].rstrip(".")
    return (
        f"The database could not be made ready: {first}. What was stored is unharmed. "
        "Free some space or mend what is named, then start again."
    )


async def seed() -> None:
    """Put in the vocabularies, resources and lists that are missing."""
    await newsletters.set_up(clock.now())
    await planting.plant(clock.now())


async def load_demo(now: datetime) -> bool:
    """Load the demo story; False when the database is not empty."""
    return await story.load(now)


async def needs_set_up() -> bool:
    """Whether no real person has a board role yet."""
    return not await accounts.has_board(clock.today(), real_only=True)


async def set_up_link(now: datetime) -> str:
    """A one-time link that makes the first board account; earlier ones stop working."""
    return await service.set_up_link(now=now)


async def sign_in_link(email: str, now: datetime) -> str | None:
    """A fresh sign-in link, or None when nobody has this address."""
    try:
        return await service.sign_in_link(SYSTEM, email, now=now)
    except NotFound:
        return None


async def reset_second_factor(email: str, now: datetime) -> str | None:
    """Take somebody's second factor and password away: their name, or None."""
    person = await people.find_by_email(email)
    if person is None:
        return None
    await factors.reset(SYSTEM, person.id, now=now)
    return person.display_name


async def make_board_member(email: str) -> str | None:
    """Give the person with this address board rights from today: their name, or None."""
    return await _appoint(email, Role.board)


async def make_keeper(email: str) -> str | None:
    """Give the person with this address the rights of the system: their name, or None."""
    return await _appoint(email, Role.system)


async def _appoint(email: str, role: Role) -> str | None:
    try:
        return await offices.appoint(SYSTEM, email, role, now=clock.now())
    except offices.AlreadyHolds as held:
        raise CannotStart(f"{email} holds that already.") from held
    except NotFound:
        return None
