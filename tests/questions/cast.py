"""An event that asks something, in few words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from server.actors import SYSTEM
from server.database import execute
from server.questions import answering, queries, rules, service
from server.questions.answering import Filled
from server.questions.queries import NeedView
from server.questions.rules import Asker, Option, Question
from server.registrations import queries as places
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from tables.people import Person
from tables.questions import QuestionKind
from tests import factories

EARLY = datetime.fromisoformat("2027-02-01T10:00+01:00")
ON_SITE = Asker(kinds=frozenset({"seat"}))


def question(label: str, kind: str = QuestionKind.text, **values: Any) -> Question:
    """A question that was not asked yet."""
    return Question(id=0, version_id=0, kind=kind, label_nl=label, **values)


def options(*words: str) -> tuple[Option, ...]:
    """Choices with the keys 1, 2, …"""
    return tuple(Option(str(n), word) for n, word in enumerate(words, start=1))


async def asks(event_id: int, *questions: Question) -> list[int]:
    """The event asks these: their ids."""
    return [await service.add(SYSTEM, event_id, one, now=EARLY) for one in questions]


async def filled(event_id: int, need: NeedView | None = None, **typed: Sequence[str]) -> Filled:
    """A form without problems. `typed`: field → what stands in it."""
    found = await queries.of_event(event_id)
    checked = rules.check(found, ON_SITE, typed)
    assert checked.problems == {}
    return answering.filled(found, checked, need)


async def comes(
    name: str, event_id: int, need: NeedView | None = None, **typed: Sequence[str]
) -> tuple[Person, places.RegistrationView]:
    """Somebody registers and answers, nine days before it begins; or answers nothing."""
    who = await factories.known(name)
    given = await filled(event_id, need, **typed) if need or typed else None
    form = RegistrationForm(filled=given)
    starts = (await execute("SELECT starts_at FROM event WHERE id = $1", event_id))[0]["starts_at"]
    at = starts - timedelta(days=9)
    view = await registrations.register(factories.acting(who), event_id, form, now=at)
    return who, view
