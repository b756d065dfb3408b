"""What Piccolo's tables cannot say about accounts and the audit trail.

The chain of seals is begun anew: lines sealed before had no place in it of their own, so two
seals could follow the same one. The worker seals them again in order.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T05:45:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Offices, and an audit chain that survives a blackout"

STATEMENTS = [
    "ALTER TABLE role_grant DROP CONSTRAINT role_known",
    """ALTER TABLE role_grant ADD CONSTRAINT role_known CHECK (role IN
       ('board', 'chair', 'secretary', 'treasurer', 'editor', 'accreditor', 'check_in',
        'system'))""",
    "ALTER TABLE sign_in_link DROP CONSTRAINT purpose_known",
    """ALTER TABLE sign_in_link ADD CONSTRAINT purpose_known CHECK
       (purpose IN ('sign_in', 'set_up', 'invitation'))""",
    "CREATE UNIQUE INDEX suspension_one_open ON suspension (person) WHERE lifted_at IS NULL",
    """CREATE UNIQUE INDEX webhook_delivery_once ON webhook_delivery (webhook, audit_entry)
       WHERE audit_entry > 0""",
    """CREATE INDEX webhook_delivery_due ON webhook_delivery (not_before, id)
       WHERE state IN ('queued', 'retry')""",
    "DROP TRIGGER audit_entry_only_sealed ON audit_entry",
    "UPDATE audit_entry SET seal = NULL",
    # Permitted: receiving a place and a seal, once; and losing the words, once.
    """CREATE FUNCTION guard_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE
         chain text[] := ARRAY['position', 'salt', 'content_hash', 'seal'];
         words text[] := ARRAY['actor', 'actor_id', 'before', 'after', 'reason', 'salt',
                               'blacked_out_at'];
       BEGIN
         IF OLD.seal IS NULL AND NEW.seal IS NOT NULL AND NEW.position IS NOT NULL
            AND (to_jsonb(NEW) - chain) = (to_jsonb(OLD) - chain) THEN
           RETURN NEW;
         END IF;
         IF OLD.seal IS NOT NULL AND OLD.blacked_out_at IS NULL
            AND NEW.blacked_out_at IS NOT NULL AND NEW.salt IS NULL
            AND (to_jsonb(NEW) - words) = (to_jsonb(OLD) - words) THEN
           RETURN NEW;
         END IF;
         RAISE EXCEPTION 'table audit_entry is append-only';
       END $$""",
    """CREATE TRIGGER audit_entry_guarded BEFORE UPDATE ON audit_entry FOR EACH ROW
       EXECUTE FUNCTION guard_audit_entry()""",
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
