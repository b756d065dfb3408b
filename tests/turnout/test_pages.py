"""The numbers of an event, and exactly the people behind each."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.audit import chain
from server.database import execute
from server.registrations import places, service
from tables.accounts import RoleGrant
from tables.registrations import CapacityUnit
from tests import factories
from tests.clients import heading, sign_in, statements
from tests.turnout.cast import comes, crowd, day, names

pytestmark = pytest.mark.anyio


async def test_a_number_lists_exactly_its_people(client: httpx.AsyncClient) -> None:
    event, unit = await day(1)
    _, anna = await comes("Anna", event)
    await comes("Bert", event)
    _, cees = await comes("Cees", event)
    await service.cancel(SYSTEM, cees.code, now=clock.now())
    await sign_in(client, await factories.carla())

    overview = await client.get(f"/board/events/{event.slug}/numbers?lang=en")
    lists = {
        segment: names(await client.get(f"/board/events/{event.slug}/numbers/{segment}?lang=en"))
        for segment in ("confirmed", "waiting", "offered", "cancelled", "no_show")
    }

    assert heading(overview) == "Numbers: Pain day"
    assert lists == {
        **{"confirmed": ["Anna"], "waiting": ["Bert"], "offered": [], "cancelled": ["Cees"]},
        "no_show": [],
    }
    assert f'<a href="/board/events/{event.slug}/numbers/waiting">1</a>' in overview.text
    assert "Held now: 1 of 1. Waiting: 1." in overview.text
    assert anna.unit_id == unit.id


async def test_a_plot_has_words_and_a_table_and_no_style(client: httpx.AsyncClient) -> None:
    event, unit = await day(4)
    await comes("Anna", event)
    await places.change_unit(SYSTEM, unit.id, {"capacity": 9}, now=clock.now())
    await sign_in(client, await factories.carla())

    page = (await client.get(f"/board/events/{event.slug}/numbers?lang=en")).text

    assert f'aria-labelledby="held-{unit.id}-title held-{unit.id}-about"' in page
    assert "Held at the end: 1; places: 9." in page
    assert page.count('class="limit"') == 2
    assert "<td>1</td><td>0</td><td>1</td><td>0</td><td>1</td><td>0</td><td>9</td>" in page
    assert " style=" not in page


async def test_a_class_and_a_sort_of_place_narrow(client: httpx.AsyncClient) -> None:
    event, unit = await day(5)
    online = CapacityUnit(event=event.id, kind="online", name_nl="Thuis", position=1)
    await online.save()
    await comes("Anna", event)
    await sign_in(client, await factories.carla())
    at = f"/board/events/{event.slug}/numbers/confirmed"

    found = [
        names(await client.get(f"{at}?{query}"))
        for query in (f"unit={unit.id}", f"unit={online.id}", "class=other", "class=partner")
    ]

    assert found == [["Anna"], [], ["Anna"], []]


@pytest.mark.parametrize("odd", ["unit=0", "unit=x", "unit=99999999999", "class=nobody"])
async def test_what_narrows_to_nothing_there_is_does_not_exist(
    client: httpx.AsyncClient, odd: str
) -> None:
    event, _ = await day()
    await sign_in(client, await factories.carla())

    answer = await client.get(f"/board/events/{event.slug}/numbers/confirmed?{odd}")

    assert answer.status_code == 404


async def test_a_segment_that_there_is_not_does_not_exist(client: httpx.AsyncClient) -> None:
    event, _ = await day()
    await sign_in(client, await factories.carla())

    assert (await client.get(f"/board/events/{event.slug}/numbers/x")).status_code == 404


async def test_the_file_holds_what_is_shown(client: httpx.AsyncClient) -> None:
    event, _ = await day(1)
    await comes("Anna", event, display_name="=Anna")
    await comes("Bert", event)
    await sign_in(client, await factories.carla())
    at = f"/board/events/{event.slug}/numbers"

    people = await client.get(f"{at}/confirmed/people.csv?lang=en")
    numbers = await client.get(f"{at}.csv?lang=en")
    sheets = [await client.get(f"{at}{file}") for file in (".xlsx", "/confirmed/people.xlsx")]

    assert names(people) == ["'=Anna"]
    assert "anna@example.com" in people.text
    assert numbers.text.lstrip("\ufeff").splitlines() == [
        "From;Per;Sort of place;Asked;Queued;Confirmed;Ended;Held;Waiting;Places",
        f"{clock.today().isoformat()};day;Seat on site;2;1;1;0;1;1;1",
    ]
    assert [one.content[:2] for one in sheets] == [b"PK", b"PK"]
    rows = await execute("SELECT after FROM audit_entry WHERE action = 'export' ORDER BY id")
    assert len(rows) == 4


async def test_a_list_of_people_asks_a_proof_of_minutes_ago(client: httpx.AsyncClient) -> None:
    event, _ = await day()
    await comes("Anna", event)
    await sign_in(client, await factories.carla())
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(hours=11))

    answer = await client.get(f"/board/events/{event.slug}/numbers/confirmed/people.csv")

    assert answer.headers["location"].startswith("/second-step")


@pytest.mark.parametrize(
    ("office", "status", "sees_address", "sees_numbers"),
    [
        ("secretary", 200, True, 200),
        ("accreditor", 200, True, 200),
        ("editor", 200, False, 404),
        ("treasurer", 404, False, 404),
    ],
)
async def test_offices_see_what_they_may(
    client: httpx.AsyncClient, office: str, status: int, sees_address: bool, sees_numbers: int
) -> None:
    event, _ = await day()
    await comes("Anna", event)
    who = await factories.known("Edith")
    await RoleGrant(person=who.id, role=office, from_on=factories.LONG_AGO).save()
    await sign_in(client, who)
    at = f"/board/events/{event.slug}/numbers"

    overview = await client.get(at)
    people = await client.get(f"{at}/confirmed")
    missing = await client.get(f"{at}/without_number")

    assert (overview.status_code, people.status_code) == (status, status)
    assert ("anna@example.com" in people.text) is sees_address
    assert missing.status_code == sees_numbers
    assert ("without_number" in overview.text) is (sees_numbers == 200)


async def test_who_chairs_the_group_sees_its_own_event_only(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    own, _ = await day(group=group.id)
    other, _ = await day()
    await comes("Anna", own)
    await comes("Bert", other)
    await sign_in(client, bram)

    answers = [
        await client.get(f"/board/events/{event.slug}/numbers/{segment}")
        for event, segment in ((own, "confirmed"), (own, "without_number"), (other, "confirmed"))
    ]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert names(answers[0]) == ["Anna"]


async def test_who_has_a_number_of_another_register_lacks_one(client: httpx.AsyncClient) -> None:
    event, _ = await day(9)
    anna, _ = await comes("Anna", event)
    await comes("Bert", event)
    number = "INSERT INTO registration_number (person, register, number) VALUES ($1, 'BIG', $2)"
    await execute(number, anna.id, "09912345625")
    await sign_in(client, await factories.carla())
    at = f"/board/events/{event.slug}/numbers/without_number"

    any_register = names(await client.get(at))
    await execute(
        "WITH g AS (INSERT INTO accreditation_register (code, name, numbers, valid_from)"
        " VALUES ('NIP', 'NIP', 'NIP', '2020-01-01') RETURNING id)"
        " INSERT INTO accreditation (event, register) SELECT $1, id FROM g",
        event.id,
    )

    assert any_register == ["Bert"]
    assert names(await client.get(at)) == ["Anna", "Bert"]


async def test_who_stayed_away_is_known_afterwards(client: httpx.AsyncClient) -> None:
    event, _ = await day(9)
    await comes("Anna", event)
    _, bert = await comes("Bert", event)
    past = clock.now() - timedelta(days=2)
    await execute("UPDATE event SET starts_at = $1, ends_at = $2", past, past + timedelta(hours=6))
    await sign_in(client, await factories.carla())
    at = f"/board/events/{event.slug}/numbers"

    before = await client.get(f"{at}?lang=en")
    nobody = names(await client.get(f"{at}/no_show"))
    await execute(
        "INSERT INTO scan (event, registration, device, nonce, at) VALUES ($1, $2,"
        " gen_random_uuid(), gen_random_uuid(), $3)",
        *(event.id, bert.id, past),
    )

    assert "Who stayed away is not known" in before.text
    assert nobody == []
    assert names(await client.get(f"{at}/no_show")) == ["Anna"]
    assert names(await client.get(f"{at}/checked_in")) == ["Bert"]


async def test_of_who_was_erased_the_count_remains(client: httpx.AsyncClient) -> None:
    event, _ = await day(9)
    anna, view = await comes("Anna", event)
    subjects = [("registration_line", view.line_id)]
    await chain.black_out(SYSTEM, anna.id, subjects, now=clock.now())
    await sign_in(client, await factories.carla())

    page = await client.get(f"/board/events/{event.slug}/numbers?lang=en")

    assert "Held at the end: 1; places: 9." in page.text


async def test_one_and_a_thousand_cost_the_same(client: httpx.AsyncClient) -> None:
    one, unit = await day(None)
    await comes("Anna", one)
    many, wide = await day(None)
    await crowd(many, wide, 1000)
    await sign_in(client, await factories.carla())

    for path in (
        "/board/events/{slug}/numbers",
        "/board/events/{slug}/numbers.csv",
        "/board/events/{slug}/numbers/confirmed",
        "/board/events/{slug}/numbers/confirmed?unit={unit}",
        "/board/events/{slug}/numbers/confirmed/people.csv",
        "/board/events/{slug}/numbers/confirmed/letter",
    ):
        addresses = [
            path.format(slug=event.slug, unit=place.id)
            for event, place in ((one, unit), (many, wide))
        ]
        costs = [await statements(client, "GET", address) for address in addresses]
        assert costs[0] == costs[1], path
        assert costs[0] <= 20, path
