"""What Piccolo cannot say of certificates: one valid one per person and event."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T07:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One valid certificate per person and event"

STATEMENTS = [
    """CREATE UNIQUE INDEX certificate_one_valid ON certificate (event, person)
       WHERE state = 'valid'""",
    "CREATE INDEX certificate_to_make ON certificate (id) WHERE made_at IS NULL",
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
