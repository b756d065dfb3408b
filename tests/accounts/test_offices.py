"""Offices: invited, given, ended; closed accounts; and who may not do that to whom."""

import asyncio
from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.accounts import factors, holders, offices, queries, recovery, sessions, suspension
from server.accounts import service as accounts
from server.accounts.offices import (
    AlreadyHolds,
    InvitationForm,
    LastOfTheBoard,
    OfficeIsOver,
    OwnAccount,
)
from server.accounts.service import LinkUsedUp
from server.accounts.suspension import AlreadySuspended
from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.people import address_change
from server.rights import Area
from tables.accounts import Role, RoleGrant
from tables.people import Person
from tests import factories
from tests.clients import heading, human, last_letter, letters, session_of, sign_in

pytestmark = pytest.mark.anyio
TODAY = clock.today()
SARA = "sara@example.com"


def form(**values: object) -> InvitationForm:
    given = {"email": SARA, "role": Role.secretary, "from_on": TODAY, "surname": "Smit"}
    return InvitationForm(**{**given, **values})  # type: ignore[arg-type]


async def board() -> Actor:
    return factories.acting(await factories.carla(), roles=("board",))


async def invited(actor: Actor, **values: object) -> int:
    return await offices.invite(actor, form(**values), now=clock.now())


async def sara() -> Person:
    person = await Person.objects().get(Person.email_key == SARA)
    assert person is not None
    return person


async def held_by(who: Person) -> frozenset[str]:
    found = await queries.find_actor(await session_of(who), clock.now())
    assert found is not None
    return found[0].roles


async def test_an_invited_person_comes_in_by_the_letter_and_holds_the_office(db: None) -> None:
    await invited(await board())

    letter = await last_letter()
    token, path = await accounts.redeem(
        letter["url"].rpartition("/")[2], device="", now=clock.now()
    )

    assert (letter["office"], path) == ("Secretaris", "/me/security")
    found = await queries.find_actor(token, clock.now())
    assert found is not None
    assert (found[0].held, found[0].roles) == ({"secretary"}, set())
    assert (await sara()).email_state == "ok"


async def test_an_invitation_works_once_for_seven_days_and_only_the_newest(db: None) -> None:
    actor = await board()
    grant_id = await invited(actor)
    first = (await last_letter())["url"].rpartition("/")[2]
    await offices.invite_again(actor, grant_id, now=clock.now())
    second = (await last_letter())["url"].rpartition("/")[2]

    for token, now in ((first, clock.now()), (second, clock.now() + timedelta(days=7))):
        with pytest.raises(LinkUsedUp):
            await accounts.redeem(token, device="", now=now)
    await accounts.redeem(second, device="", now=clock.now() + timedelta(days=6))
    with pytest.raises(LinkUsedUp):
        await accounts.redeem(second, device="", now=clock.now())


async def test_who_is_known_gets_the_office_under_their_own_name_and_no_link(db: None) -> None:
    actor, anna = await board(), await factories.anna()
    old = await session_of(anna)

    await invited(actor, email="Anna@Example.com", surname="Anders")

    assert (await letters())[-1] == ("office_given", anna.email)
    assert await queries.find_actor(old, clock.now()) is None
    assert await held_by(anna) == {"secretary"}


async def test_an_unknown_address_needs_a_name(db: None) -> None:
    with pytest.raises(Invalid) as said:
        await invited(await board(), surname=" ")

    assert said.value.fields == {"surname": "accounts.field.surname.needed"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"role": Role.system}, "role"),
        ({"until_on": TODAY - timedelta(days=1)}, "until_on"),
        ({"role": Role.check_in}, "event"),
        ({"event_id": 1}, "event"),
    ],
)
async def test_an_impossible_office_is_refused(
    db: None, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as said:
        await invited(await board(), **wrong)

    assert list(said.value.fields) == [field]
    assert len(await execute("SELECT 1 FROM person")) == 1


async def test_a_helper_is_let_in_to_one_event_and_to_nothing_else(db: None) -> None:
    event = await factories.event()
    await invited(await board(), role=Role.check_in, event_id=event.id)

    found = await queries.find_actor(await session_of(await sara()), clock.now())

    assert found is not None
    assert (found[0].checks_in, found[0].holds_office) == ({event.id}, False)


async def test_the_same_office_is_not_given_twice_but_after_one_another(db: None) -> None:
    actor = await board()
    await invited(actor, until_on=TODAY + timedelta(days=30))

    with pytest.raises(AlreadyHolds):
        await invited(actor, from_on=TODAY + timedelta(days=30))
    await invited(actor, from_on=TODAY + timedelta(days=31))
    await invited(actor, role=Role.editor)


@pytest.mark.parametrize(
    ("from_in", "until_in", "counts"),
    [(0, 0, True), (-5, -1, False), (1, None, False), (-5, None, True)],
)
async def test_an_office_begins_and_ends_by_itself(
    db: None, from_in: int, until_in: int | None, counts: bool
) -> None:
    dirk = await factories.dirk()
    until = None if until_in is None else TODAY + timedelta(days=until_in)
    from_on: date = TODAY + timedelta(days=from_in)
    await RoleGrant(person=dirk.id, role=Role.treasurer, from_on=from_on, until_on=until).save()

    assert (await held_by(dirk) == {"treasurer"}) is counts


async def test_an_office_ends_at_once_and_the_sessions_with_it(db: None) -> None:
    actor = await board()
    grant_id = await invited(actor, from_on=TODAY - timedelta(days=10))
    who = await sara()
    token = await session_of(who)

    await offices.end(actor, grant_id, last_on=None, now=clock.now())

    assert await queries.find_actor(token, clock.now()) is None
    assert await held_by(who) == set()
    assert (await letters())[-1] == ("office_ended", SARA)


async def test_an_office_ends_after_a_day_and_never_grows_by_ending(db: None) -> None:
    actor = await board()
    grant_id = await invited(actor, until_on=TODAY + timedelta(days=5))

    for day, key in ((TODAY + timedelta(days=6), "late"), (TODAY - timedelta(days=1), "past")):
        with pytest.raises(Invalid) as said:
            await offices.end(actor, grant_id, last_on=day, now=clock.now())
        assert said.value.fields == {"last_on": f"accounts.field.last_on.{key}"}
    await offices.end(actor, grant_id, last_on=TODAY, now=clock.now())
    assert await held_by(await sara()) == {"secretary"}


async def test_the_same_end_twice_is_told_once(db: None) -> None:
    actor = await board()
    grant_id = await invited(actor)

    for _ in range(2):
        await offices.end(actor, grant_id, last_on=TODAY + timedelta(days=3), now=clock.now())

    assert [kind for kind, _ in await letters()].count("office_ended") == 1
    assert len(await execute("SELECT 1 FROM audit_entry WHERE action = 'end_role'")) == 1


@pytest.mark.parametrize("last_on", ["9999-12-31", "2999-01-01"])
async def test_an_end_that_nobody_lives_to_see_is_refused(
    client: httpx.AsyncClient, last_on: str
) -> None:
    grant_id = await invited(await board())
    await sign_in(client, (await Person.objects().get(Person.surname == "Carla")))

    answer = await client.post(
        f"/board/accounts/{grant_id}/end", data={"when": "later", "last_on": last_on}
    )

    assert answer.status_code == 422
    assert "Kies een dag binnen tien jaar." in answer.text


async def test_nobody_is_invited_to_what_is_over(db: None) -> None:
    actor = await board()
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(Invalid) as said:
        await invited(actor, from_on=TODAY - timedelta(days=9), until_on=yesterday)
    grant_id = await invited(actor, from_on=TODAY - timedelta(days=9))
    await offices.end(actor, grant_id, last_on=None, now=clock.now())
    told = await letters()

    with pytest.raises(OfficeIsOver):
        await offices.invite_again(actor, grant_id, now=clock.now())

    assert said.value.fields == {"until_on": "accounts.field.until_on.past"}
    assert await letters() == told


async def test_an_office_that_has_not_begun_never_begins(db: None) -> None:
    actor = await board()
    grant_id = await invited(actor, from_on=TODAY + timedelta(days=5))

    await offices.end(actor, grant_id, last_on=TODAY, now=clock.now())

    with pytest.raises(NotFound):
        await holders.grant(grant_id)


async def test_nobody_changes_their_own_account(db: None) -> None:
    actor = await board()
    own = (await execute("SELECT id FROM role_grant"))[0]["id"]
    await execute("UPDATE person SET email = $1, email_key = $1", "carla@example.com")

    for verb in (
        lambda: offices.end(actor, own, last_on=None, now=clock.now()),
        lambda: invited(actor, email="carla@example.com", role=Role.treasurer),
        lambda: suspension.suspend(actor, actor.person_id or 0, "Zo.", now=clock.now()),
        lambda: suspension.reset_factor(actor, actor.person_id or 0, now=clock.now()),
        lambda: suspension.lift(actor, actor.person_id or 0, now=clock.now()),
    ):
        with pytest.raises(OwnAccount):
            await verb()


async def test_somebody_who_gives_offices_always_remains(db: None) -> None:
    actor = await board()
    await execute("DELETE FROM role_grant")
    grant_id = await accounts.grant(
        actor, (await factories.dirk()).id, Role.secretary, from_on=TODAY
    )
    dirk = (await holders.grant(grant_id)).person_id

    with pytest.raises(LastOfTheBoard):
        await offices.end(actor, grant_id, last_on=TODAY, now=clock.now())
    with pytest.raises(LastOfTheBoard):
        await suspension.suspend(actor, dirk, "Zo.", now=clock.now())
    assert (await holders.grant(grant_id)).until_on is None


async def test_whose_own_office_is_over_tomorrow_does_not_shut_out_the_only_other(db: None) -> None:
    one, two, three = [await factories.known(name) for name in ("Een", "Twee", "Drie")]
    tomorrow = TODAY + timedelta(days=1)
    await RoleGrant(person=one.id, role=Role.board, from_on=TODAY, until_on=tomorrow).save()
    actor = await board_of(one)
    grant_id = await accounts.grant(actor, two.id, Role.board, from_on=TODAY)

    with pytest.raises(LastOfTheBoard):
        await suspension.suspend(actor, two.id, "Zo.", now=clock.now())
    with pytest.raises(LastOfTheBoard):
        await offices.end(actor, grant_id, last_on=None, now=clock.now())
    await RoleGrant(person=three.id, role=Role.board, from_on=TODAY).save()
    await suspension.suspend(actor, two.id, "Zo.", now=clock.now())

    assert await holders.somebody_changes(Area.offices, on=tomorrow + timedelta(days=1))


async def test_two_who_end_each_others_office_at_once_do_not_both_succeed(db: None) -> None:
    one, two = await factories.known("Een"), await factories.known("Twee")
    grants = [
        await accounts.grant(await board_of(who), who.id, Role.board, from_on=TODAY)
        for who in (one, two)
    ]

    done = await asyncio.gather(
        offices.end(await board_of(one), grants[1], last_on=None, now=clock.now()),
        offices.end(await board_of(two), grants[0], last_on=None, now=clock.now()),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["LastOfTheBoard", "NoneType"]


async def board_of(who: Person) -> Actor:
    return factories.acting(who, roles=("board",))


async def test_a_closed_account_is_closed_everywhere_until_it_is_opened(db: None) -> None:
    actor, anna = await board(), await factories.anna()
    token = await session_of(anna)
    link = await accounts.sign_in_url(anna.id, now=clock.now())

    await suspension.suspend(actor, anna.id, "Mailbox gekraakt.", now=clock.now())

    assert await queries.find_actor(token, clock.now()) is None
    with pytest.raises(LinkUsedUp):
        await accounts.redeem(link.rpartition("/")[2], device="", now=clock.now())
    before = await letters()
    await accounts.ask_for_link(str(anna.email), next_path="/me", now=clock.now())
    assert await letters() == before
    assert before[-1] == ("account_suspended", anna.email)
    with pytest.raises(AlreadySuspended):
        await suspension.suspend(actor, anna.id, "Nog eens.", now=clock.now())
    await suspension.lift(actor, anna.id, now=clock.now())
    assert await queries.find_actor(await session_of(anna), clock.now()) is not None
    with pytest.raises(NotFound):
        await suspension.lift(actor, anna.id, now=clock.now())


async def test_no_address_is_confirmed_of_a_closed_account(db: None) -> None:
    actor, anna = await board(), await factories.anna()
    await address_change.ask(factories.acting(anna), "dief@example.com", now=clock.now())
    token = (await last_letter())["url"].rpartition("/")[2]
    await suspension.suspend(actor, anna.id, "Mailbox gekraakt.", now=clock.now())

    with pytest.raises(address_change.LinkUsedUp):
        await address_change.confirm(token, now=clock.now())
    await suspension.lift(actor, anna.id, now=clock.now())
    with pytest.raises(address_change.LinkUsedUp):
        await address_change.confirm(token, now=clock.now())


async def test_the_old_address_is_taken_back_of_a_closed_account_too(db: None) -> None:
    actor, anna = await board(), await factories.anna()
    await address_change.ask(factories.acting(anna), "dief@example.com", now=clock.now())
    await address_change.confirm((await last_letter())["url"].rpartition("/")[2], now=clock.now())
    undo = (await last_letter())["url"].rpartition("/")[2]
    await suspension.suspend(actor, anna.id, "Mailbox gekraakt.", now=clock.now())

    await address_change.undo(undo, now=clock.now())

    assert await sessions.may_come_in(anna.id) is None
    assert [p.email for p in await Person.objects().where(Person.id == anna.id)] == [anna.email]


async def test_a_lost_factor_is_taken_away_with_the_sessions(db: None) -> None:
    actor, anna = await board(), await factories.anna()
    await recovery.renew(anna.id, now=clock.now())
    token = await session_of(anna)

    await suspension.reset_factor(actor, anna.id, now=clock.now())

    assert (await factors.of_person(anna.id)).codes_left == 0
    assert await queries.find_actor(token, clock.now()) is None
    assert (await letters())[-1] == ("factor_changed", anna.email)


@pytest.mark.parametrize("role", ["treasurer", "editor", "accreditor", "check_in"])
async def test_only_some_offices_give_offices(db: None, role: str) -> None:
    other = Actor(person_id=77, roles=frozenset({role}))

    with pytest.raises(NotFound):
        await invited(other)
    with pytest.raises(NotFound):
        await suspension.suspend(other, (await factories.anna()).id, "Zo.", now=clock.now())


async def test_the_page_asks_a_fresh_proof_and_says_what_is_wrong(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.carla())
    data = {"email": SARA, "role": "secretary", "from_on": str(TODAY), "surname": "Smit"}

    assert heading(await client.get("/board/accounts")) == "Functies en accounts"
    wrong = await client.post("/board/accounts", data={**data, "email": "x", "from_on": ""})
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 2
    assert (await client.post("/board/accounts", data=data)).status_code == 303
    assert "Smit" in (await client.get("/board/accounts")).text
    await execute("UPDATE session SET proved_at = now() - interval '11 minutes'")
    late = await client.post("/board/accounts", data={**data, "role": "editor"})
    assert late.status_code == 403
    assert 'href="/second-step?next=/me"' in late.text
    assert len(await holders.grants(over_since=TODAY)) == 2


async def test_a_link_asked_for_in_another_browser_asks_whether_it_was_you(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    await client.post("/sign-in", data=human(**{"email": anna.email}))
    path = (await last_letter())["url"]
    here = await client.get(path)
    client.cookies.clear()

    there = await client.get(path)
    unasked = await client.post(path)
    confirmed = await client.post(path, data={"mine": "yes"})

    assert "op een ander apparaat" not in here.text
    assert "op een ander apparaat" in there.text
    assert (unasked.status_code, confirmed.status_code) == (409, 303)
    assert confirmed.headers["location"] == "/me"
