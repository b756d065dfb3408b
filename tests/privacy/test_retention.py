"""Kept long enough: counted first, then forgotten; and whom we have not heard of."""

from datetime import timedelta

import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.privacy import retention
from tests import factories

DAY = timedelta(days=1)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def letter(state: str, days: int) -> None:
    await execute(
        "INSERT INTO outbox_letter (kind, category, cause, address, language, values, message_id,"
        " state, created_at, not_before) VALUES ('x', 'service', gen_random_uuid()::text, 'a@x.nl',"
        " 'nl', '{\"name\": \"Anna\"}', gen_random_uuid(), $1, $2, $2)",
        *(state, clock.now() - days * DAY),
    )


async def registration(days: int) -> None:
    ends_at = clock.now() - days * DAY
    row, _ = await factories.open_event(1, starts_at=ends_at - DAY, ends_at=ends_at)
    who = await factories.known(f"P{days}")
    await execute(
        "INSERT INTO registration (event, person, code, idempotency_key, remark)"
        " VALUES ($1, $2, $3, gen_random_uuid(), 'Rolstoel')",
        *(row.id, who.id, str(days)),
    )


async def test_counted_first_and_forgotten_after() -> None:
    for state, days in (("sent", 89), ("sent", 91), ("sent", 800), ("queued", 91)):
        await letter(state, days)
    await registration(364)
    await registration(366)
    now = clock.now()

    counted = {one.rule.name: one.rows for one in await retention.due(now)}
    assert counted == {
        **{
            "letters_words": 2,
            "letters": 1,
            "bounces": 0,
            "applications": 0,
            "motivations": 0,
            "remarks": 1,
        },
        **{
            "merges": 0,
            "invitations": 0,
            "bank_accounts": 0,
            "invoices": 0,
            "fees": 0,
            "newsletters_log": 0,
            "erasure_requests": 0,
            "door_helpers": 0,
            "door_scanners": 0,
            "presence_exports": 0,
            "answers": 0,
        },
    }
    assert await retention.apply(now) == 4

    assert {one.rows for one in await retention.due(now)} == {0}
    assert await retention.apply(now) == 0
    rows = await execute("SELECT state, values = '{}' AS is_empty FROM outbox_letter ORDER BY id")
    assert [(row["state"], row["is_empty"]) for row in rows] == [
        ("sent", False),
        ("sent", True),
        ("queued", False),
    ]
    assert {r["remark"] for r in await execute("SELECT remark FROM registration")} == {
        "",
        "Rolstoel",
    }


async def test_nobody_of_whom_something_goes_on_is_idle() -> None:
    long_ago = clock.now() - retention.IDLE - DAY
    contact = await factories.dirk()
    member = await factories.member("Anna")
    chair, _ = await factories.bram()
    board = await factories.carla()
    former = await factories.member("Els")
    last = clock.today() - retention.IDLE - DAY
    await execute("UPDATE membership SET ends_on = $2 WHERE person = $1", former.id, last)
    reader = await factories.known("Lezer")
    await execute(
        "INSERT INTO newsletter_list (slug, list_id, name_nl, name_en, audience, opt_in)"
        " VALUES ('n', 'n', 'n', 'n', 'public', 'double')"
    )
    await execute(
        "INSERT INTO subscription (list, person, email, email_key, state, token_hash)"
        " VALUES (1, $1, 'l@x.nl', 'l@x.nl', 'confirmed', 'x')",
        reader.id,
    )
    await execute("UPDATE person SET created_at = $1", long_ago)
    newcomer = await factories.known("Nieuw")

    found = {one.person_id for one in await retention.idle(clock.now())}

    assert found == {contact.id, former.id}
    assert not found & {member.id, chair.id, board.id, reader.id, newcomer.id}
    assert await retention.erase_idle(SYSTEM, [member.id, contact.id], now=clock.now()) == 1
    assert await retention.erase_idle(SYSTEM, [former.id], now=clock.now()) == 1
    assert await retention.idle(clock.now()) == []
