"""Points asked and granted; who was there handed in, differences too; numbers that are missing."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import quote

import httpx
import pytest

from server import clock
from server.accreditation import lists, queries, seeding, service
from server.accreditation.refusals import (
    AlreadyPlanned,
    NobodyToAsk,
    NothingNew,
    PresenceNotSettled,
)
from server.accreditation.states import ACCREDITATION
from server.actors import Actor
from server.attendance import correcting, drawing_up
from server.attendance.correcting import Correction
from server.database import execute, transaction
from server.duplicates import merging
from server.errors import Invalid, NotFound, WrongState
from server.people import numbers
from server.privacy import erasing, retention
from tables.accreditation import AccreditationRegister, AccreditationState
from tests import factories
from tests.attendance.cast import BOARD, IN, OUT, Day, day
from tests.clients import heading, letters, sign_in, statements

pytestmark = pytest.mark.anyio
S = AccreditationState
WEEK = timedelta(days=8)
GOOD, OTHER = "09012345625", "09912345616"


async def register(code: str = "FGzPt", **values: object) -> int:
    given = {"code": code, "name": code, "numbers": "BIG", "valid_from": date(2020, 1, 1)}
    row = AccreditationRegister(**{**given, **values})
    await row.save()
    return int(row.id)


async def over(*names: str, settles: bool = True) -> Day:
    """A day that is over: the last of these people left early."""
    event = await day()
    for n, name in enumerate(names):
        await event.comes(name, (0, IN), *([(1, OUT)] if n and n == len(names) - 1 else []))
    await event.drawn_up()
    await drawing_up.show(BOARD, event.id, now=clock.now())
    if settles:
        await drawing_up.settle(BOARD, event.id, now=clock.now() + WEEK)
    return event


async def has(event: Day, name: str, number: str, register: str = "BIG") -> None:
    await numbers.claim(BOARD, event.people[name], register, number)


async def granted(event: Day, **values: object) -> int:
    made = await service.plan(BOARD, event.id, await register(**values), now=clock.now())
    await service.submit(BOARD, made, external_id="12345")
    await service.grant(BOARD, made, "4")
    return made


async def kinds() -> list[str]:
    return [kind for kind, _ in await letters() if kind in ("number_wanted", "accreditation_due")]


async def test_a_register_is_planned_once_with_the_rules_of_that_day(db: None) -> None:
    event = await day()
    old = await register(valid_to=date(2021, 12, 31))
    new = await register(valid_from=date(2022, 1, 1), counts="coffee")

    (choice,) = await queries.choices(event.id, clock.day_of(event.starts_at))
    made = await service.plan(BOARD, event.id, new, now=clock.now())
    with pytest.raises(AlreadyPlanned):
        await service.plan(BOARD, event.id, new, now=clock.now())
    with pytest.raises(AlreadyPlanned):
        await service.plan(BOARD, event.id, old, now=clock.now())
    with pytest.raises(NotFound):
        await service.plan(BOARD, event.id, 999, now=clock.now())
    with pytest.raises(NotFound):
        await service.plan(Actor(name="Dirk"), event.id, new, now=clock.now())

    assert choice.id == new
    view = await queries.one(made)
    assert (view.counts, view.state) == ("coffee", "planned")
    assert view.due_on == view.ask_by


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("action", list(ACCREDITATION.moves))
async def test_every_state_knows_what_may_follow(db: None, state: S, action: str) -> None:
    event = await day()
    made = await service.plan(BOARD, event.id, await register(), now=clock.now())
    await execute("UPDATE accreditation SET state = $2 WHERE id = $1", made, state)
    move = ACCREDITATION.moves[action]

    async with transaction():
        if state in move.sources:
            moved = await ACCREDITATION.move(made, action, actor=BOARD)
            assert moved["state"] == move.target
        else:
            with pytest.raises(WrongState):
                await ACCREDITATION.move(made, action, actor=BOARD)


async def test_from_asking_to_taken(db: None) -> None:
    event = await over("Anna", "Bram", "Cora")
    made = await service.plan(BOARD, event.id, await register(), now=clock.now())
    await has(event, "Anna", GOOD)
    await service.submit(BOARD, made)
    with pytest.raises(Invalid):
        await service.question(BOARD, made, " ")
    await service.question(BOARD, made, "Wie zijn de sprekers?")
    await service.answer(BOARD, made)
    with pytest.raises(Invalid):
        await service.grant(BOARD, made, "veel")
    await service.grant(BOARD, made, "4", external_id="98765")
    await service.export(BOARD, made, now=clock.now())
    await service.confirm(BOARD, made)

    view = await queries.one(made)
    assert (view.state, view.external_id, view.points) == ("confirmed", "98765", 4)
    assert view.arithmetic.startswith("inhoud 4 uur, koffie 1 uur telt niet mee.")
    (kept,) = await queries.exports(made)
    assert kept.lines == [GOOD]
    assert len(kept.checksum) == 64


async def test_what_was_refused_or_withdrawn_can_be_asked_once_more(db: None) -> None:
    event = await over("Anna")
    made = await granted(event)
    await service.withdraw(BOARD, made, "Vergissing.")
    await service.resume(BOARD, made)
    again = await queries.one(made)
    await service.submit(BOARD, made)
    await service.refuse(BOARD, made, "Te kort.")
    await service.resume(BOARD, made)

    assert (again.state, again.points, again.arithmetic) == ("planned", None, "")
    assert (await queries.one(made)).state == "planned"


async def test_the_list_has_who_was_there_long_enough_with_a_number(db: None) -> None:
    event = await over("Anna", "Bram", "Cora", "Dora")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await has(event, "Bram", "NIP-00123456", "NIP")
    await execute(
        "INSERT INTO registration_number (person, register, number) VALUES ($1, 'BIG', '123')",
        event.people["Cora"],
    )

    found = await lists.of(await queries.one(made))

    assert found.lines == [GOOD]
    assert [(one.name, one.why) for one in found.without] == [("Bram", "none"), ("Cora", "odd")]
    assert found.too_short == ["Dora"]


async def test_a_few_minutes_late_cost_nobody_their_points(db: None) -> None:
    event = await day()
    await event.comes("Anna", (0.1, IN))
    await event.drawn_up()
    made = await granted(event)
    await has(event, "Anna", GOOD)

    assert (await lists.of(await queries.one(made))).lines == [GOOD]


async def test_a_number_that_ran_out_before_the_day_does_not_count(db: None) -> None:
    event = await over("Anna")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await execute("UPDATE registration_number SET valid_until = $1", date(2021, 1, 1))

    found = await lists.of(await queries.one(made))

    assert found.lines == []
    assert [one.why for one in found.without] == ["expired"]


async def test_a_number_that_ran_out_after_the_day_counts(db: None) -> None:
    event = await over("Anna")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    that_day = clock.day_of(event.starts_at)
    await execute("UPDATE registration_number SET state = 'verified', valid_until = $1", that_day)

    await numbers.expire(that_day + timedelta(days=3))

    assert (await lists.of(await queries.one(made))).lines == [GOOD]


async def test_nothing_is_handed_in_before_the_list_is_settled(db: None) -> None:
    event = await over("Anna", settles=False)
    made = await granted(event)

    with pytest.raises(PresenceNotSettled):
        await service.export(BOARD, made, now=clock.now())
    assert await service.tick(clock.now()) == 0
    await drawing_up.settle(BOARD, event.id, now=clock.now() + WEEK)
    assert await service.tick(clock.now()) == 1
    assert (await queries.one(made)).state == "presence_open"


async def test_a_correction_afterwards_gives_a_difference(db: None) -> None:
    event = await over("Anna", "Bram")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await has(event, "Bram", OTHER)
    await service.export(BOARD, made, now=clock.now())
    with pytest.raises(NothingNew):
        await service.export(BOARD, made, now=clock.now())
    assert await service.tick(clock.now()) == 0

    later = clock.now() + timedelta(minutes=1)
    anna, bram = event.people["Anna"], event.people["Bram"]
    whole = {event.parts["first"]: 120, event.parts["second"]: 120}
    await correcting.correct(BOARD, event.id, bram, Correction(whole, "Was er."), now=later)
    gone = Correction({}, "Was er niet.", is_excused=True)
    await correcting.correct(BOARD, event.id, anna, gone, now=later)
    assert await service.tick(later) == 1
    await service.export(BOARD, made, now=later)

    exports = await queries.exports(made)
    assert [one.lines for one in exports] == [[OTHER], [GOOD]]


async def test_a_number_that_comes_later_opens_the_list_again(db: None) -> None:
    event = await over("Anna", "Bram")
    made = await granted(event, minimum_percent=1)
    await has(event, "Anna", GOOD)
    await service.export(BOARD, made, now=clock.now())
    await service.confirm(BOARD, made)

    await has(event, "Bram", OTHER)

    assert await service.tick(clock.now()) == 1
    assert await service.tick(clock.now()) == 0
    await service.export(BOARD, made, now=clock.now())
    await execute("UPDATE accreditation SET state = 'presence_open'")
    with pytest.raises(NothingNew):
        await service.export(BOARD, made, now=clock.now())


async def test_two_who_became_one_open_the_list_again(db: None) -> None:
    event = await over("Anna", "Bram")
    made = await granted(event, minimum_percent=1)
    await has(event, "Bram", OTHER)
    await service.export(BOARD, made, now=clock.now())
    await execute("DELETE FROM membership")
    kept = await factories.known("Annie")
    await numbers.claim(BOARD, kept.id, "BIG", GOOD)
    await execute("UPDATE registration_number SET changed_at = changed_at - interval '1 day'")

    await merging.merge(BOARD, kept.id, event.people["Anna"], {}, now=clock.now())

    assert await service.tick(clock.now()) == 1
    assert (await lists.of(await queries.one(made))).lines == [GOOD, OTHER]


async def test_who_was_there_twice_as_two_has_one_number(db: None) -> None:
    event = await over("Anna", "Bram", "Cora")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await execute("DELETE FROM membership")

    await merging.merge(BOARD, event.people["Cora"], event.people["Anna"], {}, now=clock.now())

    found = await lists.of(await queries.one(made))
    assert (found.lines, [one.name for one in found.without]) == ([GOOD], ["Bram"])
    assert found.people == 1  # and not once for each of the two


async def test_a_correction_that_waited_while_it_was_handed_in_is_seen(db: None) -> None:
    event = await over("Anna", "Bram")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    asked_at = clock.now()
    await service.export(BOARD, made, now=clock.now())

    gone = Correction({}, "Was er niet.", is_excused=True)
    await correcting.correct(BOARD, event.id, event.people["Anna"], gone, now=asked_at)

    assert await service.tick(clock.now()) == 1


async def test_a_list_whose_numbers_are_forgotten_is_not_opened_again(db: None) -> None:
    event = await over("Anna")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await service.export(BOARD, made, now=clock.now())
    late = clock.now() + timedelta(days=740)

    await retention.apply(late)
    await execute("UPDATE registration_number SET changed_at = $1", late)

    assert (await queries.exports(made))[0].lines == []
    assert await service.tick(late) == 0


async def test_exactly_those_without_a_number_are_asked_once(db: None) -> None:
    event = await over("Anna", "Bram", "Cora", "Dora")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    await execute("UPDATE person SET email = NULL WHERE id = $1", event.people["Cora"])

    assert await service.ask_numbers(BOARD, made) == 1
    with pytest.raises(NobodyToAsk):
        await service.ask_numbers(BOARD, made)

    assert await kinds() == ["number_wanted"]


async def test_who_handles_it_is_reminded_once_of_each_day(db: None) -> None:
    await factories.carla()
    starts = clock.now() + timedelta(days=50)
    event, _ = await factories.open_event(5, starts_at=starts, ends_at=starts + timedelta(hours=4))
    made = await service.plan(BOARD, event.id, await register(), now=clock.now())
    early = (await queries.one(made)).ask_by - timedelta(days=15)

    await service.tick(clock.day_bounds(early)[0])
    assert await kinds() == []
    for days in (2, 5, 40):
        await service.tick(clock.day_bounds(early + timedelta(days=days))[0])
    assert await kinds() == ["accreditation_due"]
    await execute("UPDATE event SET state = 'cancelled'")
    assert (await queries.one(made)).due_on is None


async def test_who_is_erased_leaves_the_lists(db: None) -> None:
    event = await over("Anna", "Bram")
    made = await granted(event, minimum_percent=1)
    await has(event, "Anna", GOOD)
    await has(event, "Bram", OTHER)
    await service.export(BOARD, made, now=clock.now())
    (number,) = await numbers.of_person(event.people["Anna"])
    await numbers.change(BOARD, number.id, "09012345725")
    await execute("DELETE FROM membership WHERE person = $1", event.people["Anna"])

    await erasing.erase(BOARD, event.people["Anna"], now=clock.now())

    (kept,) = await queries.exports(made)
    assert kept.lines == [OTHER]
    found = await lists.of(await queries.one(made))
    assert (found.lines, found.without, found.too_short) == ([OTHER], [], [])


async def test_who_handed_it_in_is_forgotten_when_they_are_erased(db: None) -> None:
    event = await over("Anna")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    secretary = await factories.known("Secretaris")
    await service.export(replace(BOARD, name=secretary.display_name), made, now=clock.now())

    await erasing.erase(BOARD, secretary.id, now=clock.now())

    (kept,) = await queries.exports(made)
    assert (kept.by, kept.lines) == ("", [GOOD])


async def test_seeds_come_once_and_leave_what_the_board_changed(db: None) -> None:
    rows = [{"code": "NIP", "name": "NIP", "numbers": "NIP", "valid_from": "2020-01-01"}]

    assert await seeding.add_missing_registers(BOARD, rows, now=clock.now()) == 1
    await execute("UPDATE accreditation_register SET ask_days = 7")
    assert await seeding.add_missing_registers(BOARD, rows, now=clock.now()) == 0

    assert await execute("SELECT ask_days FROM accreditation_register") == [{"ask_days": 7}]


async def test_the_board_goes_through_it(client: httpx.AsyncClient) -> None:
    event = await over("Anna", "Bram", "Cora")
    await has(event, "Anna", GOOD)
    which = await register()
    await sign_in(client, await factories.carla())
    base = f"/board/events/{event.slug}/accreditation"

    empty = await client.get(base)
    none = await client.post(base, data={"register": ""})
    made = (await client.post(base, data={"register": str(which)})).headers["location"]
    await client.post(f"{made}/steps/submit", data={"external_id": "4711"})
    odd = await client.post(f"{made}/steps/grant", data={"points": "zes", "external_id": "4711"})
    await client.post(f"{made}/steps/grant", data={"points": "3,5"})
    page = await client.get(made)
    unknown = await client.post(f"{made}/steps/open")
    asked = await client.post(f"{made}/numbers")
    where = (await client.post(f"{made}/exports")).headers["location"]
    export, text = await client.get(where), await client.get(f"{where}/list.txt")
    overview = await client.get("/board/accreditation")

    assert "Nog geen register" in empty.text
    assert none.status_code == 422
    assert odd.status_code == 422
    assert 'value="zes"' in odd.text
    assert "3,5 punten" in page.text
    assert "Het register kende iets anders toe" in page.text
    assert "geen nummer bekend" in page.text
    assert unknown.status_code == 404
    assert asked.status_code == 303
    assert heading(export) == "Lijst voor FGzPt"
    assert text.text == f"{GOOD}\r\n"
    assert "attachment" in text.headers["content-disposition"]
    assert "Doorgegeven" in overview.text


async def test_numbers_of_people_ask_a_fresh_second_step(client: httpx.AsyncClient) -> None:
    event = await over("Anna")
    made = await granted(event)
    await has(event, "Anna", GOOD)
    kept = await service.export(BOARD, made, now=clock.now())
    await sign_in(client, await factories.carla())
    await execute("UPDATE session SET proved_at = proved_at - interval '1 hour'")
    base = f"/board/events/{event.slug}/accreditation/{made}/exports"

    answers = [
        await client.get(f"{base}/{kept}"),
        await client.get(f"{base}/{kept}/list.txt"),
        await client.post(base),
    ]

    assert [one.status_code for one in answers] == [303, 303, 303]
    assert all("/second-step" in one.headers["location"] for one in answers)


async def test_the_file_of_a_register_with_an_odd_code_is_fetched(
    client: httpx.AsyncClient,
) -> None:
    event = await over("Anna")
    made = await granted(event, code='A"é€/x')
    await has(event, "Anna", GOOD)
    kept = await service.export(BOARD, made, now=clock.now())
    await sign_in(client, await factories.carla())

    answer = await client.get(
        f"/board/events/{event.slug}/accreditation/{made}/exports/{kept}/list.txt"
    )

    assert answer.text == f"{GOOD}\r\n"
    name = f"Aé€x-{event.slug}-{kept}.txt"
    assert f"filename*=UTF-8''{quote(name)}" in answer.headers["content-disposition"]


async def test_a_participant_gives_a_number_by_the_link(client: httpx.AsyncClient) -> None:
    event = await over("Anna", "Bram")
    path = f"/registrations/{event.codes['Anna']}/numbers"

    nothing = await client.get(path)
    await granted(event)
    page = await client.get(path)
    wrong = await client.post(path, data={"register": "BIG", "number": "9012345625"})
    other = await client.post(path, data={"register": "NIP", "number": "NIP-00123456"})
    given = await client.post(path, data={"register": "BIG", "number": GOOD})
    after = await client.get(path)

    assert nothing.status_code == 404
    assert heading(page) == "Uw nummer voor accreditatie"
    assert f"Bedoelt u {GOOD}?" in wrong.text
    assert other.status_code == 422
    assert given.status_code == 303
    assert "Al bekend: BIG." in after.text
    (number,) = await numbers.of_person(event.people["Anna"])
    assert (number.number, number.state) == (GOOD, "claimed")


async def test_the_link_of_who_is_erased_takes_nothing_any_more(client: httpx.AsyncClient) -> None:
    event = await over("Anna", "Bram")
    await granted(event)
    await execute("DELETE FROM membership")
    await erasing.erase(BOARD, event.people["Anna"], now=clock.now())
    link = f"/registrations/{event.codes['Anna']}"

    pages = ("", "/numbers", "/presence", "/evaluation", "/answers", "/ticket")
    answers = [await client.get(f"{link}{page}") for page in pages]
    given = await client.post(f"{link}/numbers", data={"register": "BIG", "number": GOOD})

    assert {one.status_code for one in (*answers, given)} == {404}
    assert await execute("SELECT 1 FROM registration_number") == []


async def test_the_page_asks_as_many_statements_for_many(client: httpx.AsyncClient) -> None:
    few, many = await over("Anna"), await over(*(f"P{n}" for n in range(9)))
    await sign_in(client, await factories.carla())
    costs = []
    for event in (few, many):
        made = await granted(event, code=f"R{event.id}")
        path = f"/board/events/{event.slug}/accreditation/{made}"
        costs.append(await statements(client, "GET", path))

    assert costs[0] == costs[1]
