"""What Piccolo's tables cannot say about erasure."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T15:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "An answer may forget whose it was, and nothing else"

STATEMENTS = [
    "DROP TRIGGER consent_event_append_only ON consent_event",
    """CREATE TRIGGER consent_event_never_deleted BEFORE DELETE ON consent_event
       FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()""",
    # The one permitted change: the address becomes its keyed hash, the person nobody.
    """CREATE FUNCTION guard_consent_event() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE whose text[] := ARRAY['person', 'address_key', 'actor', 'proof'];
       BEGIN
         IF NEW.person IS NULL AND NEW.address_key ~ '^#[0-9a-f]+$' AND NEW.actor = ''
            AND length(NEW.address_key) = 65 AND NEW.proof = jsonb_build_object()
            AND (to_jsonb(NEW) - whose) = (to_jsonb(OLD) - whose) THEN
           RETURN NEW;
         END IF;
         RAISE EXCEPTION 'table consent_event is append-only';
       END $$""",
    """CREATE TRIGGER consent_event_guarded BEFORE UPDATE ON consent_event FOR EACH ROW
       EXECUTE FUNCTION guard_consent_event()""",
    "CREATE INDEX erasure_asked ON erasure (planned_at) WHERE done_at IS NULL",
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
