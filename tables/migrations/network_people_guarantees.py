"""What Piccolo's tables cannot say about people and membership."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T06:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "One holder of a verified number, one open application, no double suspension"

STATEMENTS = [
    """CREATE UNIQUE INDEX registration_number_one_holder ON registration_number (register, number)
       WHERE state = 'verified'""",
    """CREATE UNIQUE INDEX membership_application_one_open ON membership_application (email_key)
       WHERE state IN ('submitted', 'waiting')""",
    """ALTER TABLE membership_suspension ADD CONSTRAINT membership_suspension_no_overlap
       EXCLUDE USING gist (int4range(person, person, '[]') WITH &&,
                           daterange(from_on, until_on, '[]') WITH &&)""",
    "CREATE INDEX email_change_open ON email_change (person) WHERE confirmed_at IS NULL",
    "CREATE INDEX membership_period ON membership (person, starts_on, ends_on)",
    "CREATE INDEX profile_term_code ON profile_term (vocabulary, code, profile)",
    "CREATE INDEX profile_published ON profile (person) WHERE state = 'published'",
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
