"""What Piccolo's tables cannot say about scans: two more reasons, for who has a place online."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T16:04:48:000000"
VERSION = "1.38.0"
DESCRIPTION = "Scans may be refused to who has a place online"

STATEMENTS = [
    "ALTER TABLE scan DROP CONSTRAINT result_known",
    """ALTER TABLE scan ADD CONSTRAINT result_known CHECK ("result" IN
       ('ok', 'unknown_code', 'other_event', 'not_confirmed', 'not_for_part', 'not_today',
        'unknown_part', 'already_in', 'not_in', 'place_online', 'hall_full'))""",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Known by the database too."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement)

    manager.add_raw(run)
    return manager
