"""What Piccolo's tables cannot say about newsletters: one more state, and what is open."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T15:43:33:000000"
VERSION = "1.38.0"
DESCRIPTION = "On a list by right, deliveries that are open, receipts that stay as they were"

STATEMENTS = [
    "ALTER TABLE subscription DROP CONSTRAINT state_known",
    """ALTER TABLE subscription ADD CONSTRAINT state_known CHECK ("state" IN
       ('pending', 'confirmed', 'unsubscribed', 'hold', 'not_mailed', 'automatic'))""",
    """CREATE INDEX newsletter_delivery_open ON newsletter_delivery (not_before, id)
       WHERE state IN ('queued', 'retry', 'sending')""",
    """CREATE FUNCTION receipt_stays() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'a receipt stays as it was'; END $$""",
    """CREATE TRIGGER newsletter_receipt_stays BEFORE UPDATE ON newsletter_receipt
       FOR EACH ROW EXECUTE FUNCTION receipt_stays()""",
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
