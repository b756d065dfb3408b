"""Feeds learn of every change of an event, its venue or its group, whoever wrote it.

A trigger, because calendars stand above events and cannot be called by them, and because an admin
save, a seed and an operator's UPDATE count as well. Forwards only: without the marks a stored
feed would be served for ever.

The marks are deferred to the commit and taken under one lock: by then the transaction holds every
row lock it will ever want, so the marks cannot make a deadlock. Registrations touch `lock_seq`
only and fire none of this: a NOTIFY serialises commits.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-25T02:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Mark stored feeds when what they show changes"

SHOWN = {
    "event": "kind, state, title, title_en, slug, summary, summary_en, description, description_en,"
    ' starts_at, ends_at, all_day, mode, venue, room, visibility, "group", moved_from_at, uid,'
    " sequence, published_at",
    "venue": "name, street, postcode, city",
    "working_group": "name, name_en, slug, mission, mission_en, state, is_public, colour",
}

FUNCTIONS = [
    # DTSTAMP and LAST-MODIFIED come from changed_at: a writer who forgets it must not stop them.
    """CREATE FUNCTION date_the_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.changed_at := clock_timestamp(); RETURN NEW; END $$""",
    """CREATE FUNCTION mark_feeds() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE subjects text[] := ARRAY['public'];
       BEGIN
         PERFORM pg_advisory_xact_lock(7010003);
         IF TG_TABLE_NAME = 'event' THEN
           IF TG_OP <> 'INSERT' THEN
             subjects := subjects || ARRAY['event:' || OLD.id, 'group:' || OLD."group"];
           END IF;
           IF TG_OP <> 'DELETE' THEN
             subjects := subjects || ARRAY['event:' || NEW.id, 'group:' || NEW."group"];
           END IF;
           UPDATE feed_state SET dirty = true WHERE key IN
             (SELECT s || ':' || l FROM unnest(subjects) s, unnest(ARRAY['nl', 'en']) l);
         ELSE
           UPDATE feed_state SET dirty = true WHERE key NOT LIKE 'personal:%';
         END IF;
         PERFORM pg_notify('feeds', '');
         RETURN NULL;
       END $$""",
]


def triggers(table: str, columns: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_change_dated BEFORE UPDATE OF {columns} ON {table}
            FOR EACH ROW WHEN (OLD.changed_at = NEW.changed_at AND OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION date_the_change()""",
        f"""CREATE CONSTRAINT TRIGGER {table}_marks_feeds AFTER UPDATE OF {columns} ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
            EXECUTE FUNCTION mark_feeds()""",
    ]


STATEMENTS = [
    *FUNCTIONS,
    *(statement for table, columns in SHOWN.items() for statement in triggers(table, columns)),
    # A new venue or group is in no feed yet, and one in use cannot be deleted.
    """CREATE CONSTRAINT TRIGGER event_set_marks_feeds AFTER INSERT OR DELETE ON event
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_feeds()""",
]


class Statement(Table):
    """A door to raw statements; it has no table of its own."""


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="network", description=DESCRIPTION)

    async def run() -> None:
        for statement in STATEMENTS:
            await Statement.raw(statement.replace("{", "{{").replace("}", "}}"))

    manager.add_raw(run)
    return manager
