"""A letter to one segment: looked at first, sent once, and never to who waits by accident."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.registrations import places, service
from tables.events import Event
from tables.turnout import Segment
from tests import factories
from tests.clients import last_letter, letters, sign_in
from tests.turnout.cast import comes, crowd, day, hidden

pytestmark = pytest.mark.anyio
SAID = {"subject": "Andere zaal", "words": "Wij zitten in zaal 4.\n\nTot dan."}


def address(event: Event, segment: str = "confirmed") -> str:
    return f"/board/events/{event.slug}/numbers/{segment}/letter"


async def post(
    client: httpx.AsyncClient, at: str, look: httpx.Response | None = None, **values: str
) -> httpx.Response:
    """What the form sends: with `look`, after looking at the letter."""
    before = hidden(look or await client.get(at))
    return await client.post(at, data={**SAID, **before, **values})


async def sent(client: httpx.AsyncClient, at: str, **values: str) -> httpx.Response:
    """Look, then send."""
    return await post(client, at, await post(client, at, **values), **values)


async def written_to() -> list[str]:
    return sorted(at for kind, at in await letters() if kind == "organiser_message")


async def full_day() -> Event:
    """Anna has the place, Bert and Cees wait, Dora gave hers up."""
    event, _ = await day(1)
    _, dora = await comes("Dora", event)
    await service.cancel(SYSTEM, dora.code, now=clock.now())
    for name in ("Anna", "Bert", "Cees"):
        await comes(name, event)
    return event


async def test_it_is_looked_at_and_then_sent(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())

    look = await post(client, address(event))
    before = await written_to()
    answer = await post(client, address(event), look)

    assert look.status_code == 200
    for words in ("Aan 1 persoon", "<li>Anna</li>", "Andere zaal", "Wij zitten in zaal 4."):
        assert words in look.text
    assert "Bert" not in look.text
    assert before == []
    assert answer.status_code == 303
    assert await written_to() == ["anna@example.com"]
    assert (await last_letter())["words"] == SAID["words"]


@pytest.mark.parametrize(
    ("segment", "to"),
    [
        ("confirmed", ["anna@example.com"]),
        ("cancelled", ["dora@example.com"]),
        ("waiting", ["bert@example.com", "cees@example.com"]),
    ],
)
async def test_exactly_the_segment_is_written_to(
    client: httpx.AsyncClient, segment: str, to: list[str]
) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())

    await sent(client, address(event, segment), to_waiting="y")

    assert await written_to() == to


async def test_who_waits_is_not_written_to_without_the_tick(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    at = address(event, "waiting")

    look = await post(client, at)
    ticked = await post(client, at, to_waiting="y")
    taken_back = await post(client, at, ticked)

    assert [look.status_code, ticked.status_code, taken_back.status_code] == [422, 200, 422]
    for page in (look, taken_back):
        assert "Vink aan dat u de wachtlijst wilt schrijven." in page.text
        assert "Wij zitten in zaal 4." in page.text
    assert await written_to() == []


async def test_who_came_to_wait_after_the_look_gets_nothing(client: httpx.AsyncClient) -> None:
    event, _ = await day(5)
    await comes("Anna", event)
    _, bert = await comes("Bert", event)
    await sign_in(client, await factories.carla())

    look = await post(client, address(event))
    await execute("UPDATE registration_line SET state = 'waiting' WHERE id = $1", bert.line_id)
    await post(client, address(event), look)

    assert await written_to() == ["anna@example.com"]
    assert [row["people"] for row in await execute("SELECT people FROM event_message")] == [1]


async def test_the_table_itself_refuses_who_waits_without_the_tick(db: None) -> None:
    event = await full_day()

    with pytest.raises(asyncpg.CheckViolationError):
        await execute(
            "INSERT INTO event_message (event, segment, to_waiting, subject, words, sent_at,"
            " idempotency_key) VALUES ($1, 'waiting', false, 'x', 'x', now(), gen_random_uuid())",
            event.id,
        )


async def test_the_same_post_twice_sends_once(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))

    answers = [await post(client, address(event), look) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert await written_to() == ["anna@example.com"]


async def test_twenty_posts_at_once_send_once(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))

    answers = await asyncio.gather(*(post(client, address(event), look) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {303}
    assert await written_to() == ["anna@example.com"]


async def test_another_letter_after_going_back_is_sent_too(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))
    await post(client, address(event), look)

    again = await post(client, address(event), look, words="Toch zaal 5.")
    await post(client, address(event), again, words="Toch zaal 5.")

    assert "Toch zaal 5." in again.text
    assert await written_to() == ["anna@example.com"] * 2


async def test_what_was_changed_is_looked_at_again(client: httpx.AsyncClient) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))

    changed = await post(client, address(event), look, words="Iets anders.")

    assert changed.status_code == 200
    assert await written_to() == []


async def test_what_was_looked_at_for_one_segment_is_not_sent_to_another(
    client: httpx.AsyncClient,
) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))

    other = await client.post(address(event, "cancelled"), data={**SAID, **hidden(look)})

    assert other.status_code == 200
    assert await written_to() == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"subject": " "}, "Vul dit in"),
        ({"words": ""}, "Vul dit in"),
        ({"subject": "x" * 79}, "te lang"),
        ({"words_en": "Room 4."}, "Schrijf in het Engels onderwerp en bericht, of geen van beide."),
        ({"subject_en": "Room 4"}, "Schrijf in het Engels onderwerp en bericht"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    client: httpx.AsyncClient, values: dict[str, str], words: str
) -> None:
    event = await full_day()
    await sign_in(client, await factories.carla())

    answer = await post(client, address(event), **values)

    assert answer.status_code == 422
    assert words in answer.text
    kept = [value for value in {**SAID, **values}.values() if value.strip()]
    assert [value for value in kept if value.splitlines()[0] in answer.text] == kept
    assert await written_to() == []


@pytest.mark.parametrize(
    "gone",
    [
        "email = NULL",
        "email_state = 'hold'",
        "email_state = 'dead'",
        "anonymised_at = now()",
        "deceased_on = now()",
        "merged_into = (SELECT min(id) FROM person)",
    ],
)
async def test_who_cannot_be_written_to_is_left_out_and_named(
    client: httpx.AsyncClient, gone: str
) -> None:
    event, _ = await day(5)
    await comes("Anna", event)
    bert, _ = await comes("Bert", event)
    await execute(f"UPDATE person SET {gone} WHERE id = $1", bert.id)
    await sign_in(client, await factories.carla())

    look = await post(client, address(event))
    await post(client, address(event), look)

    assert "1 persoon krijgt geen e-mail" in look.text
    assert "<li>Bert: " in look.text
    assert await written_to() == ["anna@example.com"]


async def test_with_nobody_left_the_words_are_kept(client: httpx.AsyncClient) -> None:
    event, _ = await day(5)
    _, anna = await comes("Anna", event)
    await sign_in(client, await factories.carla())
    look = await post(client, address(event))
    await service.cancel(SYSTEM, anna.code, now=clock.now())

    answer = await post(client, address(event), look)

    assert answer.status_code == 422
    assert "In deze groep is nu niemand aan wie u kunt schrijven." in answer.text
    assert "Wij zitten in zaal 4." in answer.text
    assert await execute("SELECT 1 FROM event_message") == []


async def test_who_reads_english_gets_the_english(client: httpx.AsyncClient) -> None:
    event, _ = await day(5, contact_email="dag@example.org")
    await comes("Anna", event, language="en")
    await sign_in(client, await factories.carla())

    english = {"subject_en": "Another room", "words_en": "We are in room 4."}
    await sent(client, address(event), **english)

    letter = await last_letter()
    named = ("title", "words", "event", "contact", "standing")
    assert {name: letter[name] for name in named} == {
        **{"title": "Another room", "words": "We are in room 4.", "event": "Pain day"},
        **{"contact": "dag@example.org", "standing": "place"},
    }


async def test_who_waits_for_a_workshop_hears_of_the_workshop(client: httpx.AsyncClient) -> None:
    event, _ = await day(5)
    rows = await execute(
        "INSERT INTO capacity_unit (event, kind, name_nl, capacity) VALUES"
        " ($1, 'workshop', 'Slapen', 0) RETURNING id",
        event.id,
    )
    _, anna = await comes("Anna", event)
    from_now = clock.now()
    await execute(
        "INSERT INTO registration_line (registration, unit, person, state, queued_at)"
        " VALUES ($1, $2, $3, 'waiting', $4)",
        *(anna.id, rows[0]["id"], anna.person_id, from_now),
    )
    await sign_in(client, await factories.carla())

    at = f"{address(event, 'waiting')}?unit={rows[0]['id']}"
    await sent(client, at, to_waiting="y")

    letter = await last_letter()
    assert (letter["event"], letter["standing"]) == ("Slapen (Pijndag)", "waiting")


async def test_it_is_on_record_who_wrote_what_to_whom(client: httpx.AsyncClient) -> None:
    event = await full_day()
    carla = await factories.carla()
    await sign_in(client, carla)
    await sent(client, address(event))

    [row] = await execute("SELECT * FROM event_message")
    page = await client.get(f"/board/events/{event.slug}/messages/{row['id']}")
    overview = await client.get(f"/board/events/{event.slug}/numbers")

    assert (row["segment"], row["people"], row["sent_by"]) == ("confirmed", 1, carla.id)
    for words in ("Andere zaal", "Wij zitten in zaal 4.", "Carla", "Bevestigd"):
        assert words in page.text
    assert f"/messages/{row['id']}" in overview.text
    [line] = await execute("SELECT actor FROM audit_entry WHERE action = 'write_to_segment'")
    assert line["actor"] == "Carla"


async def test_who_chairs_the_group_writes_to_its_people_only(client: httpx.AsyncClient) -> None:
    bram, group = await factories.bram()
    own, _ = await day(group=group.id)
    other, _ = await day()
    await comes("Anna", own)
    await comes("Bert", other)
    await sign_in(client, bram)

    answer = await sent(client, address(own))
    refused = [
        await client.post(address(event, segment), data=SAID)
        for event, segment in ((other, "confirmed"), (own, "without_number"), (own, "pending"))
    ]

    assert answer.status_code == 303
    assert [one.status_code for one in refused] == [404, 404, 404]
    assert await written_to() == ["anna@example.com"]


async def test_a_letter_of_another_event_does_not_exist(client: httpx.AsyncClient) -> None:
    event, other = await full_day(), (await day())[0]
    await sign_in(client, await factories.carla())
    await sent(client, address(event))
    [row] = await execute("SELECT id FROM event_message")

    answer = await client.get(f"/board/events/{other.slug}/messages/{row['id']}")

    assert answer.status_code == 404


async def test_a_thousand_get_one_each(client: httpx.AsyncClient) -> None:
    event, unit = await day(None)
    await crowd(event, unit, 1000)
    await sign_in(client, await factories.carla())

    await sent(client, address(event))

    found = await written_to()
    assert (len(found), len(set(found))) == (1000, 1000)


async def test_whoever_was_offered_a_place_meanwhile_is_no_longer_waiting(
    client: httpx.AsyncClient,
) -> None:
    event = await full_day()
    [unit] = await execute("SELECT id FROM capacity_unit WHERE event = $1", event.id)
    await sign_in(client, await factories.carla())
    at, tick = address(event, Segment.waiting), {"to_waiting": "y"}

    look: Any = await post(client, at, **tick)
    await places.change_unit(SYSTEM, unit["id"], {"capacity": 2}, now=clock.now())
    await post(client, at, look, **tick)

    assert await written_to() == ["cees@example.com"]
