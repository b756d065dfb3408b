"""What Piccolo's tables cannot say about farewells and member numbers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T22:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Deaths that were settled before; no member number is given twice"

STATEMENTS = [
    """UPDATE person SET death_settled_at = now() WHERE deceased_on IS NOT NULL AND EXISTS
       (SELECT 1 FROM membership m WHERE m.person = person.id AND m.ended_by = 'death')""",
    # Every word of a search key comes after a space.
    "UPDATE person SET search_key = left(' ' || search_key, 400) WHERE search_key <> ''",
    # The highest member number that was ever given, also of a membership that was taken away.
    "CREATE SEQUENCE member_number AS integer",
    "SELECT setval('member_number', greatest(max(number), 1)) FROM membership",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    """Note what was settled, and begin to count."""
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement)

    manager.add_raw(run)
    return manager
