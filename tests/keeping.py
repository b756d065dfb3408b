"""What took long to tell is kept beside the tables, and given back instead of told again.

Only within one run, and only by its name: whoever tells another story gives it another name.
"""

from collections.abc import Awaitable, Callable

import asyncpg

KEEP = """
CREATE SCHEMA kept_{name};
DO $$ DECLARE name regclass; is_filled boolean;
BEGIN
  FOR name IN SELECT oid::regclass FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'public'::regnamespace AND relname <> 'migration'
    AND pg_relation_size(oid) > 0
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s)', name) INTO is_filled;
    IF is_filled THEN
      EXECUTE format('CREATE UNLOGGED TABLE kept_{name}.%s AS TABLE public.%s', name, name);
    END IF;
  END LOOP;
END $$;
CREATE UNLOGGED TABLE kept_{name}."its sequences" AS
  SELECT oid::regclass AS sequence, pg_sequence_last_value(oid) AS value FROM pg_class
  WHERE relkind = 'S' AND relname <> 'migration_id_seq' AND pg_sequence_last_value(oid) > 0"""
# As the broom does it: with the triggers off, which wrote what they write when it was told.
GIVE_BACK = """
DO $$ DECLARE name text; columns text;
BEGIN
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'
    AND relnamespace = 'kept_{name}'::regnamespace AND relname <> 'its sequences'
  LOOP
    SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
      WHERE attrelid = format('public.%I', name)::regclass AND attnum > 0
      AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s'
      ' FROM kept_{name}.%I', name, columns, columns, name);
  END LOOP;
END $$;
SELECT setval(sequence, value) FROM kept_{name}."its sequences" """
KEPT: set[str] = set()


async def told_once(
    broom: asyncpg.Connection, name: str, tell: Callable[[], Awaitable[None]]
) -> None:
    """Fill the empty tables: the first time by telling, after that with what was kept."""
    if name in KEPT:
        await broom.execute(GIVE_BACK.replace("{name}", name))
        return
    await tell()
    await broom.execute(KEEP.replace("{name}", name))
    KEPT.add(name)
