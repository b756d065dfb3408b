"""Copying an event: its plan on another day, and nothing of its people."""

from datetime import UTC, datetime, timedelta

import pytest

from server import clock, language
from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.errors import Invalid
from server.events import copying, timetable
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.registrations.cast import crowd

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
LINK = "https://vergaderen.example.org/geheim"


def at(month: int, day: int, hour: int) -> datetime:
    return datetime(2027, month, day, hour, tzinfo=AMSTERDAM)


async def copied(starts_at: datetime) -> tuple[int, int]:
    """A winter day with a part, places and people, and its copy: both ids."""
    event, _ = await factories.open_event(
        12,
        starts_at=at(3, 12, 9),
        ends_at=at(3, 12, 17),
        registration_closes_at=at(3, 10, 12),
        mode="hybrid",
        online_url=LINK,
        cancel_reason="Staking",
        sequence=4,
        published_at=at(1, 1, 9),
    )
    await crowd(event.id, 2)
    workshop = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl="Workshop")
    await workshop.save()
    part: dict[str, object] = {
        "title": "Opening",
        "starts_at": at(3, 12, 9),
        "ends_at": at(3, 12, 10),
    }
    part["unit"] = workshop.id
    await timetable.add(SYSTEM, event.id, part, now=clock.now())
    return event.id, await copying.copy(SYSTEM, event.id, starts_at, now=clock.now())


async def test_nine_stays_nine_over_a_change_of_summer_time() -> None:
    _, made = await copied(at(6, 11, 9))

    rows = await execute(
        "SELECT starts_at, ends_at, registration_closes_at FROM event WHERE id = $1", made
    )
    parts = await timetable.parts(made)
    assert rows == [
        {
            "starts_at": at(6, 11, 9),
            "ends_at": at(6, 11, 17),
            "registration_closes_at": at(6, 9, 12),
        }
    ]
    assert [(one.title_nl, one.starts_at) for one in parts] == [("Opening", at(6, 11, 9))]


async def test_a_copy_is_a_fresh_draft_without_people_or_link() -> None:
    first, made = await copied(at(6, 11, 9))

    rows = await execute(
        "SELECT id, slug, uid, state, sequence, online_url, cancel_reason, published_at FROM event"
        " ORDER BY id"
    )
    assert [row["id"] for row in rows] == [first, made]
    assert rows[0]["slug"] != rows[1]["slug"]
    assert rows[0]["uid"] != rows[1]["uid"]
    fresh = {key: rows[1][key] for key in ("state", "sequence", "online_url", "cancel_reason")}
    assert fresh == {"state": "draft", "sequence": 0, "online_url": "", "cancel_reason": ""}
    assert rows[1]["published_at"] is None
    counted = "SELECT (SELECT count(*) FROM registration WHERE event = $1) AS people,"
    counted += " (SELECT sum(capacity)::int FROM capacity_unit WHERE event = $1) AS places"
    assert await execute(counted, made) == [{"people": 0, "places": 12}]
    own = "SELECT u.event, u.name_nl FROM event_part p JOIN capacity_unit u ON u.id = p.unit"
    assert await execute(f"{own} WHERE p.event = $1", made) == [
        {"event": made, "name_nl": "Workshop"}
    ]


async def test_an_hour_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid) as no:
        await copied(datetime(2027, 3, 28, 2, 30, tzinfo=AMSTERDAM))

    assert no.value.fields == {"starts_at": "errors.field.missing_hour"}


@pytest.mark.parametrize("field", ["ends_at", "part"])
async def test_no_copy_ends_in_an_hour_that_is_not_there(field: str) -> None:
    night = {"starts_at": at(3, 20, 1), "ends_at": at(3, 20, 4)}
    event, _ = await factories.open_event(3, **night | {"ends_at": at(3, 20, 2)})
    if field == "part":
        await execute("UPDATE event SET ends_at = $1", night["ends_at"])
        values = {"kind": "break", "title": "Soep", "starts_at": at(3, 20, 2)}
        await timetable.add(SYSTEM, event.id, values | {"ends_at": at(3, 20, 3)}, now=at(3, 1, 9))

    with pytest.raises(Invalid) as no:
        await copying.copy(SYSTEM, event.id, at(3, 28, 1), now=at(3, 1, 9))

    assert no.value.fields == {"starts_at": "errors.field.missing_hour"}
    assert "bestaat 02.00 uur niet" in language.text("nl", no.value.fields["starts_at"])


async def test_a_last_moment_moves_past_the_hour_that_is_not_there() -> None:
    event, _ = await factories.open_event(
        3, starts_at=at(3, 20, 9), ends_at=at(3, 20, 17), cancel_until_at=at(3, 19, 2)
    )

    made = await copying.copy(SYSTEM, event.id, at(3, 29, 9), now=at(3, 1, 9))

    rows = await execute("SELECT starts_at, cancel_until_at FROM event WHERE id = $1", made)
    assert rows == [{"starts_at": at(3, 29, 9), "cancel_until_at": at(3, 28, 3)}]


async def test_a_copy_to_the_second_of_two_hours_ends_after_it_begins() -> None:
    event, _ = await factories.open_event(3, starts_at=at(10, 24, 2), ends_at=at(10, 24, 3))
    second = at(10, 31, 2).replace(fold=1).astimezone(UTC)
    await execute("UPDATE event SET ends_at = starts_at + interval '30 minutes'")

    made = await copying.copy(SYSTEM, event.id, second, now=at(3, 1, 9))

    rows = await execute("SELECT starts_at, ends_at FROM event WHERE id = $1", made)
    assert rows == [{"starts_at": second, "ends_at": second + timedelta(minutes=30)}]
