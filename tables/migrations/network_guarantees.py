"""What Piccolo's tables cannot say: overlaps, partial indexes, tables nobody rewrites.

Forwards only: taking a guarantee away is a decision of its own, never a step back.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-24T16:00:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Guarantees Piccolo's tables cannot say"

STATEMENTS = [
    # One person is never a member twice on one day.
    """ALTER TABLE membership ADD CONSTRAINT membership_no_overlap EXCLUDE USING gist
       (int4range(person, person, '[]') WITH &&, daterange(starts_on, ends_on, '[]') WITH &&)""",
    """CREATE UNIQUE INDEX registration_line_one_live ON registration_line (unit, person)
       WHERE state IN ('unverified', 'approval', 'waiting', 'offered', 'confirmed')""",
    """CREATE INDEX registration_line_queue ON registration_line (unit, class_rank, queued_at, id)
       WHERE state = 'waiting'""",
    """CREATE INDEX registration_line_held ON registration_line (unit)
       WHERE state IN ('unverified', 'offered', 'confirmed')""",
    """CREATE INDEX outbox_letter_due ON outbox_letter (not_before, id)
       WHERE state IN ('queued', 'retry')""",
    """CREATE INDEX audit_entry_subject ON audit_entry (entity, entity_id)""",
    """CREATE INDEX audit_entry_unsealed ON audit_entry (id) WHERE seal IS NULL""",
    """CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME; END $$""",
    """CREATE TRIGGER consent_event_append_only BEFORE UPDATE OR DELETE ON consent_event
       FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()""",
    """CREATE TRIGGER audit_entry_never_deleted BEFORE DELETE ON audit_entry
       FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()""",
    # The one permitted change of a line: receiving its seal, once.
    """CREATE TRIGGER audit_entry_only_sealed BEFORE UPDATE ON audit_entry FOR EACH ROW
       WHEN (OLD.seal IS NOT NULL OR NEW.seal IS NULL
             OR (to_jsonb(NEW) - 'seal') IS DISTINCT FROM (to_jsonb(OLD) - 'seal'))
       EXECUTE FUNCTION refuse_rewriting()""",
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
