"""What is deleted leaves a tombstone, and the programme of an event is marked as the event is.

Beside `network_feed_marks`, for its reasons and exactly as its triggers work. A tombstone is left
only by what a stored body has: what nobody could have fetched is gone without a trace. A part of
an event that moves has a higher SEQUENCE, whoever moved it.
"""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-26T16:30:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Leave tombstones in feeds, and mark the feed of a programme"

WAS_SEEN = """EXISTS (SELECT 1 FROM feed_state
  WHERE position(convert_to('UID:{}-' || {}.uid || '@', 'UTF8') IN body) > 0)"""
BURY = """INSERT INTO feed_tombstone (uid, event_id, slug, group_id, is_public, is_part, sequence,
    starts_at, ends_at, all_day, title, title_en, created_at, gone_at)"""
BURY_PART = f"""{BURY} SELECT 'part-' || p.uid, e.id, e.slug, e."group", e.visibility = 'public',
    true, p.sequence + e.sequence + 1, p.starts_at, p.ends_at, false, p.title, p.title_en,
    p.created_at, now()"""
SHOWN_PART = "kind, title, title_en, starts_at, ends_at, room, booked_room"

STATEMENTS = [
    """CREATE OR REPLACE FUNCTION mark_feeds() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE subjects text[] := ARRAY['public', 'atom', 'json'];
       BEGIN
         PERFORM pg_advisory_xact_lock(7010003);
         IF TG_TABLE_NAME = 'event' THEN
           IF TG_OP <> 'INSERT' THEN
             subjects := subjects || ARRAY['event:' || OLD.id, 'programme:' || OLD.id,
               'group:' || OLD."group"];
           END IF;
           IF TG_OP <> 'DELETE' THEN
             subjects := subjects || ARRAY['event:' || NEW.id, 'programme:' || NEW.id,
               'group:' || NEW."group"];
           END IF;
         ELSIF TG_TABLE_NAME = 'event_part' THEN
           subjects := ARRAY[]::text[];
           IF TG_OP <> 'INSERT' THEN subjects := subjects || ('programme:' || OLD.event); END IF;
           IF TG_OP <> 'DELETE' THEN subjects := subjects || ('programme:' || NEW.event); END IF;
         ELSE
           UPDATE feed_state SET dirty = true WHERE key NOT LIKE 'personal:%';
           PERFORM pg_notify('feeds', '');
           RETURN NULL;
         END IF;
         UPDATE feed_state SET dirty = true WHERE key IN
           (SELECT s || ':' || l FROM unnest(subjects) s, unnest(ARRAY['nl', 'en']) l);
         PERFORM pg_notify('feeds', '');
         RETURN NULL;
       END $$""",
    """CREATE FUNCTION move_part() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN NEW.sequence := OLD.sequence + 1; RETURN NEW; END $$""",
    """CREATE TRIGGER event_part_moves
       BEFORE UPDATE OF starts_at, ends_at, room, booked_room ON event_part
       FOR EACH ROW WHEN ((OLD.starts_at, OLD.ends_at, OLD.room, OLD.booked_room)
         IS DISTINCT FROM (NEW.starts_at, NEW.ends_at, NEW.room, NEW.booked_room))
       EXECUTE FUNCTION move_part()""",
    f"""CREATE TRIGGER event_part_change_dated BEFORE UPDATE OF {SHOWN_PART} ON event_part
       FOR EACH ROW WHEN (OLD.changed_at = NEW.changed_at AND OLD.* IS DISTINCT FROM NEW.*)
       EXECUTE FUNCTION date_the_change()""",
    f"""CREATE CONSTRAINT TRIGGER event_part_marks_feeds AFTER UPDATE OF {SHOWN_PART} ON event_part
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
       EXECUTE FUNCTION mark_feeds()""",
    """CREATE CONSTRAINT TRIGGER event_part_set_marks_feeds AFTER INSERT OR DELETE ON event_part
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mark_feeds()""",
    f"""CREATE FUNCTION bury_part() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF {WAS_SEEN.format("part", "OLD")} THEN
           {BURY_PART} FROM event e, (SELECT OLD.*) p WHERE e.id = OLD.event
             ON CONFLICT (uid) DO NOTHING;
         END IF;
         RETURN OLD;
       END $$""",
    """CREATE TRIGGER event_part_buried BEFORE DELETE ON event_part
       FOR EACH ROW EXECUTE FUNCTION bury_part()""",
    # Before its parts go with it: they would no longer find of which event they were.
    f"""CREATE FUNCTION bury_event() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF {WAS_SEEN.format("event", "OLD")} THEN
           {BURY} VALUES ('event-' || OLD.uid, OLD.id, OLD.slug, OLD."group",
             OLD.visibility = 'public', false, OLD.sequence + 1, OLD.starts_at, OLD.ends_at,
             OLD.all_day, OLD.title, OLD.title_en, OLD.created_at, now());
         END IF;
         {BURY_PART} FROM event e JOIN event_part p ON p.event = e.id WHERE e.id = OLD.id
           AND {WAS_SEEN.format("part", "p")} ON CONFLICT (uid) DO NOTHING;
         RETURN OLD;
       END $$""",
    """CREATE TRIGGER event_buried BEFORE DELETE ON event
       FOR EACH ROW EXECUTE FUNCTION bury_event()""",
    # What comes back after all is one entry, above what was told of its end.
    """CREATE FUNCTION exhume() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE told integer;
       BEGIN
         DELETE FROM feed_tombstone WHERE uid = TG_ARGV[0] || NEW.uid RETURNING sequence INTO told;
         IF FOUND THEN NEW.sequence := greatest(NEW.sequence, told + 1); END IF;
         RETURN NEW;
       END $$""",
    *(
        f"""CREATE TRIGGER {table}_exhumed BEFORE INSERT ON {table}
       FOR EACH ROW EXECUTE FUNCTION exhume('{kind}-')"""
        for table, kind in (("event", "event"), ("event_part", "part"))
    ),
    # The location of a venue, as its other columns (network_feed_marks).
    """CREATE TRIGGER venue_location_dated
       BEFORE UPDATE OF latitude, longitude, is_location_checked ON venue
       FOR EACH ROW WHEN (OLD.changed_at = NEW.changed_at AND OLD.* IS DISTINCT FROM NEW.*)
       EXECUTE FUNCTION date_the_change()""",
    """CREATE CONSTRAINT TRIGGER venue_location_marks_feeds
       AFTER UPDATE OF latitude, longitude, is_location_checked ON venue
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*)
       EXECUTE FUNCTION mark_feeds()""",
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
