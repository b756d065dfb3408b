"""A copy asks what the first one asked, of the same people."""

from datetime import datetime

import pytest

from server.actors import SYSTEM
from server.clock import AMSTERDAM
from server.database import execute
from server.questions import needs, queries
from server.questions.queries import AskedNeeds
from server.registrations import copying
from tables.questions import Audience, QuestionKind
from tables.registrations import CapacityUnit
from tests import factories
from tests.questions.cast import EARLY, asks, options, question

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db", "in_use")]
LATER = datetime(2027, 6, 11, 9, tzinfo=AMSTERDAM)


async def test_questions_come_along_with_what_they_depend_on() -> None:
    event, _ = await factories.open_event(5)
    workshop = CapacityUnit(event=event.id, kind="workshop", name_nl="Hypnose")
    await workshop.save()
    travel = question("Reis", QuestionKind.one_of, options=options("Trein", "Auto"))
    first = (await asks(event.id, travel))[0]
    await asks(event.id, question("Meerijden?", only_if=first, only_if_value="2"))
    audience = {"audience": Audience.unit, "audience_unit": workshop.id}
    await asks(event.id, question("Ervaring", **audience))

    made = await copying.copy(SYSTEM, event.id, LATER, now=EARLY)

    asked = await queries.of_event(made)
    hypnosis = await execute(
        "SELECT id FROM capacity_unit WHERE event = $1 AND name_nl = 'Hypnose'", made
    )
    assert [(one.label_nl, one.only_if, one.audience_unit) for one in asked] == [
        ("Reis", None, None),
        ("Meerijden?", asked[0].id, None),
        ("Ervaring", None, hypnosis[0]["id"]),
    ]
    assert hypnosis[0]["id"] != workshop.id


async def test_a_copy_asks_for_the_same_needs() -> None:
    event, _ = await factories.open_event(5)
    await needs.ask(SYSTEM, event.id, AskedNeeds(diet=True), now=EARLY)

    made = await copying.copy(SYSTEM, event.id, LATER, now=EARLY)

    assert await queries.asked_needs(made) == AskedNeeds(diet=True)


async def test_a_copy_of_what_asks_nothing_asks_nothing() -> None:
    event, _ = await factories.open_event(5)

    made = await copying.copy(SYSTEM, event.id, LATER, now=EARLY)

    assert await queries.of_event(made) == []
    assert await execute("SELECT 1 FROM needs_asked WHERE event = $1", made) == []
