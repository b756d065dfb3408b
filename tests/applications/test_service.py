"""Applying, confirming, answering, deciding: who learns what, and what remains."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from server.actors import ANONYMOUS, Actor
from server.applications import deciding, queries, service
from server.applications.service import LinkUsedUp
from server.applications.states import APPLICATION
from server.database import execute, transaction
from server.errors import Invalid, NotFound, WrongState
from server.memberships import queries as memberships
from server.memberships.refusals import Overlap
from server.memberships.rules import Status
from server.people import numbers
from server.people import service as people
from tables.accounts import Role, RoleGrant
from tables.memberships import ApplicationState, Membership
from tests import factories
from tests.applications.cast import CARLA, EMAIL, NOON, applied, form, kind, state, token
from tests.clients import last_letter, letters

pytestmark = pytest.mark.anyio
FIRST = date(2026, 12, 1)


async def test_the_board_sees_an_application_only_once_its_address_is_confirmed(db: None) -> None:
    carla = await factories.carla()

    await service.apply(ANONYMOUS, await form(), now=NOON)

    assert await letters() == [("application_to_confirm", EMAIL)]
    assert await queries.in_states(("submitted",)) == []
    code = await service.confirm(await token(), now=NOON)
    assert (await queries.get(code)).submitted_at == NOON
    assert (await letters())[1:] == [
        ("application_received", EMAIL),
        ("application_arrived", carla.email),
    ]


async def test_a_link_confirms_once_and_for_a_week(db: None) -> None:
    await service.apply(ANONYMOUS, await form(), now=NOON)
    link = await token()

    with pytest.raises(LinkUsedUp):
        await service.confirm(link, now=NOON + timedelta(days=7))
    await service.confirm(link, now=NOON + timedelta(days=6))
    with pytest.raises(LinkUsedUp):
        await service.confirm(link, now=NOON)
    with pytest.raises(LinkUsedUp):
        await service.confirm("nonsense", now=NOON)


async def test_two_links_of_one_address_make_one_application(db: None) -> None:
    links = []
    for _ in range(2):
        await service.apply(ANONYMOUS, await form(), now=NOON)
        links.append(await token())

    done = await asyncio.gather(
        *(service.confirm(link, now=NOON) for link in links), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in done) == ["LinkUsedUp", "str"]
    assert len(await queries.in_states(("submitted",))) == 1


async def test_who_is_signed_in_with_this_address_need_not_confirm(db: None) -> None:
    dirk = factories.acting(await factories.dirk())

    code = await service.apply(dirk, await form(email="Dirk@Example.com"), now=NOON)

    assert code is not None
    view = await queries.get(code)
    assert (view.state, view.person_id) == ("submitted", dirk.person_id)


async def test_somebody_elses_address_is_confirmed_also_by_who_is_signed_in(db: None) -> None:
    dirk = factories.acting(await factories.dirk())

    assert await service.apply(dirk, await form(), now=NOON) is None
    assert await letters() == [("application_to_confirm", EMAIL)]


async def test_an_open_application_and_a_membership_are_told_by_letter_only(db: None) -> None:
    await applied()
    anna = await factories.anna()

    assert await service.apply(ANONYMOUS, await form(), now=NOON) is None
    assert await service.apply(ANONYMOUS, await form(email=anna.email), now=NOON) is None

    assert (await letters())[-2:] == [
        ("application_known", EMAIL),
        ("already_member", anna.email),
    ]
    assert len(await execute("SELECT 1 FROM membership_application")) == 1


async def test_at_most_three_letters_an_hour_go_to_one_address(db: None) -> None:
    for _ in range(5):
        await service.apply(ANONYMOUS, await form(), now=NOON)

    assert await letters() == [("application_to_confirm", EMAIL)] * 3


@pytest.mark.parametrize(
    ("wrong", "problems"),
    [
        ({"surname": " "}, {"surname": "errors.field.required"}),
        ({"email": "x, y@z.nl"}, {"email": "errors.field.email"}),
        (
            {"phone": "12", "postcode": "1234 SS"},
            {"phone": "people.field.phone.wrong", "postcode": "people.field.postcode.wrong"},
        ),
        ({"register": "BIG"}, {"number": "applications.field.number.needed"}),
        ({"number": "1"}, {"register": "applications.field.register.needed"}),
        ({"register": "BIG", "number": "1"}, {"number": "people.number.big"}),
        ({"register": "BIG", "number": "111222333"}, {"number": "people.number.bsn"}),
        ({"initials": "GZ-psycholoog"}, {"initials": "people.field.title_in_name"}),
        ({"type_id": 99999}, {"type": "errors.field.choice"}),
    ],
)
async def test_everything_that_is_wrong_is_said_at_once(
    db: None, wrong: dict[str, object], problems: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as said:
        await service.apply(ANONYMOUS, await form(**wrong), now=NOON)

    assert said.value.fields == problems
    assert await execute("SELECT 1 FROM membership_application") == []


async def test_a_type_that_needs_a_register_asks_for_the_number(db: None) -> None:
    type_id = await kind("gewoon", needs_register=True)

    with pytest.raises(Invalid) as said:
        await service.apply(ANONYMOUS, await form(type_id=type_id), now=NOON)

    assert said.value.fields == {"number": "applications.field.number.needed"}


async def test_the_board_asks_and_the_applicant_answers(db: None) -> None:
    view = await applied()

    await deciding.ask_more(CARLA, view.id, "Waar werkt u?", now=NOON)
    assert await state(view) == "waiting"
    assert (await last_letter())["question"] == "Waar werkt u?"
    with pytest.raises(Invalid):
        await service.answer(view.code, "  ")
    await service.answer(view.code, "In Zwolle.")

    answered = await queries.get(view.code)
    assert (answered.state, answered.answer) == ("submitted", "In Zwolle.")


async def test_an_answer_changes_neither_the_place_in_line_nor_a_past_day(db: None) -> None:
    dirk = await factories.dirk()
    code = await service.apply(
        factories.acting(dirk), await form(surname="Dirk", email=dirk.email), now=NOON
    )
    view = await queries.get(code or "")
    later = await applied(email="later@example.com")
    await deciding.ask_more(CARLA, view.id, "Waar werkt u?", now=NOON)

    await service.answer(view.code, "In Zwolle.")

    assert (await queries.get(view.code)).submitted_at == view.submitted_at
    waiting = await queries.in_states(("submitted",))
    assert [one.id for one in waiting] == [view.id, later.id]
    standing = await memberships.standing(dirk.id)
    assert standing.status_on(FIRST) == Status.applicant


async def test_admitting_makes_a_person_a_number_and_a_membership(db: None) -> None:
    view = await applied(
        register="BIG", number="09012345625", title="gz_psychologist", phone="06-12345678"
    )

    await deciding.approve(CARLA, view.id, starts_on=FIRST, now=NOON)

    row = (await execute("SELECT * FROM person WHERE email_key = $1", EMAIL))[0]
    assert (row["display_name"], row["phone"]) == ("E. Eland", "+31612345678")
    assert row["email_state"] == "ok"
    (number,) = await numbers.of_person(row["id"])
    assert (number.register, number.number, number.state) == ("BIG", "09012345625", "claimed")
    period = (await execute("SELECT * FROM membership WHERE person = $1", row["id"]))[0]
    assert (period["starts_on"], period["ends_on"]) == (FIRST, None)
    assert await last_letter() == {
        "agenda": "netwerk@localhost.localdomain",
        "wanted": "Belangstellend",
        "number": period["number"],
        "first_day": "dinsdag 1 december 2026",
        "url": "http://localhost:8000/me",
        "name": "E. Eland",
    }


async def test_who_was_a_member_before_keeps_person_data_and_number(db: None) -> None:
    els = await factories.known("Els", phone="+31201234567")
    type_id = await kind()
    await Membership(
        person=els.id, type=type_id, number=77, starts_on=date(2020, 1, 1), ends_on=date(2021, 1, 1)
    ).save()
    view = await applied(phone="06-12345678", city="Zwolle")

    await deciding.approve(CARLA, view.id, starts_on=FIRST, now=NOON)

    rows = await execute("SELECT surname, phone, city FROM person")
    assert [dict(row) for row in rows] == [
        {"surname": "Els", "phone": "+31201234567", "city": "Zwolle"}
    ]
    newest = await execute("SELECT number FROM membership ORDER BY starts_on DESC LIMIT 1")
    assert newest[0]["number"] == 77


async def test_the_board_may_recognise_somebody_under_another_address(db: None) -> None:
    anton = await factories.known("Anton")
    view = await applied()

    await deciding.approve(CARLA, view.id, starts_on=FIRST, person_id=anton.id, now=NOON)

    rows = await execute(
        "SELECT p.email, m.person FROM membership m JOIN person p ON p.id = m.person"
    )
    assert [(row["email"], row["person"]) for row in rows] == [("anton@example.com", anton.id)]


async def test_a_member_cannot_be_admitted_twice_and_nothing_is_left_half(db: None) -> None:
    anna = await factories.anna()
    view = await applied()

    with pytest.raises(Overlap):
        await deciding.approve(CARLA, view.id, starts_on=FIRST, person_id=anna.id, now=NOON)

    assert await state(view) == "submitted"
    assert (await letters())[-1][0] != "welcome_member"


async def test_turning_down_needs_a_reason_which_the_applicant_reads(db: None) -> None:
    view = await applied()

    with pytest.raises(Invalid):
        await deciding.reject(CARLA, view.id, " ", now=NOON)
    await deciding.reject(CARLA, view.id, "Geen psycholoog.", now=NOON)

    assert await state(view) == "rejected"
    assert (await last_letter())["reason"] == "Geen psycholoog."
    await applied()


@pytest.mark.parametrize("role", ["editor", "accreditor", "treasurer"])
async def test_only_an_office_that_changes_people_decides(db: None, role: str) -> None:
    view = await applied()
    other = Actor(person_id=1, roles=frozenset({role}))

    verbs: list[Callable[[], Awaitable[object]]] = [
        lambda: deciding.approve(other, view.id, starts_on=FIRST, now=NOON),
        lambda: deciding.reject(other, view.id, "Nee.", now=NOON),
        lambda: deciding.ask_more(other, view.id, "Wie?", now=NOON),
    ]
    for verb in verbs:
        with pytest.raises(NotFound):
            await verb()
    assert await state(view) == "submitted"


async def submit(row_id: int) -> None:
    async with transaction():
        await APPLICATION.move(row_id, "submit", actor=ANONYMOUS)


@pytest.mark.parametrize("from_state", ApplicationState)
@pytest.mark.parametrize("action", APPLICATION.moves)
async def test_every_move_from_every_state(
    db: None, from_state: ApplicationState, action: str
) -> None:
    view = await applied()
    await execute("UPDATE membership_application SET state = $1", from_state.value)
    verbs: dict[str, Callable[[], Awaitable[object]]] = {
        "submit": lambda: submit(view.id),
        "ask_more": lambda: deciding.ask_more(CARLA, view.id, "Wie?", now=NOON),
        "answer": lambda: service.answer(view.code, "Ik."),
        "approve": lambda: deciding.approve(CARLA, view.id, starts_on=FIRST, now=NOON),
        "reject": lambda: deciding.reject(CARLA, view.id, "Nee.", now=NOON),
        "withdraw": lambda: service.withdraw(view.code, now=NOON),
    }
    move = APPLICATION.moves[action]
    before = len(await execute("SELECT 1 FROM audit_entry"))

    if from_state not in move.sources:
        with pytest.raises(WrongState):
            await verbs[action]()
        assert await state(view) == from_state
        assert len(await execute("SELECT 1 FROM audit_entry")) == before
    else:
        await verbs[action]()
        assert await state(view) == move.target


async def test_two_decisions_at_once_make_one(db: None) -> None:
    view = await applied()

    done = await asyncio.gather(
        deciding.approve(CARLA, view.id, starts_on=FIRST, now=NOON),
        deciding.reject(CARLA, view.id, "Nee.", now=NOON),
        return_exceptions=True,
    )

    assert sum(isinstance(one, WrongState) for one in done) == 1
    decided = [
        kind for kind, _ in await letters() if kind in ("welcome_member", "application_rejected")
    ]
    assert len(decided) == 1


async def test_an_unconfirmed_draft_is_forgotten(db: None) -> None:
    await service.apply(ANONYMOUS, await form(), now=NOON)

    assert await service.tick(NOON + timedelta(days=6)) == 0
    assert await service.tick(NOON + timedelta(days=8)) == 1
    assert await service.tick(NOON + timedelta(days=8)) == 0
    assert await execute("SELECT 1 FROM membership_application") == []


async def test_who_looks_alike_is_shown_with_the_reasons(db: None) -> None:
    same_phone = await factories.known("Fred", phone="+31612345678")
    same_name = await factories.known("Eland", sort_key="eland e")
    same_number = await factories.known("Gijs")
    await numbers.claim(CARLA, same_number.id, "BIG", "09012345625")
    await factories.known("Niemand")
    view = await applied(register="BIG", number="09012345625", phone="06 12345678")

    found = {one.id: one.reasons for one in await queries.look_alikes(view)}

    assert found == {
        same_phone.id: ["phone"],
        same_name.id: ["name"],
        same_number.id: ["number"],
    }


async def known(**values: str) -> int:
    """Somebody in the register, with everything that follows from their name."""
    return await people.create_from(CARLA, values, now=NOON)


@pytest.mark.parametrize(
    ("values", "reasons"),
    [
        ({"surname": "Berg", "initials": "A.M."}, ["name"]),
        ({"surname": "Berg", "first_name": "Anna"}, ["name", "first_name"]),
        ({"surname": "Jongsma", "partner_surname": "Berg", "initials": "A."}, ["name"]),
        ({"surname": "Berg", "partner_surname": "Jongsma", "name_use": "partner"}, ["name"]),
        (
            {"surname": "Bergh", "first_name": "Anna", "city": "Zwolle", "email": "annab@a.nl"},
            ["mailbox", "similar_name", "first_name", "city"],
        ),
        ({"surname": "Berg", "initials": "B."}, None),
        ({"surname": "Smit", "initials": "A."}, None),
    ],
)
async def test_a_namesake_is_found_however_the_name_is_written(
    db: None, values: dict[str, str], reasons: list[str] | None
) -> None:
    one = await known(**{"prefix": "van den", "email": "oud@example.com", **values})
    view = await applied(
        surname="Berg", prefix="van den", initials="", first_name="Anna", city="Zwolle",
        email="annab@b.nl",
    )  # fmt: skip

    found = {who.id: who.reasons for who in await queries.look_alikes(view)}

    assert found == ({one: reasons} if reasons else {})


@pytest.mark.parametrize(
    ("typed", "register"),
    [
        ({"surname": "van den Berg"}, {"surname": "Berg", "prefix": "van den"}),
        ({"surname": "Berg", "prefix": "van den"}, {"surname": "van den Berg"}),
        ({"surname": "Van den Berg"}, {"surname": "Jongsma", "partner_surname": "Berg"}),
    ],
)
async def test_a_prefix_typed_with_the_surname_hides_nobody(
    db: None, typed: dict[str, str], register: dict[str, str]
) -> None:
    one = await known(initials="A.", email="oud@example.com", **register)
    view = await applied(initials="A.", **typed)

    assert [who.id for who in await queries.look_alikes(view)] == [one]


async def test_among_many_of_one_name_the_likest_is_shown_first(db: None) -> None:
    for n in range(60):
        await known(surname="Berg", initials="A.", email=f"berg{n}@example.com")
    likest = await known(surname="Berg", initials="A.Z.", phone="+31612345678")
    view = await applied(surname="Berg", initials="A.", phone="06 12345678")

    found = await queries.look_alikes(view)

    assert (found[0].id, len(found)) == (likest, 20)


async def test_the_offices_that_decide_are_told_and_no_other(db: None) -> None:
    secretary, editor = await factories.known("Sara"), await factories.known("Eddy")
    for who, role in ((secretary, Role.secretary), (editor, Role.editor)):
        await RoleGrant(person=who.id, role=role, from_on=factories.LONG_AGO).save()

    await applied()

    told = [email for kind, email in await letters() if kind == "application_arrived"]
    assert told == ["sara@example.com"]
