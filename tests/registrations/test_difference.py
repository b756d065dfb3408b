"""The letter of a change: what differs, to whom, and how often."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.registrations import difference, organising, service
from server.registrations.difference import Facts
from tests import factories
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.registrations.cast import EARLY, crowd

WAS = Facts(NOON, NOON + timedelta(hours=6), False, "on_site", "De Witte Vosch, Utrecht", "")
ADDRESSES = ["p0@example.com", "p1@example.com", "p2@example.com"]


@pytest.mark.parametrize(
    ("becomes", "told"),
    [
        (WAS, []),
        (
            replace(WAS, starts_at=NOON + timedelta(hours=1)),
            ["Tijd: was 12.00–18.00 uur, wordt 13.00–18.00 uur"],
        ),
        (
            replace(
                WAS, starts_at=NOON + timedelta(days=7), ends_at=NOON + timedelta(days=7, hours=6)
            ),
            [
                "Datum: was vrijdag 12 maart 2027, 12.00–18.00 uur,"
                " wordt vrijdag 19 maart 2027, 12.00–18.00 uur"
            ],
        ),
        (
            replace(WAS, place="", room="Zaal 2", mode="online"),
            [
                "Plaats: was De Witte Vosch, Utrecht, wordt nog niet bekend",
                "Zaal: was nog niet bekend, wordt Zaal 2",
                "Vorm: was Op locatie, wordt Online",
            ],
        ),
        (replace(WAS, all_day=True), ["Duur: was 12.00–18.00 uur, wordt de hele dag"]),
    ],
)
def test_each_thing_that_differs_is_a_line(becomes: Facts, told: list[str]) -> None:
    assert difference.lines(WAS, becomes, "nl") == told


async def of_changes() -> list[str]:
    """Who was written to about a change, by address."""
    return sorted(email for kind, email in await letters() if kind == "event_changed")


@pytest.mark.anyio
@pytest.mark.usefixtures("db", "in_use")
class TestTelling:
    """Against the database."""

    async def test_several_changes_in_one_save_are_one_letter(self) -> None:
        event, _ = await factories.open_event(5)
        await crowd(event.id, 1)
        values = {"room": "Zaal 2", "mode": "online", "title": "Pijndagen"}

        for _ in range(2):
            await organising.change_event(SYSTEM, event.id, values, now=EARLY)

        assert await of_changes() == ["p0@example.com"]
        assert (await last_letter())["changes"] == (
            "- Zaal: was nog niet bekend, wordt Zaal 2\n- Vorm: was Op locatie, wordt Online"
        )

    async def test_who_waits_or_is_offered_a_place_hears_of_it_too(self) -> None:
        event, _ = await factories.open_event(2)
        first, *_ = await crowd(event.id, 4)
        await service.cancel(ANONYMOUS, first.code, now=EARLY)

        await organising.change_event(SYSTEM, event.id, {"room": "Zaal 2"}, now=EARLY)

        assert await of_changes() == ["p1@example.com", "p2@example.com", "p3@example.com"]

    async def test_each_published_change_is_told(self) -> None:
        event, _ = await factories.open_event(5)
        await crowd(event.id, 1)

        for room in ("1", "2", "1"):
            await organising.change_event(SYSTEM, event.id, {"room": room}, now=EARLY)

        assert await of_changes() == ["p0@example.com"] * 3

    async def test_another_link_is_told_to_confirmed_people_only_and_never_written_out(
        self,
    ) -> None:
        link = "https://vergaderen.example.org/geheim"
        event, _ = await factories.open_event(1, mode="online", online_url=link)
        await crowd(event.id, 2)

        await organising.change_event(SYSTEM, event.id, {"online_url": f"{link}-2"}, now=EARLY)

        assert await of_changes() == ["p0@example.com"]
        stored = await execute("SELECT values::text AS said FROM outbox_letter")
        assert not [row for row in stored if "vergaderen.example.org" in row["said"]]
        assert await execute("SELECT sequence FROM event") == [{"sequence": 0}]
        trail = await execute("SELECT after FROM audit_entry WHERE action = 'change'")
        assert [json.loads(row["after"]) for row in trail] == [{"online_url": "…"}]

    async def test_the_board_sees_beforehand_what_is_told_and_to_how_many(self) -> None:
        event, _ = await factories.open_event(1)
        await crowd(event.id, 3)

        seen = await organising.preview(event.id, {"room": "Zaal 2"}, "nl", now=EARLY)
        typo = await organising.preview(event.id, {"title": "Pijndagen"}, "nl", now=EARLY)
        await organising.change_event(SYSTEM, event.id, {"room": "Zaal 2"}, now=EARLY)

        told = ["Zaal: was nog niet bekend, wordt Zaal 2"]
        assert seen == organising.Preview(told, 3)
        assert typo == organising.Preview([], 0)
        assert await of_changes() == ADDRESSES

    async def test_an_event_put_off_and_set_again_says_when_and_where(self) -> None:
        event, _ = await factories.open_event(5)
        await crowd(event.id, 1)
        await organising.postpone_event(SYSTEM, event.id)

        await organising.reschedule_event(SYSTEM, event.id, now=EARLY)

        assert (await last_letter())["changes"] == (
            "- De activiteit gaat door: vrijdag 12 maart 2027, 12.00–18.00 uur\n"
            "- Plaats: Op locatie"
        )
