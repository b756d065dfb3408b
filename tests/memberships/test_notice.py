"""Notice and end: with a conversion ahead, noted by the board, taken back to what was before."""

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.memberships import deciding, notice, queries, service
from server.memberships.deciding import NoConversion
from server.memberships.refusals import AlreadyEnding, OwnMembership
from tables.memberships import Fee, Ground
from tests import factories
from tests.clients import last_letter, letters, sign_in
from tests.factories import NOON
from tests.memberships.test_deciding import periods
from tests.memberships.test_service import CARLA, DAY, ENDS, JOINED, TODAY, kind, member
from tests.newsletters.cast import acting, person

AHEAD = TODAY + 60 * DAY

pytestmark = [pytest.mark.anyio]


async def to_be_converted() -> tuple[Actor, int]:
    """Anna, who becomes another type of member in sixty days."""
    anna, membership_id = await member("Anna", await kind("aspirant"))
    await deciding.convert(CARLA, membership_id, await kind(), from_on=AHEAD, now=NOON)
    return anna, membership_id


async def audited() -> list[str]:
    return [row["action"] for row in await execute("SELECT action FROM audit_entry ORDER BY id")]


async def test_who_is_to_be_converted_can_still_leave(db: None) -> None:
    anna, membership_id = await to_be_converted()
    shown = await queries.current(anna.person_id or 0, TODAY)

    last = await notice.give(anna, membership_id, now=NOON)

    assert (shown.id, shown.may_give_notice(TODAY)) == (membership_id, True)
    assert last == shown.notice_ends_on(TODAY) == ENDS
    assert await periods(anna) == [("aspirant", JOINED, ENDS, "member")]
    assert (await audited())[-2:] == ["remove", "give_notice"]
    await notice.withdraw(anna, membership_id, now=NOON)
    assert await periods(anna) == [("aspirant", JOINED, None, None)]


async def test_who_is_to_be_converted_can_be_expelled(db: None) -> None:
    anna, membership_id = await to_be_converted()

    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=NOON)

    assert await periods(anna) == [("aspirant", JOINED, TODAY, "association")]
    await deciding.take_back_end(CARLA, membership_id, now=NOON)
    assert await periods(anna) == [("aspirant", JOINED, None, None)]


async def test_a_planned_conversion_is_taken_back_with_what_follows_it(db: None) -> None:
    anna, membership_id = await to_be_converted()
    (row,) = await execute("SELECT id FROM membership WHERE starts_on = $1", AHEAD)
    later, third = AHEAD + 60 * DAY, await kind("erelid")
    await deciding.convert(CARLA, row["id"], third, from_on=later, now=NOON)

    with pytest.raises(NoConversion):
        await deciding.take_back_conversion(CARLA, membership_id, now=NOON + 60 * DAY)
    await deciding.take_back_conversion(CARLA, membership_id, now=NOON)

    assert await periods(anna) == [("aspirant", JOINED, None, None)]
    assert (await letters())[-1] == ("conversion_taken_back", "anna@example.org")
    assert (await last_letter())["wanted"] == "Aspirant"
    with pytest.raises(NoConversion):
        await deciding.take_back_conversion(CARLA, membership_id, now=NOON)


async def test_a_fee_of_what_was_called_off_stays_for_the_treasurer(db: None) -> None:
    anna, membership_id = await to_be_converted()
    (row,) = await execute("SELECT id FROM membership WHERE starts_on = $1", AHEAD)
    days = {"from_on": AHEAD, "until_on": AHEAD, "due_on": AHEAD}
    await Fee(membership=row["id"], amount_cents=7500, **days).save()

    await notice.give(anna, membership_id, now=NOON)

    assert await execute("SELECT membership FROM fee") == [{"membership": membership_id}]


async def test_notice_taken_back_leaves_the_last_day_there_was(db: None) -> None:
    dirk, last = await person("dirk@example.org", "Dirk"), TODAY + 90 * DAY
    membership_id = await service.start(
        CARLA, int(dirk.id), await kind(), starts_on=TODAY, ends_on=last
    )

    await notice.give(acting(dirk), membership_id, now=NOON)
    await notice.withdraw(acting(dirk), membership_id, now=NOON)

    assert await periods(acting(dirk)) == [("gewoon", TODAY, last, None)]


async def test_own_notice_stands_when_the_association_takes_its_end_back(db: None) -> None:
    anna, membership_id = await member()
    last = await notice.give(anna, membership_id, now=NOON)
    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=NOON + DAY)

    await deciding.take_back_end(CARLA, membership_id, now=NOON + 2 * DAY)

    assert await periods(anna) == [("anna", JOINED, last, "member")]
    assert (await last_letter())["last"] == "vrijdag 31 december 2027"
    await notice.withdraw(anna, membership_id, now=NOON)
    assert await periods(anna) == [("anna", JOINED, None, None)]


async def test_a_year_that_passed_meanwhile_is_given_back_too(db: None) -> None:
    anna, membership_id = await member("Anna", await kind(period_kind="calendar"))
    then = NOON.replace(year=2025, month=6)
    await deciding.end(CARLA, membership_id, Ground.expulsion, "Fraude.", now=then)

    await deciding.take_back_end(CARLA, membership_id, now=NOON)

    assert await periods(anna) == [("gewoon", JOINED, date(2027, 12, 31), None)]


async def test_the_board_notes_a_notice_by_the_day_on_which_it_came(db: None) -> None:
    anna, membership_id = await member("Anna", await kind(notice_to="month_end"))
    came = date(2027, 2, 1)
    for wrong in (TODAY + DAY, JOINED - DAY):
        with pytest.raises(Invalid):
            await notice.give(CARLA, membership_id, received_on=wrong, now=NOON)
    with pytest.raises(NotFound):
        await notice.give(anna, membership_id, received_on=came, now=NOON)
    with pytest.raises(OwnMembership):
        herself = replace(anna, roles=frozenset({"board"}))
        await notice.give(herself, membership_id, received_on=came, now=NOON)

    assert await notice.give(CARLA, membership_id, received_on=came, now=NOON) == date(2027, 3, 31)

    (row,) = await execute("SELECT notice_received_on, ended_by FROM membership")
    assert row == {"notice_received_on": came, "ended_by": "member"}
    assert await letters() == [("notice_received", "anna@example.org")]
    with pytest.raises(AlreadyEnding):
        await notice.give(CARLA, membership_id, received_on=came, now=NOON)


async def test_what_begins_later_is_shown_with_the_day_that_counts(db: None) -> None:
    dirk = await person("dirk@example.org", "Dirk")
    kind_id = await kind(notice_to="immediate")
    await service.start(CARLA, int(dirk.id), kind_id, starts_on=AHEAD)

    shown = await queries.current(int(dirk.id), TODAY)

    assert shown.may_give_notice(TODAY)
    assert await notice.give(acting(dirk), shown.id, now=NOON) == shown.notice_ends_on(TODAY)


async def test_one_decides_on_what_runs_then_on_what_comes(db: None) -> None:
    type_id = await kind()
    anna, first = await member("Anna", type_id)
    who = anna.person_id or 0
    await deciding.end(CARLA, first, Ground.expulsion, "Fraude.", now=NOON)
    second = await service.start(CARLA, who, type_id, starts_on=AHEAD)

    found = [(await queries.current(who, day)).id for day in (TODAY, TODAY + DAY, AHEAD)]

    assert found == [first, second, second]


@pytest.mark.parametrize("way", ["page", "api"])
async def test_board_and_member_see_what_they_can_do(client: httpx.AsyncClient, way: str) -> None:
    anna, carla = await factories.anna(), await factories.carla()
    board = factories.acting(carla, roles=("board",))
    (row,) = await execute("SELECT id FROM membership WHERE person = $1", anna.id)
    ahead, other = clock.today() + 60 * DAY, await kind("aspirant")
    await deciding.convert(board, row["id"], other, from_on=ahead, now=clock.now())
    await sign_in(client, anna)
    mine = (await client.get("/me/membership")).text
    await sign_in(client, carla)
    card = (await client.get(f"/board/people/{anna.id}")).text
    base = f"/board/people/{anna.id}" if way == "page" else f"/api/people/{anna.id}"
    day = {"received_on": clock.today().isoformat()}

    def sent(values: dict[str, str]) -> dict[str, Any]:
        return {"data": values} if way == "page" else {"json": values}

    assert f"/me/membership/{row['id']}/notice" in mine
    for verb in ("conversion-withdrawal", "notice", "ending"):
        assert f"/board/people/{anna.id}/{verb}" in card
    future = {"received_on": (clock.today() + DAY).isoformat()}
    for verb, body, status, letter in (
        ("conversion-withdrawal", {}, 0, "conversion_taken_back"),
        ("conversion-withdrawal", {}, 409, "conversion_taken_back"),
        ("notice", future, 422, "conversion_taken_back"),
        ("notice", day, 0, "notice_received"),
        ("notice", day, 409, "notice_received"),
        ("notice-withdrawal", {}, 0, "notice_withdrawn"),
        ("notice-withdrawal", {}, 409, "notice_withdrawn"),
    ):
        answer = await client.post(f"{base}/{verb}", **sent(body))
        fine = 303 if way == "page" else 200
        assert answer.status_code == (status or fine), (verb, answer.text)
        assert (await letters())[-1] == (letter, "anna@example.com")


async def test_terms_of_notice_are_those_of_the_types(client: httpx.AsyncClient) -> None:
    await kind("maand", notice_to="month_end", notice_days=14)
    one = [(await client.get(path)).text for path in ("/membership", "/")]
    await kind("jaar")
    two = [(await client.get(path)).text for path in ("/membership", "/")]

    for page in one:
        assert ["14 dagen" in page, "31 december" in page, "Maand: " in page] == [
            True,
            False,
            False,
        ]
    for page in two:
        assert ["14 dagen" in page, "31 december" in page, "Maand: " in page] == [True] * 3


async def test_a_notice_that_was_corrected_away_is_none(db: None) -> None:
    anna, membership_id = await member()
    await notice.give(anna, membership_id, now=NOON)
    await service.correct(CARLA, membership_id, {"ended_by": None, "ends_on": None}, now=NOON)

    await deciding.end(CARLA, membership_id, Ground.expulsion, "Zo.", now=NOON)
    await deciding.take_back_end(CARLA, membership_id, now=NOON)

    assert [one[2:] for one in await periods(anna)] == [(None, None)]
