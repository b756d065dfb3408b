"""Workshops at the same hour: one is had, one is waited for, and what is given up is said."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from server.actors import ANONYMOUS, SYSTEM
from server.database import execute
from server.registrations import choosing, places, queries, service
from server.registrations.queries import RegistrationView
from server.registrations.refusals import SameHour
from server.registrations.wishes import RegistrationForm
from tables.events import EventPart
from tables.registrations import CapacityUnit, UnitKind
from tests import factories
from tests.clients import sign_in
from tests.factories import NOON
from tests.registrations.cast import EARLY, held

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
HOUR = timedelta(hours=1)


@dataclass
class Day:
    """A day with workshops A and B at one hour, and C an hour later."""

    id: int
    slug: str
    units: dict[str, int]

    async def register(self, name: str, *workshops: str, **more: object) -> RegistrationView:
        extras = tuple(self.units[one] for one in workshops)
        wish = RegistrationForm(extra_ids=extras, **more)  # type: ignore[arg-type]
        who = factories.acting(await factories.known(name))
        return await service.register(who, self.id, wish, now=EARLY)

    async def take(self, view: RegistrationView, workshop: str) -> str:
        unit_id = self.units[workshop]
        return (await choosing.take(ANONYMOUS, view.code, unit_id, now=EARLY)).state

    async def has(self, view: RegistrationView) -> dict[str, str]:
        return {one.unit_nl: one.state for one in await queries.beside(view.id)}


async def day(**capacities: int) -> Day:
    event, _ = await factories.open_event(20)
    units = {}
    for name, begins in (("A", 0), ("B", 0), ("C", 1)):
        unit = CapacityUnit(event=event.id, kind=UnitKind.workshop, name_nl=name)
        unit.capacity = capacities.get(name, 5)
        await unit.save()
        part = EventPart(event=event.id, title=name, unit=unit.id)
        part.starts_at, part.ends_at = NOON + begins * HOUR, NOON + (begins + 1) * HOUR
        await part.save()
        units[name] = int(unit.id)
    return Day(event.id, event.slug, units)


async def letters(view: RegistrationView) -> list[tuple[str, str]]:
    rows = await execute(
        "SELECT kind, coalesce(values->>'instead', '') || coalesce(values->>'also', '') AS words"
        " FROM outbox_letter WHERE address = $1 ORDER BY id",
        view.email,
    )
    return [(row["kind"], row["words"]) for row in rows]


async def test_two_at_one_hour_are_refused_at_once_and_two_in_a_row_are_not() -> None:
    event = await day()

    with pytest.raises(SameHour):
        await event.register("Anna", "A", "B")
    with pytest.raises(SameHour):
        await (await day(A=0, B=0)).register("Bram", "A", "B")  # nor does one wait for both

    both = await event.register("Carla", "A", "C")
    assert await event.has(both) == {"A": "confirmed", "C": "confirmed"}


async def test_a_part_for_who_has_a_seat_in_the_hall_takes_no_seat_from_who_has_a_workshop() -> (
    None
):
    event = await day()
    [seat] = await execute(
        "SELECT id FROM capacity_unit WHERE event = $1 AND kind = 'seat'", event.id
    )
    part = EventPart(event=event.id, title="In de zaal", unit=seat["id"])
    part.starts_at, part.ends_at = NOON, NOON + 2 * HOUR
    await part.save()

    anna = await event.register("Anna", "A")
    bram = await event.register("Bram")
    assert await event.take(bram, "A") == "confirmed"

    for one in (anna, bram):
        assert (await queries.get(one.code)).state == "confirmed"
        assert await event.has(one) == {"A": "confirmed"}


async def test_where_the_board_allows_it_both_are_had() -> None:
    event = await day()
    await places.change_unit(SYSTEM, event.units["B"], {"allows_overlap": True}, now=EARLY)

    both = await event.register("Anna", "A", "B")

    assert await event.has(both) == {"A": "confirmed", "B": "confirmed"}


async def test_who_chooses_another_with_room_changes_and_leaves_the_place_to_the_next() -> None:
    event = await day(A=1)
    anna = await event.register("Anna", "A")
    bram = await event.register("Bram", "A")

    assert await event.take(anna, "B") == "confirmed"

    assert await event.has(anna) == {"B": "confirmed"}
    assert await event.has(bram) == {"A": "offered"}
    kind, words = (await letters(anna))[-1]
    assert kind == "registration_confirmed"
    assert words == "Uw plaats bij A is vrijgegeven: dat is op hetzelfde uur."


async def test_who_waits_for_another_keeps_what_they_have_until_they_say_yes() -> None:
    event = await day(B=1)
    bram = await event.register("Bram", "B")
    anna = await event.register("Anna", "A")
    assert await event.take(anna, "B") == "waiting"
    assert await event.has(anna) == {"A": "confirmed", "B": "waiting"}

    await service.cancel(ANONYMOUS, bram.code, unit_id=event.units["B"], now=EARLY)
    kind, words = (await letters(anna))[-1]
    assert (kind, words.split(". ")[0]) == ("place_offered", "Dit is op hetzelfde uur als A")
    assert await event.has(anna) == {"A": "confirmed", "B": "offered"}
    await service.accept(ANONYMOUS, anna.code, unit_id=event.units["B"], now=EARLY)

    assert await event.has(anna) == {"B": "confirmed"}
    assert await held(event.units["A"], EARLY) == 0
    assert (await letters(anna))[-1][1].startswith("Uw plaats bij A is vrijgegeven")


async def test_who_says_no_to_the_other_keeps_what_they_have() -> None:
    event = await day(B=1)
    bram = await event.register("Bram", "B")
    anna = await event.register("Anna", "A")
    await event.take(anna, "B")
    await service.cancel(ANONYMOUS, bram.code, unit_id=event.units["B"], now=EARLY)

    await service.decline(ANONYMOUS, anna.code, unit_id=event.units["B"], now=EARLY)

    assert await event.has(anna) == {"A": "confirmed"}


async def test_who_changes_seats_is_still_asked_whether_the_one_goes_for_the_other() -> None:
    event = await day(B=1)
    online = CapacityUnit(event=event.id, kind=UnitKind.online, name_nl="Online", capacity=5)
    await online.save()
    bram = await event.register("Bram", "B")
    anna = await event.register("Anna", "A")
    await event.take(anna, "B")
    await service.cancel(ANONYMOUS, bram.code, unit_id=event.units["B"], now=EARLY)

    await choosing.take(ANONYMOUS, anna.code, int(online.id), now=EARLY)

    assert await event.has(anna) == {"A": "confirmed", "B": "offered"}


async def test_a_place_taken_at_once_leaves_the_other_to_who_waits_for_it() -> None:
    event = await day(A=1, B=1)
    bram = await event.register("Bram", "B")
    anna = await event.register("Anna", "A", auto_accept=True)
    waits = await event.register("Wacht", "A")
    await event.take(anna, "B")

    await service.cancel(ANONYMOUS, bram.code, unit_id=event.units["B"], now=EARLY)

    assert await event.has(anna) == {"B": "confirmed"}
    assert await event.has(waits) == {"A": "offered"}  # no free place while somebody waits


async def test_the_board_places_somebody_and_the_other_is_let_go() -> None:
    event = await day(B=0)
    anna = await event.register("Anna", "A")
    await event.take(anna, "B")
    [waiting] = [one for one in await queries.beside(anna.id) if one.unit_nl == "B"]

    await places.place(SYSTEM, waiting.line_id, reason="spreker", is_over=True, now=EARLY)

    assert await event.has(anna) == {"B": "confirmed"}


async def test_one_waits_for_one_thing_at_an_hour() -> None:
    event = await day(A=0, B=0)
    anna = await event.register("Anna", "A")

    with pytest.raises(SameHour):
        await event.take(anna, "B")
    assert await event.has(anna) == {"A": "waiting"}


async def test_who_waits_for_one_may_take_the_other_and_wait_on() -> None:
    event = await day(A=0)
    anna = await event.register("Anna", "A")

    assert await event.take(anna, "B") == "confirmed"
    assert await event.has(anna) == {"A": "waiting", "B": "confirmed"}


async def test_two_presses_at_once_leave_one_of_two() -> None:
    event = await day()
    anna = await event.register("Anna")

    await asyncio.gather(*(event.take(anna, one) for one in "ABAB"), return_exceptions=True)

    assert len(await event.has(anna)) == 1


async def test_the_form_shows_hours_and_says_beside_the_field_what_clashes(
    client: httpx.AsyncClient,
) -> None:
    event = await day()
    await sign_in(client, await factories.known("Anna"))
    path = f"/events/{event.slug}/registration"

    shown = await client.get(path)
    sent = await client.post(
        path,
        data={"extra_ids": [event.units["A"], event.units["B"]], "remark": "Ik kom op de fiets"},
    )

    assert "A, 12.00–13.00 uur" in shown.text
    assert (sent.status_code, "Sommige keuzes zijn op hetzelfde uur" in sent.text) == (422, True)
    assert "Ik kom op de fiets" in sent.text
    assert await execute("SELECT 1 FROM registration") == []


async def test_ones_own_page_says_what_is_given_up(client: httpx.AsyncClient) -> None:
    event = await day()
    anna = await event.register("Anna", "A")

    page = (await client.get(f"/registrations/{anna.code}")).text

    assert "Op hetzelfde uur als A. Die plaats houdt u tot u deze heeft" in page


async def test_over_the_api_it_is_one_reason_and_the_places_say_so(
    client: httpx.AsyncClient,
) -> None:
    event = await day()
    await sign_in(client, await factories.known("Anna"))
    a, b = event.units["A"], event.units["B"]

    listed = (await client.get(f"/api/events/{event.slug}/places")).json()
    sent = await client.post(f"/api/events/{event.slug}/registrations", json={"extra_ids": [a, b]})

    assert {one["name"]: one["not_with"] for one in listed if one["kind"] == "workshop"} == {
        **{"A": [b], "B": [a], "C": []}
    }
    assert (sent.status_code, sent.json()["detail"].partition(".")[0]) == (
        409,
        "Dit is op hetzelfde uur als iets anders dat u koos of waarop u wacht",
    )
