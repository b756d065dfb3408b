"""What Piccolo cannot say of who was there: one row per part and person, one open objection."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T07:23:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "One row per part and person, one open objection"

STATEMENTS = [
    """CREATE UNIQUE INDEX attendance_one_each ON attendance (event, person, part)
       NULLS NOT DISTINCT""",
    """CREATE UNIQUE INDEX presence_objection_one_open ON presence_objection (event, person)
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
