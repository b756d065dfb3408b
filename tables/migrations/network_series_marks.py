"""Feeds tell to which series an event belongs: what joins one, or leaves it, marks them.

Beside the triggers of the other columns (network_feed_marks), and exactly as they work.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T11:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Find the events of a series, and mark stored feeds when one joins"

STATEMENTS = [
    # Piccolo would call this index as the table of series is called.
    "CREATE INDEX event_of_series ON event (series) WHERE series IS NOT NULL",
    """CREATE TRIGGER event_series_dated BEFORE UPDATE OF series ON event
       FOR EACH ROW WHEN (OLD.changed_at = NEW.changed_at
         AND OLD.series IS DISTINCT FROM NEW.series)
       EXECUTE FUNCTION date_the_change()""",
    """CREATE CONSTRAINT TRIGGER event_series_marks_feeds AFTER UPDATE OF series ON event
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
       WHEN (OLD.series IS DISTINCT FROM NEW.series)
       EXECUTE FUNCTION mark_feeds()""",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Add the triggers."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement)

    manager.add_raw(run)
    return manager
