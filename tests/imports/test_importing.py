"""Files against a real register: looked at, taken in at once, again, and undone."""

import asyncio
from datetime import date, timedelta

import pytest

from server import clock
from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound, WrongState
from server.imports import queries, service, undoing, working
from server.memberships import queries as memberships
from server.people import service as people
from server.segments import queries as segments
from tests import factories
from tests.clients import letters
from tests.factories import acting
from tests.imports.cast import CARLA, keys, looked_at, outcomes, taken_in, types

HEAD = (
    "Lidnr;Voorletters;Tussenvoegsel;Achternaam;E-mail;Plaats;Soort;Lid sinds;Lid tot;BIG-nummer\n"
)
ANNA = "501;A.;van der;Berg;anna@example.org;Zwolle;Gewoon lid;1-1-2022;;09012345625\n"
BRAM = "502;B.;;Smit;bram@example.org;Ede;Aspirant lid;1-5-2023;;\n"

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


@pytest.fixture(autouse=True)
async def kinds(db: None) -> None:
    await types()


async def everything() -> dict[str, list[dict[str, object]]]:
    tables = ("person", "membership", "registration_number", "audit_entry", "outbox_letter")
    return {t: await execute(f"SELECT * FROM {t} ORDER BY id") for t in tables}


async def test_new_people_come_in_with_number_membership_and_claimed_register() -> None:
    batch = await taken_in(HEAD + ANNA + BRAM)

    assert batch.state == "imported"
    rows = await execute(
        "SELECT p.display_name, p.email_state, m.number, m.starts_on, n.number AS big, n.state"
        " FROM person p JOIN membership m ON m.person = p.id"
        " LEFT JOIN registration_number n ON n.person = p.id ORDER BY m.number"
    )
    assert rows == [
        {
            "display_name": "A. van der Berg",
            "email_state": "unverified",
            "number": 501,
            "starts_on": date(2022, 1, 1),
            "big": "09012345625",
            "state": "claimed",
        },
        {
            "display_name": "B. Smit",
            "email_state": "unverified",
            "number": 502,
            "starts_on": date(2023, 5, 1),
            "big": None,
            "state": None,
        },
    ]
    assert await letters() == []


async def test_looking_changes_nothing_and_the_same_file_twice_neither() -> None:
    before = await everything()
    batch = await looked_at(HEAD + ANNA)
    after = await everything()
    changed = {k for k in before if before[k] != after[k]}
    assert changed == {"audit_entry"}

    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())
    again = await looked_at(HEAD + ANNA)

    assert await outcomes(again) == [(2, "unchanged")]
    with pytest.raises(service.NothingToDo):
        await service.ask_to_take_in(CARLA, again.id)


async def test_old_and_new_are_shown_and_empty_or_skipped_cells_touch_nothing() -> None:
    await taken_in(HEAD + ANNA)

    batch = await looked_at("Lidnr;Plaats;Achternaam;Telefoon\n501;Kampen;;\n")

    [row] = await queries.rows(batch.id)
    assert (row.outcome, row.changes) == ("changed", [("city", "Zwolle", "Kampen")])
    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())
    who = await people.find_by_email("anna@example.org")
    assert who is not None
    assert (who.city, who.surname, who.prefix) == ("Kampen", "Berg", "van der")


async def test_years_of_history_become_continuous_periods() -> None:
    lines = [
        "7;Anna;Berg;a@example.org;Aspirant lid;1-1-2022;31-12-2022\n",
        "7;Anna;Berg;a@example.org;Gewoon lid;1-1-2024;31-12-2024\n",
        "7;Anna;Berg;a@example.org;Aspirant lid;1-1-2023;31-12-2023\n",
        "7;Anna;Berg;a@example.org;Gewoon lid;1-1-2025;\n",
    ]
    text = "Lidnr;Voornaam;Achternaam;E-mail;Soort;Lid sinds;Lid tot\n" + "".join(lines)

    await taken_in(text)

    who = await people.find_by_email("a@example.org")
    assert who is not None
    found = (await memberships.standing(int(who.id))).periods
    assert [(p.type_code, p.starts_on, p.ends_on, p.number) for p in found] == [
        ("gewoon", date(2024, 1, 1), None, 7),
        ("aspirant", date(2022, 1, 1), date(2023, 12, 31), 7),
    ]
    assert {outcome for _, outcome in await outcomes(await looked_at(text))} == {"unchanged"}


async def test_first_day_is_never_reset_and_an_end_is_set() -> None:
    await taken_in(HEAD + ANNA)

    later = await looked_at("Lidnr;Soort;Lid sinds\n501;Gewoon lid;1-6-2024\n")
    earlier = await looked_at("Lidnr;Soort;Lid sinds\n501;Gewoon lid;1-6-2021\n")
    ended = await taken_in("Lidnr;Soort;Lid sinds;Lid tot\n501;Gewoon lid;1-1-2022;31-12-2026\n")

    assert await outcomes(later) == [(2, "unchanged")]
    assert await keys(earlier) == [(2, "imports.wrong.overlap")]
    [row] = await queries.rows(ended.id)
    assert row.changes == [("ends_on", "", "2026-12-31")]


async def test_duplicates_in_the_file_and_of_somebody_we_know() -> None:
    smit = await factories.known("Smit", initials="B.", city="Ede")
    text = HEAD + ANNA + ";A.;van der;Berg;ANNA@example.org;;;;;\n" + BRAM

    batch = await looked_at(text)

    assert await outcomes(batch) == [(2, "new"), (3, "duplicate"), (4, "duplicate")]
    rows = await queries.rows(batch.id, "duplicate")
    assert rows[0].problems == [{"of_line": 2}]
    assert rows[1].problems == [{"person": smit.id, "reasons": ["name", "city"], "is_sure": False}]


@pytest.mark.parametrize(("word", "outcome", "count"), [("", "changed", 1), ("other", "new", 2)])
async def test_board_decides_who_is_the_same(word: str, outcome: str, count: int) -> None:
    smit = await factories.known("Smit", initials="B.", city="Ede")
    batch = await looked_at(HEAD + BRAM)

    await service.decide(CARLA, batch.id, {2: word or str(smit.id)}, take_proposals=False)
    await working.tick(clock.now())
    assert await outcomes(batch) == [(2, outcome)]
    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())

    assert len(await execute("SELECT 1 FROM person")) == count


async def test_shared_mailbox_is_not_taken_for_one_person() -> None:
    await factories.known("Jansen", email="praktijk@example.org", email_key="praktijk@example.org")

    batch = await looked_at("Achternaam;E-mail\nPietersen;praktijk@example.org\n")

    assert await outcomes(batch) == [(2, "duplicate")]


async def test_all_errors_come_at_once_and_the_rest_goes_in() -> None:
    text = HEAD + ANNA + "x;B.;;;geen;;Erelid;morgen;;123\n" + ";C.;;Vos;c@example.org;;;;;\n"

    batch = await taken_in(text)

    assert await outcomes(batch) == [(2, "new"), (3, "error"), (4, "new")]
    assert len(await keys(batch)) == 6
    assert len(await execute("SELECT 1 FROM person")) == 2


async def test_proposed_numbers_are_taken_when_the_board_says_so() -> None:
    text = HEAD + ANNA.replace("09012345625", "9012345625")
    batch = await looked_at(text)
    assert await outcomes(batch) == [(2, "error")]

    await service.decide(CARLA, batch.id, {}, take_proposals=True)
    await working.tick(clock.now())

    assert await outcomes(batch) == [(2, "new")]


async def test_register_that_changed_meanwhile_is_looked_at_again() -> None:
    batch = await looked_at(HEAD + ANNA)
    await factories.known("Berg", email="anna@example.org", email_key="anna@example.org")

    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())
    await working.tick(clock.now())

    after = await queries.batch(batch.id)
    assert (after.state, after.counts["note"]["key"]) == (
        "checked",
        "imports.note.register_changed",
    )
    assert await execute("SELECT 1 FROM membership") == []


async def test_one_line_that_fails_leaves_nothing_of_the_file() -> None:
    batch = await looked_at(HEAD + ANNA + BRAM)
    other = await factories.member("Dirk")
    await execute("UPDATE membership SET number = 502 WHERE person = $1", other.id)
    await service.ask_to_take_in(CARLA, batch.id)
    await working.tick(clock.now())
    await working.tick(clock.now())

    assert await people.find_by_email("anna@example.org") is None
    assert (await queries.batch(batch.id)).state == "checked"


async def test_two_workers_take_a_file_in_once() -> None:
    batch = await looked_at(HEAD + ANNA + BRAM)
    await service.ask_to_take_in(CARLA, batch.id)

    await asyncio.gather(*(working.tick(clock.now()) for _ in range(4)))

    assert len(await execute("SELECT 1 FROM person")) == 2
    assert (await queries.batch(batch.id)).state == "imported"


async def test_own_address_is_not_changed_by_a_file_and_the_others_go_in() -> None:
    carla = await factories.carla()
    herself = acting(carla, roles=("board",))
    text = "Lidnr;Voorletters;Achternaam;E-mail\n"
    number = (await execute("SELECT number FROM membership WHERE person = $1", carla.id))[0][
        "number"
    ]

    batch = await taken_in(text + f"{number};;Carla;ander@example.org\n;B.;Smit;b@example.org\n",
                           herself)  # fmt: skip

    assert await keys(batch) == [(2, "people.refusal.own_address")]
    assert (await queries.batch(batch.id)).state == "imported"


async def test_own_line_of_whoever_imports_stays_out_and_the_others_go_in() -> None:
    carla = await factories.member("Carla")
    herself = acting(carla, roles=("board",))
    await execute("UPDATE membership SET number = 9")
    text = "Lidnr;Voorletters;Achternaam;E-mail;Soort;Lid sinds;Lid tot\n"
    own = "9;;Carla;carla@example.com;Gewoon lid;1-1-2020;1-1-2030\n"

    batch = await taken_in(
        text + own + "502;B.;Smit;bram@example.org;Aspirant lid;1-5-2023;\n", herself
    )

    assert (batch.state, await outcomes(batch)) == ("imported", [(2, "error"), (3, "new")])
    assert await keys(batch) == [(2, "memberships.refusal.own_membership")]
    rows = await execute("SELECT number, ends_on FROM membership ORDER BY number")
    assert rows == [{"number": 9, "ends_on": None}, {"number": 502, "ends_on": None}]


async def test_line_of_another_who_takes_it_in_is_looked_at_again() -> None:
    carla = await factories.member("Carla")
    await execute("UPDATE membership SET number = 9")
    text = "Lidnr;Soort;Lid sinds;Lid tot\n9;Gewoon lid;1-1-2020;1-1-2030\n"
    batch = await looked_at(text)

    await service.ask_to_take_in(acting(carla, roles=("board",)), batch.id)
    await working.tick(clock.now())
    await working.tick(clock.now())

    assert await keys(batch) == [(2, "memberships.refusal.own_membership")]
    assert await execute("SELECT ends_on FROM membership") == [{"ends_on": None}]


async def test_undo_takes_everything_back_as_it_was() -> None:
    await taken_in(HEAD + ANNA)
    before = {k: v for k, v in (await everything()).items() if k != "audit_entry"}
    batch = await taken_in(HEAD + ANNA.replace("Zwolle", "Kampen").replace(";;09", ";31-12-2030;09")
                           + BRAM)  # fmt: skip

    assert await undoing.try_to_undo(CARLA, batch.id, now=clock.now()) == []
    assert (await queries.batch(batch.id)).state == "imported"
    assert await undoing.undo(CARLA, batch.id, now=clock.now()) == []

    after = {k: v for k, v in (await everything()).items() if k != "audit_entry"}
    for rows in (*before.values(), *after.values()):
        for row in rows:
            row.pop("revision", None)
            row.pop("changed_at", None)
    assert after == before
    with pytest.raises(WrongState):
        await undoing.undo(CARLA, batch.id, now=clock.now())


async def test_undo_says_what_stays_and_why() -> None:
    batch = await taken_in(HEAD + ANNA + BRAM)
    anna = await people.find_by_email("anna@example.org")
    assert anna is not None
    event, _ = await factories.open_event(1)
    await execute(
        "INSERT INTO registration (event, person, code, idempotency_key)"
        " VALUES ($1, $2, 'x', gen_random_uuid())",
        *(event.id, anna.id),
    )

    trial = await undoing.try_to_undo(CARLA, batch.id, now=clock.now())
    left = await undoing.undo(CARLA, batch.id, now=clock.now())

    assert trial == left
    assert [(one.line, one.keys) for one in left] == [(2, ["imports.left.person"])]
    assert len(await execute("SELECT 1 FROM person")) == 1


async def test_columns_are_remembered_by_source() -> None:
    text = "Wie;Waar\nJansen;Ede\n"
    first = await service.bring(CARLA, "a.csv", text.encode(), now=clock.now())
    with pytest.raises(Invalid):
        await service.choose(CARLA, first, {0: "", 1: "city"}, now=clock.now())
    with pytest.raises(Invalid):
        await service.choose(CARLA, first, {0: "city", 1: "city"}, now=clock.now())
    chosen = {0: "surname", 1: "city"}
    await service.choose(CARLA, first, chosen, source="boekhouding", now=clock.now())

    again = await service.bring(
        CARLA, "b.csv", text.encode(), source="boekhouding", now=clock.now()
    )

    assert (await queries.batch(again)).fields == chosen


async def test_citizen_service_numbers_are_nowhere_in_the_database() -> None:
    text = "Achternaam;BSN\nJansen;111222333\n"

    batch_id = await service.bring(CARLA, "a.csv", text.encode(), now=clock.now())

    batch = await queries.batch(batch_id)
    assert batch.columns["left_out"] == ["BSN"]
    rows = await execute("SELECT content FROM import_batch")
    assert b"111222333" not in bytes(rows[0]["content"])


async def test_only_the_board_brings_files() -> None:
    for nobody in (Actor(), Actor(person_id=1, roles=frozenset({"treasurer"}))):
        with pytest.raises(NotFound):
            await service.bring(nobody, "a.csv", b"a;b\n1;2\n", now=clock.now())


async def test_lines_are_forgotten_after_thirty_days() -> None:
    batch = await taken_in(HEAD + ANNA)
    assert await service.forget(clock.now() + timedelta(days=29)) == 0

    assert await service.forget(clock.now() + timedelta(days=31)) == 1

    assert await queries.rows(batch.id) == []
    assert (await queries.batch(batch.id)).is_kept is False
    assert len(await execute("SELECT 1 FROM membership")) == 1


async def test_forgotten_file_is_not_looked_at_again() -> None:
    batch = await looked_at(HEAD + ANNA)
    await service.forget(clock.now() + timedelta(days=31))

    with pytest.raises(NotFound):
        await service.choose(CARLA, batch.id, {3: "surname"}, now=clock.now())
    with pytest.raises(NotFound):
        await service.ask_to_take_in(CARLA, batch.id)


async def test_a_file_that_fails_does_not_keep_the_others_waiting() -> None:
    broken = await looked_at(HEAD + ANNA)
    other = await looked_at(HEAD + BRAM)
    for batch in (broken, other):
        await service.ask_to_take_in(CARLA, batch.id)
    await execute("UPDATE import_batch SET content = $2 WHERE id = $1", broken.id, b"\xff")

    with pytest.raises(ExceptionGroup):
        await working.tick(clock.now())
    await working.tick(clock.now())

    assert (await queries.batch(other.id)).state == "imported"
    left = await queries.batch(broken.id)
    assert (left.state, left.counts["note"]["key"]) == ("uploaded", "imports.note.failed")


async def test_line_with_a_kind_that_did_not_exist_is_wrong_before_anything_is_taken_in() -> None:
    await execute("UPDATE membership_type SET valid_to = '2022-12-31' WHERE code = 'aspirant'")

    batch = await looked_at(HEAD + ANNA + BRAM)

    assert await keys(batch) == [(3, "memberships.field.type.over")]
    assert await outcomes(batch) == [(2, "new"), (3, "error")]


async def test_a_kind_that_did_not_exist_is_wrong_where_the_last_day_is_worked_out_too() -> None:
    await execute("UPDATE membership_type SET valid_from = '2024-01-01', period_kind = 'calendar'")

    batch = await looked_at(
        "Achternaam;E-mail;Soort;Lid sinds\nVos;v@example.org;Gewoon;1-1-2022\n"
    )

    assert await keys(batch) == [(2, "memberships.field.type.over")]


async def test_an_imported_member_stands_in_the_list_of_their_province() -> None:
    head = "Lidnr;Achternaam;Postcode;Provincie;Soort;Lid sinds\n"
    text = head + "5;Vos;8011 AB;;Gewoon lid;1-1-2022\n6;Smit;;Fryslân;Gewoon lid;1-1-2022\n"
    text += "7;Kok;3511 AB;Gelderland;Gewoon lid;1-1-2022\n"
    await taken_in(text)

    counted = await segments.counts(clock.today())
    again = await outcomes(await looked_at(text))
    wrong = await keys(await looked_at("Achternaam;Provincie\nBos;Hainaut\n"))

    assert {key: n for key, n in counted.items() if key.startswith("province")} == {
        **{"province:OV": 1, "province:FR": 1, "province:UT": 1},
    }
    assert again == [(2, "unchanged"), (3, "unchanged"), (4, "unchanged")]
    assert wrong == [(2, "imports.wrong.province")]
