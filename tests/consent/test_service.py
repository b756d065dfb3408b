"""Consent is written down once for ever, in the words that were shown."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from server.actors import ANONYMOUS, SYSTEM, Actor
from server.consent import queries
from server.consent import service as consent
from server.consent.rules import OnlyThePerson
from server.consent.service import Answer
from server.database import execute
from tables.audit import AuditEntry
from tables.consent import ConsentAction as A
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.anyio

CARLA = Actor(person_id=99, name="Carla", roles=frozenset({"board"}))


def answer(action: A, **values: object) -> Answer:
    given = {"address_key": "anna@example.org", "purpose": "newsletter:1", "channel": "web"}
    return Answer(action=action, **{**given, **values})  # type: ignore[arg-type]


async def test_an_answer_keeps_its_words_its_proof_and_its_moment(db: None) -> None:
    anna = await factories.person("Anna")
    await consent.publish_words(SYSTEM, "news", text_nl="Ja 1", text_en="Yes 1", now=NOON)
    later = NOON + timedelta(days=1)
    await consent.publish_words(SYSTEM, "news", text_nl="Ja 2", text_en="Yes 2", now=later)

    await consent.record(
        Actor(person_id=anna.id, name="Anna"),
        answer(A.given, person_id=anna.id, text_code="news", asked_at=NOON, proof={"list": "é"}),
        now=later,
    )

    assert await execute(
        "SELECT e.person, e.address_key, e.purpose, e.action, t.version, e.channel, e.actor,"
        " e.proof->>'list' AS list, e.at FROM consent_event e JOIN consent_text t ON t.id = e.text"
    ) == [
        {
            "person": anna.id,
            "address_key": "anna@example.org",
            "purpose": "newsletter:1",
            "action": "given",
            "version": 1,
            "channel": "web",
            "actor": "Anna",
            "list": "é",
            "at": later,
        }
    ]


async def test_the_newest_answer_counts_per_address_and_purpose(db: None) -> None:
    await consent.record(ANONYMOUS, answer(A.confirmed), now=NOON)
    await consent.record(ANONYMOUS, answer(A.withdrawn), now=NOON)
    await consent.record(ANONYMOUS, answer(A.confirmed, purpose="newsletter:2"), now=NOON)

    assert await queries.newest("anna@example.org", "newsletter:1") == A.withdrawn
    assert await queries.newest("anna@example.org", "newsletter:2") == A.confirmed
    assert await queries.newest("bram@example.org", "newsletter:1") is None


@pytest.mark.parametrize("actor", [CARLA, SYSTEM])
@pytest.mark.parametrize("action", [A.given, A.confirmed, A.imported])
async def test_nobody_else_undoes_a_withdrawal(db: None, actor: Actor, action: A) -> None:
    await consent.record(ANONYMOUS, answer(A.withdrawn), now=NOON)

    with pytest.raises(OnlyThePerson):
        await consent.record(actor, answer(action), now=NOON)

    assert await queries.newest("anna@example.org", "newsletter:1") == A.withdrawn


async def test_the_person_undoes_their_own_withdrawal(db: None) -> None:
    anna = await factories.person("Anna")
    actor = Actor(person_id=anna.id, name="Anna")
    await consent.record(actor, answer(A.withdrawn, person_id=anna.id), now=NOON)

    await consent.record(actor, answer(A.given, person_id=anna.id), now=NOON)

    assert await queries.newest("anna@example.org", "newsletter:1") == A.given


async def test_an_answer_can_be_neither_changed_nor_deleted(db: None) -> None:
    await consent.record(ANONYMOUS, answer(A.confirmed), now=NOON)

    for statement in ("UPDATE consent_event SET action = 'given'", "DELETE FROM consent_event"):
        with pytest.raises(asyncpg.RaiseError):
            await execute(statement)


async def test_the_same_words_twice_are_one_version(db: None) -> None:
    async def publish(words: str) -> int:
        return await consent.publish_words(SYSTEM, "news", text_nl=words, text_en="x", now=NOON)

    assert await asyncio.gather(*(publish("Ja") for _ in range(6))) == [1] * 6
    assert await publish("Nee") == 2
    assert await AuditEntry.count() == 2


async def test_words_are_found_in_both_languages_and_at_their_time(db: None) -> None:
    await consent.publish_words(SYSTEM, "news", text_nl="Ja", text_en="Yes", now=NOON)

    words = await queries.find_words("news", NOON)

    assert words is not None
    assert (words.text("nl"), words.text("en")) == ("Ja", "Yes")
    assert await queries.find_words("news", NOON - timedelta(seconds=1)) is None
