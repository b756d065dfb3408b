"""What Piccolo cannot say of amounts: one of one's own, beside what was paid for who came instead."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T15:47:51:000000"
VERSION = "1.38.0"
DESCRIPTION = "A registration has one amount of its own"

STATEMENTS = [
    """CREATE UNIQUE INDEX ticket_fee_own ON ticket_fee (registration)
       WHERE passed_to IS NULL""",
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
