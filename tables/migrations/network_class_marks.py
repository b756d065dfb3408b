"""The feed of deadlines learns of the windows of classes, and of who may register at all.

As `network_deadline_marks.py` does for the other tables.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T16:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Mark the feed of deadlines when a class registers at other moments"

TRIGGERS = {
    "event_class": ("event_class_marks_deadlines", "INSERT OR DELETE OR UPDATE"),
    "event": (
        "event_audience_marks_deadlines",
        "UPDATE OF members_only_registration, registration_opens_at",
    ),
}


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for table, (name, happenings) in TRIGGERS.items():
            await Statement.raw(
                f"CREATE CONSTRAINT TRIGGER {name} AFTER {happenings} ON {table}"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_deadlines()"
            )

    async def run_backwards() -> None:
        for table, (name, _) in TRIGGERS.items():
            await Statement.raw(f"DROP TRIGGER {name} ON {table}")

    manager.add_raw(run)
    manager.add_raw_backwards(run_backwards)
    return manager
