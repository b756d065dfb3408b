"""A death in two steps: at once no mail, no entry, no list; then an end to what goes on."""

import asyncio
import contextvars
from datetime import date, timedelta

import pytest

from emails.letters.memberships import RightsRestored
from server import clock
from server.accounts import holders, sessions
from server.actors import Actor
from server.applications import deciding
from server.database import execute, transaction
from server.errors import Invalid, NotFound
from server.groups import seats
from server.groups.seats import NewSeat
from server.members import farewell, queries
from server.members.farewell import AlreadyNoted, AlreadySettled, NotNoted
from server.memberships import service as memberships
from server.memberships.rules import Status
from server.memberships.service import OwnMembership
from server.outbox import delivery
from server.outbox import service as outbox
from server.people import ending
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from server.segments import queries as segments
from tables.accounts import Role, RoleGrant
from tables.groups import GroupRole
from tables.memberships import Fee, MembershipType
from tables.people import Person
from tests import factories
from tests.applications.cast import NOON as APPLIED
from tests.applications.cast import applied
from tests.factories import acting

CARLA = Actor(name="Carla", roles=frozenset({"board"}))

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def queued() -> list[tuple[str, str]]:
    rows = await execute("SELECT address, state FROM outbox_letter ORDER BY id")
    return [(row["address"], row["state"]) for row in rows]


async def owe(who: Person) -> None:
    async with transaction():
        to = outbox.Recipient(who.id, who.display_name, who.email or "", "nl")
        count = (await execute("SELECT count(*) AS n FROM outbox_letter"))[0]["n"]
        await outbox.post(RightsRestored(url="https://x.example"), to, cause=f"{who.id}:{count}")


async def test_all_mail_stops_the_same_minute_whenever_it_was_owed() -> None:
    anna, bram = await factories.member("Anna"), await factories.member("Bram")
    await owe(anna)
    await owe(bram)
    await farewell.note(CARLA, anna.id, clock.today(), source="partner", now=clock.now())
    await owe(anna)

    await delivery.tidy(clock.now())

    states = dict.fromkeys(await queued())
    assert list(states) == [(anna.email, "dropped"), (bram.email, "queued")]
    rows = await execute("SELECT last_error, values FROM outbox_letter WHERE state = 'dropped'")
    assert {(row["last_error"], row["values"]) for row in rows} == {("deceased", "{}")}


async def test_two_of_the_board_do_not_note_each_others_death_at_once() -> None:
    pair = await factories.carla(), await factories.known("Twee")
    await RoleGrant(person=pair[1].id, role=Role.board, from_on=factories.LONG_AGO).save()
    one, two = (acting(who, roles=("board",)) for who in pair)
    today, now = clock.today(), clock.now()

    done = await asyncio.gather(
        farewell.note(one, pair[1].id, today, now=now),
        farewell.note(two, pair[0].id, today, now=now),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["LastOfTheBoard", "NoneType"]
    assert await holders.somebody_changes(Area.offices, on=today)


async def test_letters_of_an_application_stop_too() -> None:
    dirk = await factories.dirk()
    view = await applied(surname="Dirk", email=dirk.email)
    await applied(surname="Els", email="els@example.com")
    await farewell.note(CARLA, dirk.id, APPLIED.date(), now=APPLIED)
    await deciding.reject(CARLA, view.id, "Overleden", now=clock.now())

    await delivery.tidy(clock.now())

    rows = await execute("SELECT address FROM outbox_letter WHERE state = 'queued'")
    assert {row["address"] for row in rows} == {"els@example.com"}


async def test_deceased_person_is_on_no_list_and_comes_in_nowhere() -> None:
    anna, now = await factories.member("Anna"), clock.now()
    await sessions.begin(anna.id, "test", now=now)

    await farewell.note(CARLA, anna.id, clock.today() - timedelta(days=3), now=now)

    assert await execute("SELECT 1 FROM session") == []
    assert await sessions.may_come_in(anna.id) is None
    assert await segments.count(segments.Filters(), clock.today()) == 0
    assert (await queries.card(anna.id)).status_on(clock.today()) == Status.deceased
    rows = await execute("SELECT action, reason FROM audit_entry WHERE action = 'note_death'")
    assert len(rows) == 1


async def test_noted_once_never_ahead_and_never_of_oneself() -> None:
    anna = await factories.member("Anna")
    with pytest.raises(Invalid):
        tomorrow = clock.today() + timedelta(days=1)
        await farewell.note(CARLA, anna.id, tomorrow, now=clock.now())
    with pytest.raises(OwnMembership):
        herself = acting(anna, roles=("board",))
        await farewell.note(herself, anna.id, clock.today(), now=clock.now())
    with pytest.raises(NotFound):
        await farewell.note(acting(anna), anna.id + 1, clock.today(), now=clock.now())
    done = await asyncio.gather(
        *(farewell.note(CARLA, anna.id, clock.today(), now=clock.now()) for _ in range(4)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["AlreadyNoted"] * 3 + ["NoneType"]
    with pytest.raises(AlreadyNoted):
        await farewell.note(CARLA, anna.id, clock.today(), now=clock.now())


async def test_mistake_is_taken_back_whole() -> None:
    anna = await factories.member("Anna")
    before = await execute("SELECT * FROM person WHERE id = $1", anna.id)
    await farewell.note(CARLA, anna.id, clock.today(), now=clock.now())

    await farewell.take_back(CARLA, anna.id, now=clock.now())

    after = await execute("SELECT * FROM person WHERE id = $1", anna.id)
    changed = {k for k, v in after[0].items() if before[0][k] != v}
    assert changed == {"changed_at", "revision"}
    assert (await queries.card(anna.id)).status_on(clock.today()) == Status.active
    with pytest.raises(NotNoted):
        await farewell.take_back(CARLA, anna.id, now=clock.now())


async def test_settling_ends_everything_and_frees_the_place() -> None:
    now, died = clock.now(), clock.today() - timedelta(days=2)
    anna, group = await factories.bram()  # a chair, the only one
    dirk = await factories.member("Dirk")
    event, unit = await factories.open_event(1, starts_at=now + timedelta(days=30))
    for who in (anna, dirk):
        form = RegistrationForm(unit_id=unit.id)
        await registrations.register(acting(who, is_member=True), event.id, form, now=now)
    await seats.add_member(CARLA, NewSeat(group.id, dirk.id, died, role=GroupRole.member), now=now)
    await farewell.note(CARLA, anna.id, died, now=now)
    assert [one.kind for one in await queries.open_ends(anna.id)] == [
        "membership",
        "seat",
        "registration",
    ]

    assert await farewell.settle(CARLA, anna.id, now=now) == 3

    assert await queries.open_ends(anna.id) == []
    rows = await execute("SELECT ends_on, ended_by FROM membership WHERE person = $1", anna.id)
    assert rows == [{"ends_on": died, "ended_by": "death"}]
    rows = await execute("SELECT state FROM registration_line ORDER BY id")
    assert [row["state"] for row in rows] == ["cancelled_by_organiser", "offered"]
    rows = await execute(
        'SELECT state FROM group_membership WHERE person = $1 AND "group" = $2', anna.id, group.id
    )
    assert rows == [{"state": "ended"}]
    with pytest.raises(AlreadySettled):
        await farewell.take_back(CARLA, anna.id, now=now)
    assert await farewell.settle(CARLA, anna.id, now=now) == 0


async def test_settled_office_of_a_contact_is_not_taken_back() -> None:
    await factories.carla()  # somebody of the board stays
    dirk, now = await factories.dirk(), clock.now()
    await RoleGrant(person=dirk.id, role=Role.editor, from_on=factories.LONG_AGO).save()
    await farewell.note(CARLA, dirk.id, clock.today(), now=now)

    assert await farewell.settle(CARLA, dirk.id, now=now) == 1

    with pytest.raises(AlreadySettled):
        await farewell.take_back(CARLA, dirk.id, now=now)


async def test_settled_and_taken_back_at_once_are_one_after_the_other() -> None:
    anna, now = await factories.anna(), clock.now()
    await farewell.note(CARLA, anna.id, clock.today() - timedelta(days=1), now=now)

    async with transaction():
        await ending.settle_death(anna.id, now=now)
        back = asyncio.create_task(
            farewell.take_back(CARLA, anna.id, now=now), context=contextvars.Context()
        )
        done, _ = await asyncio.wait([back], timeout=0.3)

    assert not done  # it waits for who settles
    with pytest.raises(AlreadySettled):
        await back


async def test_membership_that_would_begin_later_is_taken_away() -> None:
    dirk, now = await factories.dirk(), clock.now()
    kind = MembershipType(code="jong", name_nl="Jong", name_en="Young")
    await kind.save()
    later = clock.today() + timedelta(days=20)
    await memberships.start(CARLA, dirk.id, int(kind.id), starts_on=later)
    await farewell.note(CARLA, dirk.id, clock.today(), now=now)

    assert await farewell.settle(CARLA, dirk.id, now=now) == 1

    card = await queries.card(dirk.id)
    assert (card.standing.periods, card.open_ends) == ([], [])


async def test_membership_with_a_fee_that_would_begin_later_is_ended() -> None:
    dirk, now = await factories.dirk(), clock.now()
    kind = MembershipType(code="jong", name_nl="Jong", name_en="Young")
    await kind.save()
    later = clock.today() + timedelta(days=20)
    period = await memberships.start(CARLA, dirk.id, int(kind.id), starts_on=later)
    fee = {"from_on": later, "until_on": later, "due_on": later, "amount_cents": 100}
    await Fee(membership=period, **fee).save()
    await farewell.note(CARLA, dirk.id, clock.today(), now=now)

    assert await farewell.settle(CARLA, dirk.id, now=now) == 1

    card = await queries.card(dirk.id)
    assert [(one.ends_on, one.ended_by) for one in card.standing.periods] == [(later, "death")]
    assert card.open_ends == []


async def test_only_who_died_is_settled() -> None:
    anna = await factories.member("Anna")
    with pytest.raises(NotNoted):
        await farewell.settle(CARLA, anna.id, now=clock.now())
    assert await queries.open_ends(anna.id) == []


async def test_membership_that_ended_before_the_death_stays_as_it_was() -> None:
    anna = await factories.member("Anna")
    ended = date(2025, 12, 31)
    await execute("UPDATE membership SET ends_on = $1, ended_by = 'member'", ended)
    await farewell.note(CARLA, anna.id, clock.today(), now=clock.now())

    assert await farewell.settle(CARLA, anna.id, now=clock.now()) == 0

    rows = await execute("SELECT ends_on, ended_by FROM membership")
    assert rows == [{"ends_on": ended, "ended_by": "member"}]
