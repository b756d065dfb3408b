"""Secret addresses that end by themselves, and what is remembered of their use."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from server import clock
from server.calendars import keeping, queries, service
from server.database import execute, transaction
from tables.people import Person
from tables.registrations import LineState
from tests import factories
from tests.calendars import grammar
from tests.calendars.test_personal import path, published, registered, signed_in

pytestmark = pytest.mark.anyio

NOW = datetime(2027, 6, 10, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)


async def address_of(person: Person, *, made: datetime = NOW, **values: object) -> int:
    """A secret address of somebody, and what happened to it."""
    await service.create_token(signed_in(person), "telefoon", now=made)
    (row,) = await execute("SELECT max(id) AS id FROM feed_token")
    for name, value in values.items():
        await execute(f"UPDATE feed_token SET {name} = $2 WHERE id = $1", row["id"], value)
    return int(row["id"])


async def letters() -> list[str]:
    return [row["kind"] for row in await execute("SELECT kind FROM outbox_letter ORDER BY id")]


async def ended() -> dict[int, str]:
    rows = await execute("SELECT id, ended_by FROM feed_token WHERE revoked_at IS NOT NULL")
    return {row["id"]: row["ended_by"] for row in rows}


async def end_membership(person: Person, on: object) -> None:
    await execute("UPDATE membership SET ends_on = $2 WHERE person = $1", person.id, on)


async def test_an_address_ends_with_the_membership_and_not_with_the_days_of_grace(
    db: None,
) -> None:
    anna, bram = await factories.member("Anna"), await factories.member("Bram")
    of_anna = await address_of(anna, made=NOW - 300 * DAY, fetched_on=TODAY)
    await address_of(bram, made=NOW - 300 * DAY, fetched_on=TODAY)
    await end_membership(anna, TODAY - DAY)
    await end_membership(bram, TODAY)
    await execute("UPDATE membership_type SET grace_days = 0")

    assert await keeping.tick(NOW) == 1
    assert await keeping.tick(NOW) == 0

    assert await ended() == {of_anna: "membership"}
    (line,) = await execute("SELECT actor_id, entity_id FROM audit_entry WHERE action = 'revoke'")
    assert (line["actor_id"], line["entity_id"]) == (None, of_anna)
    await execute("UPDATE membership_type SET grace_days = 30")
    await execute("UPDATE feed_token SET revoked_at = NULL")
    assert await keeping.tick(NOW) == 0


async def test_who_is_no_member_keeps_what_they_made_as_such(db: None) -> None:
    dirk, anna = await factories.known("Dirk"), await factories.member("Anna")
    await end_membership(anna, TODAY - 9 * DAY)
    await address_of(dirk)
    await address_of(anna, made=NOW - 8 * DAY)  # she came back, as a guest

    assert await keeping.tick(NOW) == 0


async def test_who_is_suspended_for_a_while_has_it_again_afterwards(db: None) -> None:
    anna = await factories.member("Anna")
    await address_of(anna)
    await execute(
        "INSERT INTO membership_suspension (person, from_on, reason) VALUES ($1, $2, 'x')",
        *(anna.id, TODAY - DAY),
    )

    assert await keeping.tick(NOW) == 0


async def test_an_ended_address_empties_and_is_nothing_after_thirty_days(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.member("Anna")
    token = await service.create_token(signed_in(anna), "telefoon", now=clock.now() - 90 * DAY)
    await end_membership(anna, clock.today() - 20 * DAY)
    await execute("UPDATE membership_type SET grace_days = 0")
    await keeping.tick(clock.now())

    empty = await client.get(path(token))
    await execute("UPDATE feed_token SET revoked_at = revoked_at - interval '30 days'")
    gone = await client.get(path(token))

    assert empty.status_code == 200
    assert "X-WR-CALNAME:Link ingetrokken" in grammar.unfolded(empty.content)
    assert (gone.status_code, gone.content) == (404, b"Not found.\n")


@pytest.mark.parametrize(
    ("days", "warned", "mailed"),
    [(369, None, False), (370, None, True), (399, None, True), (370, 1, False)],
)
async def test_who_does_not_use_it_is_warned_a_month_before(
    db: None, days: int, warned: int | None, mailed: bool
) -> None:
    anna = await factories.known("Anna")
    before = NOW - warned * DAY if warned else None
    await address_of(anna, fetched_on=TODAY - days * DAY, warned_at=before)

    await keeping.tick(NOW)
    await keeping.tick(NOW + timedelta(hours=1))

    assert await letters() == (["calendar_address_unused"] if mailed else [])
    assert await ended() == {}


async def test_an_unused_address_ends_only_a_month_after_the_letter(db: None) -> None:
    anna = await factories.known("Anna")
    address = await address_of(anna, made=NOW - 900 * DAY)  # never fetched, and never looked at

    came = []
    for days in (0, 29, 30):
        came.append(await keeping.tick(NOW + days * DAY))

    assert came == [0, 0, 1]
    assert await letters() == ["calendar_address_unused"]
    assert await ended() == {address: "unused"}


async def test_the_letter_names_the_address_and_holds_no_key(db: None) -> None:
    anna = await factories.known("Anna")
    await address_of(anna, fetched_on=TODAY - 380 * DAY)

    await keeping.tick(NOW)

    (row,) = await execute("SELECT values::text, address FROM outbox_letter")
    assert "telefoon" in row["values"]
    assert "zaterdag 10 juli 2027" in row["values"]  # the letter came late: a month from now
    assert "personal/" not in row["values"]


async def test_a_fetch_takes_the_warning_back(client: httpx.AsyncClient) -> None:
    anna = await factories.known("Anna")
    token = await service.create_token(signed_in(anna), "telefoon", now=clock.now() - 500 * DAY)
    await keeping.tick(clock.now())
    warned = await execute("SELECT warned_at FROM feed_token")

    await client.get(path(token))
    later = clock.now() + 40 * DAY
    await keeping.tick(later)

    assert warned[0]["warned_at"] is not None
    assert await ended() == {}
    assert (await execute("SELECT warned_at FROM feed_token")) == [{"warned_at": None}]


async def test_who_cannot_be_written_to_is_not_waited_for(db: None) -> None:
    anna = await factories.person("Anna")
    await address_of(anna, fetched_on=TODAY - 399 * DAY)

    assert [await keeping.tick(NOW), await keeping.tick(NOW + DAY)] == [0, 1]
    assert await letters() == []


async def test_what_ended_long_ago_is_forgotten_with_its_bytes(client: httpx.AsyncClient) -> None:
    anna, bram = await factories.known("Anna"), await factories.known("Bram")
    tokens = [
        await service.create_token(signed_in(who), "x", now=clock.now()) for who in (anna, bram)
    ]
    for token in tokens:
        await client.get(path(token))
    await execute(
        "UPDATE feed_token SET revoked_at = now() - interval '91 days' WHERE person = $1", anna.id
    )

    await keeping.tick(clock.now())

    assert [row["person"] for row in await execute("SELECT person FROM feed_token")] == [bram.id]
    (left,) = await execute("SELECT key FROM feed_state")
    assert left["key"].startswith(f"personal:{bram.id}:")


async def test_what_was_served_is_remembered_when_it_changes(client: httpx.AsyncClient) -> None:
    anna = await factories.known("Anna")
    token = await service.create_token(signed_in(anna), "telefoon", now=clock.now())
    query = "SELECT served_etag, served_at, xmin::text AS version FROM feed_token"

    await client.head(path(token))
    after_head = (await execute(query))[0]
    first = await client.get(path(token))
    after_first = (await execute(query))[0]
    again = await client.get(path(token), headers={"if-none-match": first.headers["etag"]})
    after_again = (await execute(query))[0]
    async with transaction():
        await execute("UPDATE feed_token SET scopes = '{talks}'")
        await execute("UPDATE feed_token SET served_etag = 'other'")
    await client.get(path(token), headers={"if-none-match": first.headers["etag"]})
    after_change = (await execute(query))[0]

    assert after_head["served_at"] is None  # a head gives nothing out
    assert first.headers["etag"] == f'"{after_first["served_etag"]}"'
    assert (again.status_code, after_again) == (304, after_first)
    assert after_change["served_at"] > after_first["served_at"]


async def test_the_owner_sees_which_ended_and_why(db: None) -> None:
    anna = await factories.known("Anna")
    await address_of(anna, revoked_at=NOW - 31 * DAY, ended_by="owner")
    shown = await address_of(anna, revoked_at=NOW - 29 * DAY, ended_by="unused")

    (found,) = await queries.ended_of(anna.id, NOW)

    assert (found.id, found.ended_by, found.empty_until) == (shown, "unused", NOW + DAY)


async def test_who_compares_dates_hears_of_the_end_after_many_changes_at_once(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.known("Anna")
    line = await registered(await published(), anna, LineState.waiting)
    token = await service.create_token(signed_in(anna), "x", now=clock.now())
    for state in ("confirmed", "waiting") * 3:
        await execute(
            "UPDATE registration_line SET state = $2, revision = revision + 1 WHERE id = $1",
            *(line.id, state),
        )
        seen = (await client.get(path(token))).headers["last-modified"]
    (address,) = await queries.addresses_of(anna.id)
    await service.revoke_token(signed_in(anna), address.id, now=clock.now())

    answer = await client.get(path(token), headers={"if-modified-since": seen})

    assert answer.status_code == 200
    assert grammar.entries(answer.content) == []
