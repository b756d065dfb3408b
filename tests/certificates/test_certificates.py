"""Certificates: given once, made by the worker, checked by anybody, replaced, taken back."""

import asyncio
import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pypdf
import pytest

from server import clock
from server.actors import Actor
from server.attendance import correcting, drawing_up, presence
from server.attendance.correcting import Correction
from server.certificates import making, queries, rules, service
from server.certificates.refusals import NothingToGive, NotSettled
from server.certificates.states import CERTIFICATE
from server.database import execute, transaction
from server.duplicates import merging, undoing
from server.errors import Invalid, NotFound, WrongState
from server.privacy import erasing
from tables.certificates import CertificateState
from tables.people import Person
from tests import factories
from tests.attendance.cast import BOARD, IN, OUT, Day, day
from tests.clients import heading, letters, sign_in, statements

pytestmark = pytest.mark.anyio
S = CertificateState


async def settled(*names: str) -> Day:
    """A day whose list is settled; the last of these people was not there."""
    event = await day()
    for n, name in enumerate(names):
        await event.comes(name, *(((0, IN), (4, OUT)) if n < len(names) - 1 else ()))
    await event.drawn_up()
    await drawing_up.show(BOARD, event.id, now=clock.now())
    await drawing_up.settle(BOARD, event.id, now=clock.now() + timedelta(days=8))
    return event


async def given(*names: str) -> Day:
    event = await settled(*names)
    await service.give_all(BOARD, event.id, now=clock.now())
    return event


async def states(event: Day) -> dict[str, str]:
    found = await queries.of_event(event.id)
    return {f"{one.display_name} {one.serial}": one.state for one in found}


async def holder(event: Day, name: str) -> Person:
    found = await Person.objects().get(Person.id == event.people[name])
    assert found is not None
    return found


async def kinds(start: str = "certificate") -> list[str]:
    return [kind for kind, _ in await letters() if kind.startswith(start)]


async def test_everybody_who_was_there_gets_one_once(db: None) -> None:
    event = await settled("Anna", "Bram", "Cora")

    assert await service.give_all(BOARD, event.id, now=clock.now()) == 2
    with pytest.raises(NothingToGive):
        await service.give_all(BOARD, event.id, now=clock.now())

    assert await states(event) == {"Anna 1": "valid", "Bram 2": "valid"}
    assert await kinds() == []


async def test_nobody_gets_one_before_the_list_is_settled(db: None) -> None:
    event = await day()
    await event.comes("Anna", (0, IN))
    await event.drawn_up()

    with pytest.raises(NotSettled):
        await service.give_all(BOARD, event.id, now=clock.now())
    with pytest.raises(NotFound):
        await service.give_all(Actor(name="Dirk"), event.id, now=clock.now())


async def test_the_worker_makes_the_paper_and_tells_once(db: None) -> None:
    event = await given("Anna", "Bram", "Cora")
    assert (await queries.progress(event.id)).made == 0

    made = await asyncio.gather(*(making.make(clock.now()) for _ in range(3)))

    assert sum(made) == 2
    assert (await queries.progress(event.id)).is_done
    assert await kinds() == ["certificate_ready"] * 2
    assert await making.make(clock.now()) == 0


async def test_a_worker_that_dies_between_leaves_it_to_the_next(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await given("Anna", "Bram", "Cora")

    async def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(making.telling, "made", dies)
        with pytest.raises(KeyboardInterrupt):
            await making.make(clock.now())
    assert (await queries.progress(event.id)).made == 0

    assert await making.make(clock.now()) == 2
    assert await kinds() == ["certificate_ready"] * 2


async def test_one_that_cannot_be_made_rests_and_stops_nobody(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = await given("Anna", "Bram", "Cora")
    whole, tried = making.paper.certificate, []

    async def fails(printed: Mapping[str, Any]) -> bytes:
        tried.append(printed["name"])
        if printed["name"] == "Anna" and len(tried) < 4:
            raise KeyError
        return await whole(printed)

    monkeypatch.setattr(making.paper, "certificate", fails)
    await making.make(clock.now())
    assert await making.make(clock.now() + timedelta(minutes=5)) == 0
    assert (await queries.progress(event.id)).made == 1

    later = clock.now() + timedelta(minutes=11)
    assert await making.make(later) == 1
    await making.make(later + timedelta(minutes=11))

    assert tried == ["Anna", "Bram", "Anna", "Anna"]
    assert await kinds() == ["certificate_ready"] * 2


async def test_of_one_taken_back_before_it_was_made_nobody_hears_that_it_is_ready(
    db: None,
) -> None:
    event = await given("Anna", "Bram")
    (view,) = await queries.of_event(event.id)
    await service.revoke(BOARD, view.id, "Vergissing.")

    await making.make(clock.now())

    assert await kinds() == ["certificate_revoked"]
    assert (await queries.progress(event.id)).is_done


async def test_paper_says_who_where_and_how_long_in_two_languages(db: None) -> None:
    event = await given("Anna", "Bram")
    await making.make(clock.now())
    (view,) = await queries.of_event(event.id)

    made = await queries.pdf(view.id)
    assert made is not None
    reader = pypdf.PdfReader(io.BytesIO(made))
    nl, en = (page.extract_text() for page in reader.pages)

    assert "Certificaat van deelname" in nl
    assert "Anna" in nl
    assert "3 uur" in nl
    assert view.number in nl
    assert rules.shown_code(view.code) in nl
    assert "Certificate of attendance" in en
    assert "3 hours" in en
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert b"pdfaid:part" in made


async def test_a_sign_that_no_font_has_keeps_nobody_from_their_paper(db: None) -> None:
    event = await settled("Anna", "Bram")
    await execute("UPDATE event SET title = $1", "Pijn \ufdd0 \ue000 #panic()")
    await service.give_all(BOARD, event.id, now=clock.now())

    await making.make(clock.now())

    (view,) = await queries.of_event(event.id)
    made = await queries.pdf(view.id)
    assert made is not None
    text = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "#panic()" in text
    assert "Anna" in text


async def test_a_correction_replaces_it_by_itself(db: None) -> None:
    event = await given("Anna", "Bram", "Cora")
    await making.make(clock.now())
    anna, bram = event.people["Anna"], event.people["Bram"]
    later = clock.now() + timedelta(minutes=1)
    less = Correction({event.parts["first"]: 60}, "Kwam later.")
    await correcting.correct(BOARD, event.id, anna, less, now=later)
    gone = Correction({}, "Was er niet.", is_excused=True)
    await correcting.correct(BOARD, event.id, bram, gone, now=later)

    assert await service.follow(later) == 2
    assert await service.follow(later) == 0
    await making.make(later)

    assert await states(event) == {"Anna 3": "valid", "Anna 1": "replaced", "Bram 2": "revoked"}
    assert await kinds() == ["certificate_ready"] * 2 + [
        "certificate_revoked",
        "certificate_replaced",
    ]


async def test_a_correction_that_waited_while_it_was_given_out_replaces_it(db: None) -> None:
    event = await settled("Anna", "Bram")
    early, is_held = clock.now(), asyncio.Event()

    async def give() -> None:
        async with transaction():
            await execute("SELECT 1 FROM presence_list FOR UPDATE")
            is_held.set()
            await asyncio.sleep(0.05)
            await service.give_all(BOARD, event.id, now=clock.now())

    async def correct() -> None:
        await is_held.wait()
        less = Correction({event.parts["first"]: 60}, "Kwam later.")
        await correcting.correct(BOARD, event.id, event.people["Anna"], less, now=early)

    await asyncio.gather(give(), correct())
    await service.follow(clock.now())

    assert await states(event) == {"Anna 2": "valid", "Anna 1": "replaced"}


async def test_who_became_one_with_their_double_keeps_theirs(db: None) -> None:
    event = await given("Anna", "Bram", "Cora")
    await execute("DELETE FROM membership")
    kept, later = await factories.known("Annie"), clock.now() + timedelta(minutes=1)
    await merging.merge(BOARD, kept.id, event.people["Anna"], {}, now=clock.now())

    less = Correction({event.parts["first"]: 60}, "Kwam later.")
    await correcting.correct(BOARD, event.id, event.people["Bram"], less, now=later)
    await service.follow(later)

    assert await states(event) == {"Annie 1": "valid", "Bram 3": "valid", "Bram 2": "replaced"}


async def test_who_was_there_as_two_gets_and_finds_theirs(client: httpx.AsyncClient) -> None:
    event = await day()
    for name in ("Anna", "Annie"):
        await event.comes(name, (0, IN))
    await event.drawn_up()
    await execute("DELETE FROM membership")
    kept, absorbed = event.people["Anna"], event.people["Annie"]
    await merging.merge(BOARD, kept, absorbed, {}, now=clock.now())
    await drawing_up.show(BOARD, event.id, now=clock.now())
    await drawing_up.settle(BOARD, event.id, now=clock.now() + timedelta(days=8))
    await service.give_all(BOARD, event.id, now=clock.now())
    await making.make(clock.now())
    await sign_in(client, await holder(event, "Anna"))

    [one] = await queries.of_person(kept)
    paper = await client.get(f"/me/certificates/{one.id}")
    by_link = await client.get(f"/registrations/{event.codes['Annie']}/certificate")

    assert (one.person_id, paper.status_code, by_link.content) == (kept, 200, paper.content)
    told = [to for kind, to in await letters() if kind in ("presence_shown", "certificate_ready")]
    assert told == ["anna@example.com"] * 3
    assert absorbed != kept


async def twins(*hours: float) -> Day:
    """Anna and Annie, of whom each has a certificate; they came in at these hours."""
    event = await day()
    for name, hour in zip(("Anna", "Annie"), hours, strict=True):
        await event.comes(name, (hour, IN))
    await event.drawn_up()
    await drawing_up.show(BOARD, event.id, now=clock.now())
    await drawing_up.settle(BOARD, event.id, now=clock.now() + timedelta(days=8))
    await service.give_all(BOARD, event.id, now=clock.now())
    await making.make(clock.now())
    await execute("DELETE FROM membership")
    assert await states(event) == {"Anna 1": "valid", "Annie 2": "valid"}
    return event


async def test_of_two_who_become_one_one_certificate_stands(db: None) -> None:
    event = await twins(0, 1)
    kept, absorbed = event.people["Anna"], event.people["Annie"]

    await merging.merge(BOARD, kept, absorbed, {}, now=clock.now())
    assert await service.follow(clock.now()) == 1
    assert await service.follow(clock.now()) == 0

    assert await states(event) == {"Anna 1": "valid", "Annie 2": "replaced"}
    assert (await kinds())[2:] == ["certificate_replaced"]


async def test_who_was_there_longest_as_the_other_gets_one_of_both(db: None) -> None:
    event = await twins(1, 0)
    kept, absorbed = event.people["Anna"], event.people["Annie"]

    await merging.merge(BOARD, kept, absorbed, {}, now=clock.now())
    assert await service.follow(clock.now()) == 1
    assert await service.follow(clock.now()) == 0

    # what Annie's says is so of the one that they are by now: it stands, and Anna's does not
    assert await states(event) == {"Anna 1": "replaced", "Annie 2": "valid"}
    [mine] = await queries.of_person(kept)
    assert mine.person_id == absorbed


async def test_who_was_there_by_turns_gets_a_new_one_of_all(db: None) -> None:
    event = await day()
    await event.comes("Anna", (0, IN), (1, OUT))
    await event.comes("Annie", (3, IN))
    await event.drawn_up()
    await drawing_up.show(BOARD, event.id, now=clock.now())
    await drawing_up.settle(BOARD, event.id, now=clock.now() + timedelta(days=8))
    await service.give_all(BOARD, event.id, now=clock.now())
    await execute("DELETE FROM membership")

    await merging.merge(BOARD, event.people["Anna"], event.people["Annie"], {}, now=clock.now())
    await service.follow(clock.now())

    assert await states(event) == {"Anna 3": "valid", "Anna 1": "replaced", "Annie 2": "replaced"}
    minutes = "SELECT after ->> 'minutes' AS n FROM audit_entry WHERE action = 'issue' ORDER BY id"
    assert [row["n"] for row in await execute(minutes)] == ["60", "120", "180"]


@pytest.mark.parametrize("hours", [(0, 1), (1, 0)])
async def test_two_again_have_one_each(db: None, hours: tuple[float, float]) -> None:
    event = await twins(*hours)
    kept, absorbed = event.people["Anna"], event.people["Annie"]
    merge = await merging.merge(BOARD, kept, absorbed, {}, now=clock.now())
    await service.follow(clock.now())

    await undoing.undo(BOARD, merge.id, now=clock.now())
    await service.follow(clock.now())
    assert await service.follow(clock.now()) == 0

    for person, name in ((kept, "Anna"), (absorbed, "Annie")):
        [mine] = await queries.of_person(person)
        sheet = await presence.of_person(event.id, person)
        assert (mine.display_name, mine.digest) == (name, rules.digest(sheet))


async def test_it_is_taken_back_with_a_reason_and_given_anew(db: None) -> None:
    event = await given("Anna", "Bram")
    (view,) = await queries.of_event(event.id)

    with pytest.raises(Invalid):
        await service.revoke(BOARD, view.id, "  ")
    await service.revoke(BOARD, view.id, "Vergissing.")
    with pytest.raises(WrongState):
        await service.revoke(BOARD, view.id, "Nog eens.")
    with pytest.raises(NothingToGive):
        await service.give_all(BOARD, event.id, now=clock.now())
    await service.give_again(BOARD, event.id, event.people["Anna"], now=clock.now())
    with pytest.raises(NotFound):
        await service.give_again(BOARD, event.id, event.people["Bram"], now=clock.now())

    assert await states(event) == {"Anna 2": "valid", "Anna 1": "revoked"}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", list(CERTIFICATE.moves))
async def test_every_state_knows_what_may_follow(db: None, state: S, action: str) -> None:
    event = await given("Anna", "Bram")
    (view,) = await queries.of_event(event.id)
    await execute("UPDATE certificate SET state = $2 WHERE id = $1", view.id, state)

    async with transaction():
        if state == S.valid:
            moved = await CERTIFICATE.move(view.id, action, actor=BOARD)
            assert moved["state"] == CERTIFICATE.moves[action].target
        else:
            with pytest.raises(WrongState):
                await CERTIFICATE.move(view.id, action, actor=BOARD)


async def test_numbers_have_no_gaps_and_two_who_give_give_one_each(db: None) -> None:
    events = [await settled(f"A{n}", f"B{n}", f"C{n}") for n in range(4)]

    async def give(event: Day, *, fails: bool = False) -> None:
        async with transaction():
            await service.give_all(BOARD, event.id, now=clock.now())
            if fails:
                raise KeyError

    await asyncio.gather(
        *(give(event) for event in events[1:]),
        *(give(event) for event in events[1:]),
        give(events[0], fails=True),
        return_exceptions=True,
    )

    rows = await execute("SELECT number FROM certificate ORDER BY number")
    assert [row["number"] for row in rows] == list(range(1, 7))


async def test_control_without_the_lock_two_take_the_same_number(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [await settled(f"A{n}", f"B{n}") for n in range(4)]

    async def unlocked(sql: str, *arguments: object) -> list[dict[str, object]]:
        if "pg_advisory_xact_lock" in sql:
            return []
        found = await execute(sql, *arguments)
        if sql.startswith("INSERT INTO certificate"):
            await asyncio.sleep(0.02)
        return found

    monkeypatch.setattr(service, "execute", unlocked)
    done = await asyncio.gather(
        *(service.give_all(BOARD, event.id, now=clock.now()) for event in events),
        return_exceptions=True,
    )

    assert any(isinstance(found, asyncpg.UniqueViolationError) for found in done)


async def test_anybody_learns_whether_it_is_valid_and_nothing_else(
    client: httpx.AsyncClient,
) -> None:
    event = await given("Annabel", "Bram")
    (view,) = await queries.of_event(event.id)

    answers = {}
    for state in S:
        await execute("UPDATE certificate SET state = $2 WHERE id = $1", view.id, state)
        answers[state.value] = await client.get(f"/verify/{view.code}")
    answers["unknown"] = await client.get(f"/verify/{rules.new_code()}")
    odd = await client.get("/verify/..%2F..%2Fme")
    typed = await client.get("/verify", params={"code": rules.shown_code(view.code).lower()})
    empty, wrong = await client.get("/verify"), await client.get("/verify?code=abc")

    said = ("is geldig", "is vervangen", "is ingetrokken", "kennen geen")
    for answer, words in zip(answers.values(), said, strict=True):
        assert answer.status_code == 200
        assert words in answer.text
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert not [word for word in ("Annabel", "Pijndag", view.number) if word in answer.text]
    assert odd.status_code in (200, 404)
    assert typed.headers["location"] == f"/verify/{view.code}"
    assert "kennen geen" not in empty.text
    assert "kennen geen" in wrong.text


async def test_its_holder_fetches_it_and_nobody_else(client: httpx.AsyncClient) -> None:
    event = await given("Anna", "Bram")
    (view,) = await queries.of_event(event.id)
    link = f"/registrations/{event.codes['Anna']}"

    by_link = await client.get(f"{link}/certificate")
    others = await client.get(f"/registrations/{event.codes['Bram']}/certificate")
    own = await client.get(link)
    await sign_in(client, await holder(event, "Bram"))
    foreign = await client.get(f"/me/certificates/{view.id}")
    await sign_in(client, await holder(event, "Anna"))
    mine = await client.get("/me/certificates")
    paper = await client.get(f"/me/certificates/{view.id}")

    assert by_link.content.startswith(b"%PDF")
    assert f"certificaat-{view.number}.pdf" in by_link.headers["content-disposition"]
    assert f"{link}/certificate" in own.text
    assert (others.status_code, foreign.status_code) == (404, 404)
    assert view.number in mine.text
    assert paper.content.startswith(b"%PDF")
    await service.revoke(BOARD, view.id, "Vergissing.")
    assert (await client.get(f"{link}/certificate")).status_code == 404
    assert (await client.get(f"/me/certificates/{view.id}")).status_code == 404


async def test_board_gives_looks_and_takes_back(client: httpx.AsyncClient) -> None:
    event = await settled("Anna", "Bram", "Cora")
    await sign_in(client, await factories.carla())
    base = f"/board/events/{event.slug}/certificates"

    before = await client.get(base)
    await client.post(base)
    during = await client.get(base)
    await making.make(clock.now())
    after = await client.get(base)
    view = (await queries.of_event(event.id))[0]
    wrong = await client.post(f"{base}/{view.id}/revocation", data={"reason": ""})
    await client.post(f"{base}/{view.id}/revocation", data={"reason": "Vergissing."})
    one = await client.get(f"{base}/{view.id}")
    elsewhere = await day()
    foreign = await client.get(f"/board/events/{elsewhere.slug}/certificates/{view.id}")

    assert "Er zijn 2 mensen die er waren" in before.text
    assert "Cora: niet gezien" in before.text
    assert "0 van 2 gemaakt" in during.text
    assert "2 certificaten zijn gemaakt" in after.text
    assert wrong.status_code == 422
    assert heading(one) == f"Certificaat {view.number}"
    assert "Vergissing." in one.text
    assert foreign.status_code == 404


async def test_who_is_erased_leaves_a_number_that_can_be_checked(db: None) -> None:
    event = await given("Anna", "Bram")
    await making.make(clock.now())
    (view,) = await queries.of_event(event.id)
    await execute("DELETE FROM membership WHERE person = $1", view.person_id)

    await erasing.erase(BOARD, view.person_id, now=clock.now())
    await making.make(clock.now())

    assert await queries.state_of(view.code) == "valid"
    assert await queries.pdf(view.id) is None
    with pytest.raises(NotFound):
        await queries.printed(view.id)


async def test_who_is_erased_before_gets_none(client: httpx.AsyncClient) -> None:
    event = await settled("Anna", "Bram", "Cora")
    await execute("DELETE FROM membership WHERE person = $1", event.people["Anna"])
    await erasing.erase(BOARD, event.people["Anna"], now=clock.now())
    await sign_in(client, await factories.carla())

    page = await client.get(f"/board/events/{event.slug}/certificates")
    given_out = await service.give_all(BOARD, event.id, now=clock.now())

    assert "<li>–" not in page.text
    assert given_out == 1
    assert await states(event) == {"Bram 1": "valid"}


async def test_pages_ask_as_many_statements_for_many(client: httpx.AsyncClient) -> None:
    few = await given("Anna", "Bram")
    many = await given(*(f"P{n}" for n in range(12)))
    await sign_in(client, await factories.carla())

    costs = [
        await statements(client, "GET", f"/board/events/{event.slug}/certificates")
        for event in (few, many)
    ]

    assert costs[0] == costs[1]
