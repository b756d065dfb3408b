"""Nobody takes an office holder's account over alone: not both the factor and the address."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server import clock
from server.accounts import suspension
from server.actors import SYSTEM, Actor
from server.database import execute
from server.duplicates import merging, sides, undoing
from server.errors import ProofNeeded
from server.people import service as people
from server.people.two_people import AnotherPerson
from tables.accounts import Role, RoleGrant
from tables.people import Person
from tests import factories

pytestmark = pytest.mark.anyio


async def secretary(name: str = "Sara") -> Actor:
    who = await factories.member(name)
    return replace(factories.acting(who), roles=frozenset({"secretary"}))


async def treasurer(name: str = "Tom") -> Person:
    who = await factories.member(name)
    await RoleGrant(person=who.id, role=Role.treasurer, from_on=factories.LONG_AGO).save()
    return who


async def corrects(actor: Actor, who: Person, email: str, **more: object) -> None:
    now = clock.now() + timedelta(**more) if more else clock.now()  # type: ignore[arg-type]
    await people.change(actor, who.id, {"email": email}, now=now)


async def test_who_reset_the_factor_gives_no_other_address_within_a_week(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    await suspension.reset_factor(sara, tom.id, now=clock.now())

    with pytest.raises(AnotherPerson):
        await corrects(sara, tom, "sara@example.net")
    await corrects(await secretary("Simon"), tom, "tom@example.net")
    await corrects(sara, tom, "tom2@example.net", days=8)


async def test_nor_the_other_way_round(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    await corrects(sara, tom, "sara@example.net")

    with pytest.raises(AnotherPerson):
        await suspension.reset_factor(sara, tom.id, now=clock.now())
    await suspension.reset_factor(await secretary("Simon"), tom.id, now=clock.now())
    assert (await execute("SELECT email FROM person WHERE id = $1", tom.id))[0]["email"]


async def test_another_change_is_no_half_of_it(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    await people.change(sara, tom.id, {"city": "Breda"}, now=clock.now())

    await suspension.reset_factor(sara, tom.id, now=clock.now())


async def test_people_without_an_office_are_helped_by_one(db: None) -> None:
    sara = await secretary()
    anna = await factories.member("Annie")
    await people.change(sara, anna.id, {"email": "annie@example.net"}, now=clock.now())
    tom = await treasurer()
    await suspension.reset_factor(sara, tom.id, now=clock.now())
    await execute("UPDATE role_grant SET until_on = '2020-01-02'")

    await corrects(sara, tom, "tom@example.net")


async def test_the_operator_may(db: None) -> None:
    tom = await treasurer()
    await corrects(SYSTEM, tom, "tom@example.net")
    await suspension.reset_factor(SYSTEM, tom.id, now=clock.now())


async def test_an_office_holders_address_asks_a_fresh_second_step(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    asleep = replace(
        sara, session_id=7, has_factor=True, proved_at=clock.now() - timedelta(hours=1)
    )
    anna = await factories.member("Annie")

    await corrects(asleep, anna, "annie@example.net")
    with pytest.raises(ProofNeeded):
        await corrects(asleep, tom, "tom@example.net")
    await corrects(replace(asleep, proved_at=clock.now()), tom, "tom@example.net")


WITH_ADDRESS = {"email": sides.ABSORBED}


async def test_nor_by_merging_somebody_with_another_address_into_them(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    puppet = await factories.known("Puppet")
    await suspension.reset_factor(sara, tom.id, now=clock.now())

    with pytest.raises(AnotherPerson):
        await merging.merge(sara, tom.id, puppet.id, WITH_ADDRESS, now=clock.now())
    await merging.merge(sara, tom.id, puppet.id, {}, now=clock.now())


async def test_a_merge_that_gives_another_address_is_half_of_it_too(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    puppet = await factories.known("Puppet")
    await merging.merge(sara, tom.id, puppet.id, WITH_ADDRESS, now=clock.now())

    with pytest.raises(AnotherPerson):
        await suspension.reset_factor(sara, tom.id, now=clock.now())
    await suspension.reset_factor(await secretary("Simon"), tom.id, now=clock.now())


async def test_so_is_undoing_one(db: None) -> None:
    sara, tom = await secretary(), await treasurer()
    puppet = await factories.known("Puppet")
    now = clock.now()
    simon = await secretary("Simon")
    merged = await merging.merge(simon, tom.id, puppet.id, WITH_ADDRESS, now=now)
    await suspension.reset_factor(sara, tom.id, now=now)

    with pytest.raises(AnotherPerson):
        await undoing.undo(sara, merged.id, now=now)
    await undoing.undo(simon, merged.id, now=now)


async def test_a_merge_that_gives_an_office_holder_another_address_asks_a_fresh_second_step(
    db: None,
) -> None:
    sara, tom = await secretary(), await treasurer()
    puppet = await factories.known("Puppet")
    asleep = replace(sara, session_id=7, has_factor=True, proved_at=clock.now() - timedelta(days=1))

    with pytest.raises(ProofNeeded):
        await merging.merge(asleep, tom.id, puppet.id, WITH_ADDRESS, now=clock.now())


@pytest.mark.parametrize(
    ("from_on", "until_on"), [(timedelta(days=3), None), (timedelta(days=-90), timedelta(days=-1))]
)
async def test_an_office_that_begins_later_or_ended_just_now_counts(
    db: None, from_on: timedelta, until_on: timedelta | None
) -> None:
    sara, tom = await secretary(), await factories.member("Tom")
    first, last = clock.today() + from_on, until_on and clock.today() + until_on
    await RoleGrant(person=tom.id, role=Role.treasurer, from_on=first, until_on=last).save()
    await corrects(sara, tom, "sara@example.net")

    with pytest.raises(AnotherPerson):
        await suspension.reset_factor(sara, tom.id, now=clock.now())
