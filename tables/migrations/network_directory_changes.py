"""Whatever changes what the directory shows leaves a note: processes read it anew at once.

Triggers, because an import, a merge and an operator's UPDATE count as well. They add rows and lock
nothing, so that nobody waits for anybody.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T09:56:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "Note what changes in the directory"

TABLES = (
    "profile",
    "profile_field",
    "profile_term",
    "workplace",
    "membership",
    "membership_type",
    "membership_suspension",
    "registration_number",
    "vocabulary_term",
)
SHOWN_OF_PERSON = (
    *("initials", "prefix", "surname", "partner_prefix", "partner_surname", "name_use"),
    *("name_country", "deceased_on", "anonymised_at", "merged_into"),
)
NOTE = "FOR EACH STATEMENT EXECUTE FUNCTION note_directory_change()"
STATEMENTS = [
    """CREATE FUNCTION note_directory_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         INSERT INTO directory_change DEFAULT VALUES;
         RETURN NULL;
       END $$""",
    *(
        f"CREATE TRIGGER {table}_in_directory AFTER INSERT OR UPDATE OR DELETE ON {table} {NOTE}"
        for table in TABLES
    ),
    f"CREATE TRIGGER person_in_directory AFTER UPDATE OF {', '.join(SHOWN_OF_PERSON)}"
    f" ON person {NOTE}",
    "CREATE INDEX profile_found ON profile (id) WHERE state = 'published'",
    "CREATE INDEX contact_message_kept ON contact_message (sent_at) WHERE forgotten_at IS NULL",
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
