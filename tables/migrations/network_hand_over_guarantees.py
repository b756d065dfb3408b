"""What Piccolo cannot say of passing a place on: to one person at a time."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T11:15:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "A place is passed on to one person at a time"

STATEMENTS = [
    """CREATE UNIQUE INDEX hand_over_one_open ON hand_over (registration)
       WHERE state = 'open'""",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Add the guarantees."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement)

    manager.add_raw(run)
    return manager
