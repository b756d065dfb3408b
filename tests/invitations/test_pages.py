"""Choosing how it comes, and seeing what one's calendar answered."""

import httpx
import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.errors import Invalid, SignInNeeded
from server.invitations import choice
from server.invitations.choice import Choice
from tables.calendars import ComesBy
from tests import factories
from tests.clients import sign_in, statements
from tests.factories import NOON, acting
from tests.inbound.conftest import Invited, invited
from tests.registrations.cast import EARLY

__all__ = ["invited"]
pytestmark = pytest.mark.anyio
PATH = "/calendars/invitations"


async def test_without_a_choice_it_is_what_is_usual(db: None) -> None:
    anna = await factories.anna()

    assert await choice.of_person(anna.id) == Choice(ComesBy.invitation, ComesBy.feed)


async def test_the_last_choice_counts(db: None) -> None:
    anna = await factories.anna()
    for how in (ComesBy.both, ComesBy.feed):
        await choice.choose(acting(anna), Choice(how, how), now=EARLY)

    assert await choice.of_person(anna.id) == Choice(ComesBy.feed, ComesBy.feed)
    assert len(await execute("SELECT 1 FROM calendar_choice")) == 1


async def test_only_known_ways_and_known_people(db: None) -> None:
    anna = await factories.anna()
    with pytest.raises(Invalid) as wrong:
        await choice.choose(acting(anna), Choice("pigeon", ComesBy.feed), now=EARLY)
    with pytest.raises(SignInNeeded):
        await choice.choose(ANONYMOUS, Choice(), now=EARLY)

    assert wrong.value.fields == {"registrations": "errors.field.choice"}


async def test_the_page_shows_the_choice_and_keeps_a_new_one(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await sign_in(client, anna)
    before = await client.get(PATH)
    answer = await client.post(PATH, data={"registrations": "both", "meetings": "invitation"})
    after = await client.get(PATH)

    assert before.text.count(" checked") == 2
    assert 'name="registrations" value="invitation" checked' in before.text
    assert 'name="meetings" value="feed" checked' in before.text
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, PATH)
    assert 'name="registrations" value="both" checked' in after.text
    assert 'name="meetings" value="invitation" checked' in after.text
    assert "Uw agenda heeft nog niets geantwoord." in after.text


async def test_half_a_choice_comes_back_with_what_was_chosen(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.anna())
    answers = [
        await client.post(PATH, data=data)
        for data in ({"registrations": "both"}, {"registrations": "both", "meetings": "pigeon"}, {})
    ]

    assert [one.status_code for one in answers] == [422] * 3
    assert 'name="registrations" value="both" checked' in answers[0].text
    assert await execute("SELECT 1 FROM calendar_choice") == []


async def test_an_answer_is_seen_by_who_gave_it_with_a_button_of_their_own(
    client: httpx.AsyncClient, invited: Invited
) -> None:
    await execute("UPDATE calendar_invitation SET answer = 'declined', answered_at = now()")
    anna = await factories.Person.objects().get(factories.Person.id == invited.person_id)
    assert anna is not None
    await sign_in(client, anna)

    mine = await client.get(f"/registrations/{invited.code}")
    listed = await client.get(PATH)

    assert "Uw agenda heeft ons laten weten dat u niet komt." in mine.text
    assert mine.text.count(f'action="/registrations/{invited.code}/cancellation"') == 1
    assert "Uw agenda zegt: nee" in listed.text
    assert f'href="/registrations/{invited.code}"' in listed.text
    cancelled = await client.post(f"/registrations/{invited.code}/cancellation")
    assert cancelled.status_code == 303
    assert await invited.state() == "cancelled"


@pytest.mark.parametrize(("answer", "words"), [("accepted", 0), ("none", 0), ("tentative", 1)])
async def test_a_yes_asks_nothing(
    client: httpx.AsyncClient, invited: Invited, answer: str, words: int
) -> None:
    await execute("UPDATE calendar_invitation SET answer = $1", answer)

    mine = await client.get(f"/registrations/{invited.code}")

    assert mine.text.count("Uw agenda heeft") == words


async def test_the_organiser_sees_the_answers(client: httpx.AsyncClient, invited: Invited) -> None:
    bram, group = await factories.bram()
    elif_ = await factories.known("Elif")
    await execute('UPDATE event SET "group" = $1', group.id)
    await execute("UPDATE calendar_invitation SET answer = 'declined'")
    await execute(
        "INSERT INTO calendar_invitation (person, event, method, answer, told_at, created_at,"
        " changed_at, revision, sequence, raised, shown) VALUES ($1, $2, 'request', 'tentative',"
        " $3, $3, $3, 1, 0, 0, '')",
        *(elif_.id, invited.event_id, NOON),
    )
    (event,) = await execute("SELECT slug FROM event")
    await sign_in(client, bram)

    page = await client.get(f"/board/events/{event['slug']}")

    assert page.text.count("agenda zegt nee") == 1
    assert page.text.count("agenda zegt misschien") == 1
    assert "Elif" in page.text


async def test_a_page_costs_the_same_for_one_answer_and_for_many(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    await sign_in(client, anna)
    counts = []
    for _ in range(2):
        counts.append(await statements(client, "GET", PATH))
        for _ in range(12):
            event, _unit = await factories.open_event(5)
            await execute(
                "INSERT INTO calendar_invitation (person, event, method, answer, created_at,"
                " changed_at, revision, sequence, raised, shown) VALUES ($1, $2, 'request',"
                " 'tentative', now(), now(), 1, 0, 0, '')",
                *(anna.id, event.id),
            )

    assert counts[0] == counts[1] <= 5
