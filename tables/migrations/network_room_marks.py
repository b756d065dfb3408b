"""Feeds learn of the room of an event, and of a room that gets another name. See feed marks."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T12:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Mark stored feeds when a room changes"

SHOWN = {"event": "booked_room", "room": "name"}


def triggers(table: str, columns: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_room_dated BEFORE UPDATE OF {columns} ON {table}
            FOR EACH ROW WHEN (OLD.changed_at = NEW.changed_at AND OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION date_the_change()""",
        f"""CREATE CONSTRAINT TRIGGER {table}_room_marks_feeds AFTER UPDATE OF {columns} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION mark_feeds()""",
    ]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for table, columns in SHOWN.items():
            for statement in triggers(table, columns):
                await Statement.raw(statement)

    manager.add_raw(run)
    return manager
