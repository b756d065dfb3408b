"""Questions are made, changed, ordered and answered; needs are kept apart and not for long."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.events import queries as events
from server.privacy import erasing
from server.questions import answering, copying, needs, queries, service, telling
from server.questions.queries import AskedNeeds, NeedView
from server.questions.refusals import (
    DependsInVain,
    HasAnswers,
    NobodyToAsk,
    OthersDepend,
    TooLateToAnswer,
)
from server.questions.rules import Question
from server.registrations import service as registrations
from tables.people import Person
from tables.questions import QuestionKind
from tables.registrations import CapacityUnit
from tests import factories
from tests.clients import human, letters, sign_in
from tests.questions.cast import EARLY, asks, comes, filled, options, question
from tests.talks import cast as talks

pytestmark = pytest.mark.anyio
TRAIN = question("Komt u met de trein?", QuestionKind.yes_no, is_required=True)
SOUP = question("Soep of salade?", QuestionKind.one_of, options=options("Soep", "Salade"))
NUTS = NeedView(("vegan",), "noten", "rolstoel")


async def one(question_id: int, event_id: int) -> Question:
    found = await queries.of_event(event_id, with_retired=True)
    return next(each for each in found if each.id == question_id)


async def rows(table: str) -> int:
    return int((await execute(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_words_that_were_answered_become_another_version(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    _, view = await comes("Anna", event.id, **{f"q{asked}": ["yes"]})
    before = await one(asked, event.id)

    await service.change(SYSTEM, asked, replace(before, label_nl="Komt u lopend?"), now=EARLY)

    after = await one(asked, event.id)
    assert (after.version, after.answers) == (2, 1)
    assert (await queries.answers_of(view.id)).versions == {asked: before.version_id}
    assert [o.id for o in await answering.owed(await queries.sheet(view.code))] == [asked]


async def test_slip_of_the_pen_is_mended_in_place_and_changes_no_meaning(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    _, view = await comes("Anna", event.id, **{f"q{asked}": ["yes"]})
    before = await one(asked, event.id)
    typo = replace(before, label_nl="Komt U met de trein?")

    await service.change(SYSTEM, asked, typo, is_typo=True, now=EARLY)

    after = await one(asked, event.id)
    assert (after.version, after.version_id) == (1, before.version_id)
    assert await answering.owed(await queries.sheet(view.code)) == []
    assert await execute("SELECT 1 FROM audit_entry WHERE action = 'correct'")
    with pytest.raises(Invalid):
        await service.change(SYSTEM, asked, replace(after, kind="text"), is_typo=True, now=EARLY)


async def test_words_nobody_answered_are_not_kept(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    before = await one(asked, event.id)

    await service.change(SYSTEM, asked, replace(before, label_nl="Anders?"), now=EARLY)

    assert (await one(asked, event.id)).version_id != before.version_id
    assert await rows("question_version") == 1
    with pytest.raises(Stale):
        await service.change(SYSTEM, asked, replace(before, label_nl="Nog anders?"), now=EARLY)


async def test_question_is_not_deleted_after_answers_but_retired(db: None) -> None:
    event, _ = await factories.open_event(5)
    answered, unanswered = await asks(event.id, TRAIN, SOUP)
    await comes("Anna", event.id, **{f"q{answered}": ["yes"]})

    with pytest.raises(HasAnswers):
        await service.delete(SYSTEM, answered)
    await service.retire(SYSTEM, answered)
    await service.delete(SYSTEM, unanswered)

    assert await queries.of_event(event.id) == []
    assert await rows("answer") == 1


async def test_question_others_depend_on_is_neither_retired_nor_deleted(db: None) -> None:
    event, _ = await factories.open_event(5)
    (first,) = await asks(event.id, TRAIN)
    (second,) = await asks(event.id, replace(SOUP, only_if=first, only_if_value="yes"))

    for verb in (service.retire, service.delete):
        with pytest.raises(OthersDepend):
            await verb(SYSTEM, first)

    await service.retire(SYSTEM, second)
    await service.retire(SYSTEM, first)
    with pytest.raises(DependsInVain):
        await service.revive(SYSTEM, second)


async def test_questions_are_ordered_and_copied_with_their_conditions(db: None) -> None:
    event, _ = await factories.open_event(5)
    other, _ = await factories.open_event(5)
    first, second = await asks(event.id, TRAIN, SOUP)
    await asks(event.id, replace(SOUP, label_nl="Brood?", only_if=first, only_if_value="yes"))

    await service.move_up(SYSTEM, second, now=EARLY)
    await service.move_up(SYSTEM, second, now=EARLY)
    copied = await copying.copy(SYSTEM, other.id, event.id, now=EARLY)
    again = await copying.copy(SYSTEM, other.id, event.id, now=EARLY)

    assert (copied, again) == (3, 0)
    here = await queries.of_event(event.id)
    assert [each.id for each in here][:2] == [second, first]
    order = [each.label_nl for each in await queries.of_event(other.id)]
    assert order == [SOUP.label_nl, TRAIN.label_nl, "Brood?"]
    there = {each.label_nl: each for each in await queries.of_event(other.id)}
    assert there["Brood?"].only_if == there[TRAIN.label_nl].id


async def test_copy_depends_on_the_question_that_is_here_already(db: None) -> None:
    event, _ = await factories.open_event(5)
    other, _ = await factories.open_event(5)
    (first,) = await asks(event.id, TRAIN)
    await asks(event.id, replace(SOUP, only_if=first, only_if_value="yes"))
    (here,) = await asks(other.id, TRAIN)

    assert await copying.copy(SYSTEM, other.id, event.id, now=EARLY) == 1

    (_, soup) = await queries.of_event(other.id)
    assert (soup.only_if, soup.only_if_value) == (here, "yes")


async def test_only_who_manages_the_event_makes_questions(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    dirk = factories.acting(await factories.dirk())

    with pytest.raises(NotFound):
        await service.add(dirk, event.id, SOUP, now=EARLY)
    with pytest.raises(NotFound):
        await service.retire(dirk, asked)
    with pytest.raises(NotFound):
        await needs.ask(dirk, event.id, AskedNeeds(True, True), now=EARLY)


async def test_answers_to_words_that_changed_meanwhile_are_not_kept(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    who, view = await comes("Anna", event.id, **{f"q{asked}": ["yes"]})
    read = await filled(event.id, **{f"q{asked}": ["no"]})
    before = await one(asked, event.id)
    await service.change(SYSTEM, asked, replace(before, label_nl="Nieuw?"), now=EARLY)
    sheet, acting = await queries.sheet(view.code), factories.acting(who)

    with pytest.raises(Invalid) as refused:
        await answering.change(acting, sheet, read, now=EARLY)

    assert refused.value.fields == {"questions": "questions.invalid.changed"}
    assert (await queries.answers_of(view.id)).values == {asked: "yes"}


async def test_answers_change_until_the_event_begins(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, replace(SOUP, is_required=False))
    who, view = await comes("Anna", event.id, **{f"q{asked}": ["1"]})
    sheet, acting = await queries.sheet(view.code), factories.acting(who)

    await answering.change(acting, sheet, await filled(event.id), now=EARLY)

    assert (await queries.answers_of(view.id)).values == {}
    with pytest.raises(TooLateToAnswer):
        await answering.change(acting, sheet, await filled(event.id), now=event.starts_at)
    await execute("UPDATE event SET state = 'postponed' WHERE id = $1", event.id)
    await answering.change(acting, sheet, await filled(event.id), now=event.starts_at)


async def test_who_registered_before_is_asked_once_for_the_same(db: None) -> None:
    event, _ = await factories.open_event(5)
    _, view = await comes("Anna", event.id)
    seen = await events.get(SYSTEM, event.slug, now=EARLY)
    with pytest.raises(NobodyToAsk):
        await telling.ask_them(SYSTEM, seen)
    (asked,) = await asks(event.id, TRAIN)

    await telling.ask_them(SYSTEM, seen)
    await telling.ask_them(SYSTEM, seen)

    assert [kind for kind, _ in await letters()].count("answers_asked") == 1
    await comes("Bram", event.id, **{f"q{asked}": ["yes"]})
    assert [sheet.id for sheet, _ in await telling.owing(event.id)] == [view.id]


async def test_needs_are_forgotten_thirty_days_after_with_the_numbers_kept(db: None) -> None:
    event, _ = await factories.open_event(5)
    await needs.ask(SYSTEM, event.id, AskedNeeds(True, True), now=EARLY)
    await comes("Anna", event.id, NUTS)
    await comes("Bram", event.id, NeedView(("vegan",)))
    counted = {"vegan": 2, "allergies": 1, "access": 1, "any": 2}

    await needs.tick(event.ends_at + timedelta(days=29))
    assert (await rows("need"), await needs.counts(event.id)) == (2, counted)
    await execute("UPDATE event SET state = 'postponed' WHERE id = $1", event.id)
    await needs.tick(event.ends_at + timedelta(days=31))
    assert await rows("need") == 2
    await execute("UPDATE event SET state = 'completed' WHERE id = $1", event.id)
    gone = await needs.tick(event.ends_at + timedelta(days=31))
    again = await needs.tick(event.ends_at + timedelta(days=32))

    assert (gone, again) == (2, 0)
    assert (await rows("need"), await needs.counts(event.id)) == (0, counted)


async def test_need_goes_with_the_registration_at_once(db: None) -> None:
    event, _ = await factories.open_event(5)
    await needs.ask(SYSTEM, event.id, AskedNeeds(True, True), now=EARLY)
    who, view = await comes("Anna", event.id, NUTS)
    await comes("Bram", event.id, NUTS)

    await registrations.cancel(factories.acting(who), view.code, now=EARLY)

    assert [name for name, _, _ in await needs.of_event(event.id)] == ["Bram"]
    assert await rows("need") == 1


async def test_trail_never_says_what_somebody_needs_or_answered(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, question("Van wie hoorde u dit?"))
    await comes("Anna", event.id, NUTS, **{f"q{asked}": ["van Geheim"]})

    trail = await execute("SELECT coalesce(after::text, '') AS t FROM audit_entry")

    said = " ".join(row["t"] for row in trail)
    assert all(word not in said for word in ("noten", "rolstoel", "vegan", "Geheim"))


async def test_erased_person_leaves_no_answer_and_no_need(db: None) -> None:
    event, _ = await factories.open_event(5)
    (asked,) = await asks(event.id, TRAIN)
    who, _ = await comes("Anna", event.id, NUTS, **{f"q{asked}": ["yes"]})
    past = clock.now() - timedelta(days=3)
    await execute(
        "UPDATE event SET starts_at = $1::timestamptz - interval '1 hour', ends_at = $1", past
    )

    await erasing.erase(SYSTEM, who.id, now=clock.now())

    assert (await rows("answer"), await rows("need")) == (0, 0)


async def coming() -> Any:
    starts = clock.now() + timedelta(days=30)
    event, _ = await factories.open_event(5, starts_at=starts, ends_at=starts + timedelta(hours=6))
    return event


async def test_stranger_fills_in_the_form_and_sees_every_problem(client: httpx.AsyncClient) -> None:
    event = await coming()
    first, number = await asks(event.id, TRAIN, question("Hoeveel?", QuestionKind.number))
    (dish,) = await asks(
        event.id, replace(SOUP, only_if=first, only_if_value="yes", is_required=True)
    )
    path = f"/events/{event.slug}/registration"
    page = await client.get(path)
    read = page.text.split('name="questions_read" value="')[1].split('"')[0]
    person = human(name="Vreemd Ling", email="vreemd@example.com", questions_read=read)

    assert "Alleen als u bij ‘Komt u met de trein?’ ‘Ja’ antwoordt." in page.text
    wrong = await client.post(path, data=person | {f"q{number}": "veel", f"q{first}": "yes"})
    assert wrong.status_code == 422
    assert f'href="#q{number}"' in wrong.text
    assert f'href="#q{dish}-0"' in wrong.text
    assert 'value="veel"' in wrong.text
    assert 'value="Vreemd Ling"' in wrong.text
    stale = await client.post(path, data=person | {f"q{first}": "no", "questions_read": "1.2"})
    assert stale.status_code == 422
    assert "De vragen zijn veranderd terwijl u dit invulde" in stale.text
    good = await client.post(path, data=person | {f"q{first}": "no", f"q{dish}": "1"})
    assert good.status_code == 303
    values = await execute("SELECT question, value FROM answer")
    assert [(row["question"], row["value"]) for row in values] == [(first, '"no"')]


async def test_member_changes_answers_and_needs_by_the_link(client: httpx.AsyncClient) -> None:
    event = await coming()
    (asked,) = await asks(event.id, TRAIN)
    await needs.ask(SYSTEM, event.id, AskedNeeds(diet=True), now=EARLY)
    _, view = await comes("Anna", event.id)
    path = f"/registrations/{view.code}"

    assert "Er is nog een vraag aan u." in (await client.get(path)).text
    read = str((await one(asked, event.id)).version_id)
    given = {"questions_read": read, f"q{asked}": "yes", "diets": "vegan", "allergies": "noten"}
    saved = await client.post(f"{path}/answers", data=given)
    page = await client.get(f"{path}/answers")

    assert saved.status_code == 303
    assert "noten" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    mine = (await client.get(path)).text
    assert "Komt u met de trein?" in mine
    assert "Er is nog een vraag" not in mine


async def test_board_makes_a_question_and_reads_the_answers(client: httpx.AsyncClient) -> None:
    event = await coming()
    await sign_in(client, await factories.carla())
    base = f"/board/events/{event.slug}"
    given = {
        **{"kind": "one_of", "label_nl": "=Soep?", "options_nl": "Soep\nSalade"},
        **{"audience": "everybody", "only_if": "", "is_required": "y"},
    }

    bad = await client.post(f"{base}/questions", data=given | {"options_nl": "Soep"})
    made = await client.post(f"{base}/questions", data=given)
    (asked,) = await queries.of_event(event.id)
    await comes("Anna", event.id, NUTS, **{asked.name: ["1"]})

    assert (bad.status_code, made.status_code) == (422, 303)
    page = await client.get(f"{base}/answers")
    assert "<dt>Soep</dt><dd>1</dd>" in page.text
    csv = (await client.get(f"{base}/answers.csv")).text
    assert csv.splitlines()[0].endswith("'=Soep?")
    assert csv.splitlines()[1] == "Anna;Soep"
    kitchen = (await client.get(f"{base}/needs.csv")).text
    assert "noten" in kitchen
    assert "Anna" not in kitchen
    assert "rolstoel" in (await client.get(f"{base}/needs")).text
    for path in ("questions", "questions/new", f"questions/{asked.id}", "questions/preview"):
        assert (await client.get(f"{base}/{path}")).status_code == 200


async def test_who_speaks_is_asked_what_speakers_are_asked(client: httpx.AsyncClient) -> None:
    call = await talks.call()
    await CapacityUnit(event=call.event_id, capacity=5).save()
    slide = question("Hoe groot zijn uw dia's?", is_required=True)
    slide = replace(slide, audience="class", audience_class="speaker")
    (asked,) = await asks(call.event_id, slide)
    els = await talks.person("Els")
    await talks.in_state("accepted", els, call)
    found = await execute("SELECT slug FROM event WHERE id = $1", call.event_id)
    await execute("UPDATE event SET state = 'published', registration_opens_at = NULL")
    person = await Person.objects().get(Person.id == els.person_id)
    assert person is not None
    await sign_in(client, person)
    path = f"/api/events/{found[0]['slug']}/registrations"

    empty = await client.post(path, json={})
    given = {"answers": [{"question": asked, "value": "16:9"}]}
    good = await client.post(path, json=given)

    assert (empty.status_code, good.status_code) == (422, 201)
    assert await rows("answer") == 1


async def test_signs_that_no_database_holds_are_left_out(client: httpx.AsyncClient) -> None:
    event = await coming()
    (asked,) = await asks(event.id, question("Van wie hoorde u dit?"))
    await sign_in(client, await factories.dirk())

    given = {"answers": [{"question": asked, "value": ["van\x00 Anna"]}]}
    answer = await client.post(f"/api/events/{event.slug}/registrations", json=given)

    assert answer.status_code == 201
    assert [row["value"] for row in await execute("SELECT value FROM answer")] == ['"van Anna"']


async def test_program_reads_the_questions_and_answers_them(client: httpx.AsyncClient) -> None:
    event = await coming()
    (asked,) = await asks(event.id, TRAIN)
    await sign_in(client, await factories.dirk())
    base = f"/api/events/{event.slug}"

    told = (await client.get(f"{base}/questions")).json()["questions"][0]
    empty = await client.post(f"{base}/registrations", json={})
    wrong = [{"question": asked, "value": "perhaps"}]
    bad = await client.post(f"{base}/registrations", json={"answers": wrong})
    old = [{"question": asked, "value": True, "version": 7}]
    stale = await client.post(f"{base}/registrations", json={"answers": old})
    right = [{"question": asked, "value": True, "version": told["version"]}]
    good = await client.post(f"{base}/registrations", json={"answers": right})

    assert (told["id"], [c["key"] for c in told["choices"]]) == (asked, ["yes", "no"])
    assert [a.status_code for a in (empty, bad, stale, good)] == [422, 422, 422, 201]
    assert all(f"q{asked}" in a.text for a in (empty, bad, stale))
    assert [row["value"] for row in await execute("SELECT value FROM answer")] == ['"yes"']
