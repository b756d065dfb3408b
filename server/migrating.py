"""Bring the database to the newest migration; safe when several processes start at once."""

import contextlib
import io

import asyncpg
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.apps.migrations.tables import Migration

from server import locks
from server.database import ENGINE


async def migrate() -> str:
    """Run every migration that is missing and return what Piccolo said of it.

    Raises RuntimeError with Piccolo's own words when one fails.
    """
    connection = await asyncpg.connect(**ENGINE.config)
    said = io.StringIO()
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", locks.MIGRATION)
        with contextlib.redirect_stdout(said):
            result = await run_forwards("network")
        if not result.success:
            raise RuntimeError(f"A migration failed: {result.message} {said.getvalue()}")
    finally:
        await connection.close()
    return said.getvalue()


async def missing() -> list[str]:
    """The migrations that have not been run, by id."""
    manager = BaseMigrationManager()
    config = manager.get_app_config("network")
    known = manager.get_migration_ids(
        manager.get_migration_modules(config.resolved_migrations_folder_path)
    )
    done = set(await Migration.get_migrations_which_ran("network"))
    return sorted(one for one in known if one not in done)
