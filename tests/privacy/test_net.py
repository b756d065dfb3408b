"""The net under erasure: every table of `processing` holds a row of somebody, full of one word."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Column,
    Date,
    ForeignKey,
    Integer,
    Serial,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)  # fmt: skip

from server import clock
from server.actors import Actor
from server.database import execute, transaction
from server.privacy import erasing, register
from tables.processing import PROCESSING, Sensitivity
from tests import factories
from tests.privacy.test_erasing import last_letters_leave

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
WORD = "Xanthippe"
ADDRESS = "xanthippe@example.org"
POINTED_AT = {"call"}
NEVER_ASKED = {"audit_entry", "webhook_delivery", "person"}  # filled by what is done, not by hand

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


def filled(column: Column, who: int, word: str) -> Any:
    """Something in a column: the word wherever one may stand, the person wherever one may."""
    name = str(column._meta.name)
    if isinstance(column, ForeignKey):
        target = column._foreign_key_meta.resolved_references._meta.tablename
        return who if target == "person" else 1
    if name in ("email_key", "address_key", "email", "address", "old_email"):
        return ADDRESS
    choices = column._meta.choices
    if choices is not None:
        return next(iter(choices)).value
    length = getattr(column, "length", None)
    if isinstance(column, Varchar):
        return word[: length or 200]
    for kind, value in (
        (Text, word), (JSONB, json.dumps({"word": word})), (Bytea, word.encode()),
        (UUID, factories.uuid4()), (Array, []), (Boolean, False), (Timestamptz, clock.now()),
        (Date, date(2020, 1, 1)), (SmallInt, 1), (BigInt, 1), (Integer, 1),
    ):  # fmt: skip
        if isinstance(column, kind):
            return value
    raise AssertionError(column)


SPECIAL: dict[str, dict[str, Any]] = {
    "membership": {"ends_on": date(2020, 12, 31)},
    "fee": {"state": "paid"},
    "role_grant": {"until_on": date(2020, 12, 31)},
    "group_membership": {"until_on": date(2020, 12, 31)},
    "registration_line": {"state": "cancelled"},
    "proposal": {"state": "rejected"},
    "import_batch": {"content": f",naam\r\n2,{WORD}\r\n3,Ander\r\n".encode(), "state": "imported"},
    "import_row": {"line": 2, "before": "{}", "problems": "[]"},
    "outbox_letter": {"state": "queued", "kind": "x"},
    "consent_event": {"purpose": "newsletter:1", "channel": "page"},
    "erasure": {"done_at": None, "ended_at": None, "plan": "{}"},
    "merge_event": {"undo_until": clock.now() + timedelta(days=9)},
    "duplicate_pair": {"second": 10**6},
}


async def fill(who: int) -> None:
    """One row of theirs in every table that has a subject; ids and foreign keys are 1."""
    async with transaction():
        await execute("SET LOCAL session_replication_role = replica")  # no foreign keys, no guards
        for name, one in PROCESSING.items():
            if name in NEVER_ASKED or not (one.subject or name in POINTED_AT):
                continue
            columns = {
                str(c._meta.name): c
                for c in register.TABLES[name].values()
                if not isinstance(c, Serial)
            }
            says = one.columns()
            values = {
                k: filled(c, who, "x" if says.get(k) == Sensitivity.plain else WORD)
                for k, c in columns.items()
            }
            values |= SPECIAL.get(name, {})
            if name == "feed_state":
                values["key"] = f"personal:{who}:nl"
            values |= {"id": 1}
            names = ", ".join(f'"{column}"' for column in values)
            places = ", ".join(f"${n}" for n in range(1, len(values) + 1))
            await execute(f'DELETE FROM "{name}"')
            await execute(f'INSERT INTO "{name}" ({names}) VALUES ({places})', *values.values())
            await execute(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1)")


async def words_in(table: str) -> str:
    rows = await execute(f'SELECT to_jsonb(t)::text AS row FROM "{table}" t')
    return "\n".join(str(row["row"]) for row in rows)


async def xanthippe() -> int:
    """Somebody of whom every table says something."""
    row, _ = await factories.open_event(
        1, starts_at=clock.now() - timedelta(days=9), ends_at=clock.now() - timedelta(days=8)
    )
    assert row.id == 1
    who = await factories.known(WORD)
    await execute("UPDATE person SET email = $2, email_key = $2 WHERE id = $1", who.id, ADDRESS)
    await fill(who.id)
    return who.id


async def test_every_table_of_people_is_cleared_of_their_words() -> None:
    who = await xanthippe()
    full = {name for name, one in PROCESSING.items() if one.subject} - NEVER_ASKED
    assert {name for name in full if not (await words_in(name))} == set()
    assert set(await register.counts([who])) >= full

    await erasing.erase(CARLA, who, now=clock.now())
    await last_letters_leave()

    left, hexed = {}, WORD.encode().hex()
    for name in full | {"person"}:
        text = (await words_in(name)).lower()
        if WORD.lower() in text or hexed in text:
            left[name] = text
    assert set(left) == {"bank_account", "invoice"}


async def test_file_of_others_stays_without_the_line_of_who_was_erased() -> None:
    who = await xanthippe()

    await erasing.erase(CARLA, who, now=clock.now())

    [row] = await execute("SELECT content FROM import_batch")
    assert bytes(row["content"]).decode().split() == [",naam", "3,Ander"]
