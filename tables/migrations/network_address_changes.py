"""A person whose address changes signs in anew: sessions and open links of before are over.

A trigger, because an admin save, an import and an operator's UPDATE count as well.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T07:25:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "End sessions and links when an address changes"

STATEMENTS = [
    """CREATE FUNCTION end_sessions_of_changed_address() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         DELETE FROM session WHERE person = NEW.id;
         DELETE FROM sign_in_link WHERE person = NEW.id AND used_at IS NULL;
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER person_address_changed AFTER UPDATE OF email_key ON person FOR EACH ROW
       WHEN (OLD.email_key IS DISTINCT FROM NEW.email_key)
       EXECUTE FUNCTION end_sessions_of_changed_address()""",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Add the trigger."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement)

    manager.add_raw(run)
    return manager
