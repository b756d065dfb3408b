"""The feed of deadlines learns of every change of what deadlines are read from.

As `network_feed_marks.py` does for events, and for its reasons: deferred to the commit, under the
same lock. Each table a domain reads its deadlines from has one of these.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T11:46:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Mark the feed of deadlines when what it shows changes"

WATCHED = {
    "event": "INSERT OR DELETE OR UPDATE OF state, visibility, title, title_en, slug, starts_at,"
    " ends_at, registration_closes_at",
    "capacity_unit": "INSERT OR DELETE",
    "call": "INSERT OR DELETE OR UPDATE OF is_published, closes_at",
    "accreditation": "INSERT OR DELETE OR UPDATE OF state",
    "accreditation_register": "UPDATE OF code, ask_days, report_days",
}
FUNCTION = """CREATE FUNCTION mark_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM pg_advisory_xact_lock(7010003);
    UPDATE feed_state SET dirty = true WHERE key LIKE 'deadlines:%' AND NOT dirty;
    PERFORM pg_notify('feeds', '');
    RETURN NULL;
  END $$"""


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


def trigger(table: str, happenings: str) -> str:
    return f"""CREATE CONSTRAINT TRIGGER {table}_marks_deadlines AFTER {happenings} ON {table}
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_deadlines()"""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in [FUNCTION, *(trigger(*one) for one in WATCHED.items())]:
            await Statement.raw(statement)

    async def run_backwards() -> None:
        for table in WATCHED:
            await Statement.raw(f"DROP TRIGGER {table}_marks_deadlines ON {table}")
        await Statement.raw("DROP FUNCTION mark_deadlines()")

    manager.add_raw(run)
    manager.add_raw_backwards(run_backwards)
    return manager
