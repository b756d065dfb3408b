"""Public forms answer alike, and as slowly, whoever an address belongs to.

The same bytes (but for what the visitor typed and what is random), the same status and headers,
and medians of time that do not tell: a stranger, a member, somebody suspended, somebody who
objected to all mail, and an address that was written to three times this hour.
"""

import re
import time
from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.people.rules import email_key
from server.web import rate_limit
from tests import factories
from tests.clients import human
from tests.talks.cast import call

pytestmark = pytest.mark.anyio
WHO = ("nemo", "anna", "suspended", "objected", "often")
ROUNDS = 3
PROPOSAL = {
    "title": "Slaap en pijn",
    "abstract": "Wat werkt.",
    "format": "lecture",
    "language": "nl",
    "name": "A. Zomer",
}
RANDOM = re.compile(r'name="(opened|key)" value="[^"]*"|[0-9a-f]{12}\.(css|js|svg)')


def address(who: str) -> str:
    return f"{who}@example.com"


@pytest.fixture
async def forms(db: None) -> Mapping[str, dict[str, str]]:
    """Every public form by its address, filled in."""
    await factories.anna()
    closed, objector = await factories.known("Suspended"), await factories.known("Objected")
    await execute("INSERT INTO suspension (person) VALUES ($1)", closed.id)
    await execute(
        "INSERT INTO consent_event (person, address_key, purpose, action, channel)"
        " VALUES ($1, $2, 'mail', 'objected', 'test')",
        *(objector.id, objector.email_key),
    )
    for _ in range(3):
        await rate_limit.may_mail(email_key(address("often")), clock.now())
    now = clock.now()
    event, _ = await factories.open_event(
        capacity=None, starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=31)
    )
    await execute(
        "INSERT INTO newsletter_list (slug, list_id, name_nl, name_en) VALUES ('n', 'n', 'N', 'N')"
    )
    congress = await call(now)
    kind = await execute("SELECT id FROM membership_type LIMIT 1")
    return {
        "/sign-in": {"next": "/me"},
        "/newsletters": {"lists": "n", "language": "nl"},
        "/join": {"type": str(kind[0]["id"]), "surname": "Zomer"},
        f"/events/{event.slug}/registration": {"name": "A. Zomer"},
        f"/calls/{congress.slug}/proposals": PROPOSAL,
    }


def told(answer: httpx.Response) -> tuple[int, str, list[tuple[str, str]]]:
    """Everything of an answer that could tell."""
    headers = [
        (name, RANDOM.sub("", value.split("=")[0] if name == "set-cookie" else value))
        for name, value in answer.headers.multi_items()
        if name != "x-request-id"
    ]
    return answer.status_code, RANDOM.sub("", answer.text), headers


async def test_the_answers_are_the_same(
    client: httpx.AsyncClient, forms: Mapping[str, dict[str, str]]
) -> None:
    for path, form in forms.items():
        answers = []
        for who in WHO:
            client.cookies.clear()
            answers.append(await client.post(path, data=human(**form, email=address(who))))
        assert {answer.status_code for answer in answers} == {303}, path
        assert len({str(told(answer)) for answer in answers}) == 1, path


async def test_the_answers_take_the_same_time(
    client: httpx.AsyncClient, forms: Mapping[str, dict[str, str]]
) -> None:
    for path, form in forms.items():
        spent: dict[str, list[float]] = {"nemo": [], "anna": [], "often": []}
        for _ in range(ROUNDS):  # in turn: whatever else this machine does slows down all three
            for who, times in spent.items():
                await execute("DELETE FROM rate_limit WHERE key NOT LIKE 'mail:%'")
                began = time.perf_counter()
                await client.post(path, data=human(**form, email=address(who)))
                times.append(time.perf_counter() - began)
        least = [min(times) for times in spent.values()]  # noise only ever adds
        assert max(least) < 1.3 * min(least), (path, least)


async def test_three_letters_an_hour_over_all_forms_together(
    client: httpx.AsyncClient, forms: Mapping[str, dict[str, str]]
) -> None:
    asked = {path: form for path, form in forms.items() if not path.endswith("/registration")}
    for path, form in [*asked.items(), *asked.items()]:
        await client.post(path, data=human(**form, email=address("anna")))

    rows = await execute("SELECT kind FROM outbox_letter WHERE address = 'anna@example.com'")
    assert len(rows) == 3
