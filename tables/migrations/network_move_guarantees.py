"""Moves of events are noted with the change, whoever wrote it; one line of statistics a day.

The note is deferred to the commit, after the marks: whoever fetched before it is written holds the
old time, whoever asks after the commit gets the new one.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T15:37:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Note when an event that feeds show gets another time"

STATEMENTS = [
    "CREATE UNIQUE INDEX feed_fetch_once_a_day ON feed_fetch (key, client, day)",
    """CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         INSERT INTO event_move (event, was_starts_at, was_ends_at, starts_at, ends_at, moved_at)
         SELECT id, OLD.starts_at, OLD.ends_at, NEW.starts_at, NEW.ends_at, clock_timestamp()
         FROM event WHERE id = NEW.id;  -- unless it was deleted since
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER event_moved AFTER UPDATE OF starts_at, ends_at ON event
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
       WHEN (OLD.state IN ('published', 'postponed')
         AND (OLD.starts_at, OLD.ends_at) IS DISTINCT FROM (NEW.starts_at, NEW.ends_at))
       EXECUTE FUNCTION note_move()""",
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
