"""What Piccolo's tables cannot say about imports: two more states, and who is at work on them."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T15:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "A file is checked and taken in by the worker"

STATEMENTS = [
    "ALTER TABLE import_batch DROP CONSTRAINT batch_state_known",
    """ALTER TABLE import_batch ADD CONSTRAINT batch_state_known CHECK ("state" IN
       ('uploaded', 'checking', 'checked', 'importing', 'imported', 'undone'))""",
    """CREATE INDEX import_batch_at_work ON import_batch (id)
       WHERE state IN ('checking', 'importing')""",
    # Else twenty thousand lines would read each other twenty thousand times.
    "CREATE INDEX import_row_line ON import_row (batch, line)",
    "CREATE INDEX membership_by_number ON membership (number)",
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
