"""Who a list reaches, and the reason for everybody it does not."""

from datetime import timedelta

import pytest

from server.actors import ANONYMOUS
from server.database import STATEMENTS, execute
from server.newsletters import audience, links, service
from server.newsletters.audience import Filter
from tables.groups import GroupMembership, SeatState, WorkingGroup
from tables.people import EmailState
from tests.factories import NOON
from tests.newsletters.cast import (
    ANNA,
    CARLA,
    acting,
    asked,
    last_token,
    mailing_list,
    member,
    person,
)

pytestmark = pytest.mark.anyio
DAY = NOON.date()


async def reach(list_id: int = 1) -> tuple[list[str], list[tuple[str, str]]]:
    found = await audience.recipients(list_id, DAY)
    return [one.email for one in found.included], [
        (one.email, one.reason) for one in found.excluded
    ]


async def confirmed(email: str) -> None:
    await service.sign_up(ANONYMOUS, asked(email), now=NOON)
    await service.confirm(await last_token(), now=NOON)


async def test_every_state_of_a_subscription_has_its_reason(db: None) -> None:
    await mailing_list()
    for name in ("anna", "bram", "els", "finn", "gijs"):
        await confirmed(f"{name}@example.org")
    await service.sign_up(ANONYMOUS, asked("hugo@example.org"), now=NOON)
    await service.unsubscribe(links.token_of(2), channel="one_click", now=NOON)
    await service.hold(CARLA, 3, "")
    await execute("UPDATE subscription SET state = 'not_mailed' WHERE id = 4")
    await service.object_to_all(links.token_of(5), now=NOON)

    assert await reach() == (
        ["anna@example.org"],
        [
            ("bram@example.org", "unsubscribed"),
            ("els@example.org", "hold"),
            ("finn@example.org", "not_mailed"),
            ("gijs@example.org", "objected"),
            ("hugo@example.org", "pending"),
        ],
    )


async def test_an_automatic_list_is_the_members_of_that_day(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    await member(ANNA)
    await member("oud@example.org", "Oud", starts_on=DAY - timedelta(9), ends_on=DAY - timedelta(1))
    await member("laatst@example.org", "Laatst", ends_on=DAY)
    await member("later@example.org", "Later", starts_on=DAY + timedelta(1))
    await person("dirk@example.org", "Dirk")

    assert await reach() == ([ANNA, "laatst@example.org"], [])


async def test_members_who_cannot_be_mailed_have_a_reason(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    await member(None, "Geen")
    await member("dood@example.org", "Dood", email_state=EmailState.dead)
    await member("vol@example.org", "Vol", email_state=EmailState.hold)
    await member("wijlen@example.org", "Wijlen", deceased_on=DAY)
    weg = await member("weg@example.org", "Weg")
    await service.choose(acting(weg, is_member=True), [], now=NOON)

    assert await reach() == (
        [],
        [
            ("", "no_address"),
            ("dood@example.org", "dead_address"),
            ("vol@example.org", "hold"),
            ("wijlen@example.org", "deceased"),
            ("weg@example.org", "unsubscribed"),
        ],
    )


async def test_who_signed_up_before_we_knew_them_is_recognised_by_address(db: None) -> None:
    await mailing_list()
    await confirmed("wijlen@example.org")
    await confirmed("dood@example.org")
    await person("wijlen@example.org", "Wijlen", deceased_on=DAY)
    await person("dood@example.org", "Dood", email_state=EmailState.dead)

    assert await reach() == (
        [],
        [("wijlen@example.org", "deceased"), ("dood@example.org", "dead_address")],
    )


async def test_who_ends_a_membership_falls_off_a_chosen_list_by_itself(db: None) -> None:
    await mailing_list("debat", audience="members", opt_in="single")
    anna = await member(ANNA)
    await service.choose(acting(anna, is_member=True), ["debat"], now=NOON)
    before = await reach()

    await execute("UPDATE membership SET ends_on = starts_on, starts_on = starts_on - 9")
    found = await audience.recipients(1, DAY + timedelta(days=1))

    assert before == ([ANNA], [])
    assert [(one.email, one.reason) for one in found.excluded] == [(ANNA, "not_eligible")]


async def test_a_group_list_is_who_sits_in_the_group(db: None) -> None:
    group = WorkingGroup(name="Scholing", slug="scholing")
    await group.save()
    await mailing_list("groep", audience="group", opt_in="automatic", group=group.id)
    for name, state in (("anna", SeatState.active), ("bram", SeatState.requested)):
        who = await person(f"{name}@example.org", name)
        seat = {"group": group.id, "person": who.id, "state": state, "from_on": DAY}
        await GroupMembership(**seat).save()

    assert await reach() == ([ANNA], [])


async def test_what_a_board_member_looks_for(db: None) -> None:
    await mailing_list()
    for name in ("anna", "bram_x", "bramyx"):
        await confirmed(f"{name}@example.org")
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)

    async def found(**wanted: str) -> list[int]:
        return [one.key for one in await audience.matching(1, DAY, Filter(**wanted))]

    assert await found() == [1, 2, 3]
    assert await found(status="receives") == [2, 3]
    assert await found(status="unsubscribed") == [1]
    assert await found(search="BRAM") == [2, 3]
    assert await found(search="bram_x") == [2]
    assert await found(search="%") == []
    assert await found(search="anna@", status="receives") == []


async def test_pages_follow_one_another_without_a_gap(db: None) -> None:
    await mailing_list()
    for n in range(7):
        await confirmed(f"a{n}@example.org")

    first = await audience.matching(1, DAY, Filter(), limit=3)
    second = await audience.matching(1, DAY, Filter(), after=first[-1].key, limit=3)
    rest = await audience.matching(1, DAY, Filter(), after=second[-1].key, limit=None)

    assert [one.key for one in (*first, *second, *rest)] == [1, 2, 3, 4, 5, 6, 7]


async def test_the_suppression_list_remembers_who_is_on_no_list(db: None) -> None:
    await mailing_list()
    await confirmed(ANNA)
    await confirmed("bram@example.org")
    await confirmed("els@example.org")
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)
    await service.object_to_all(links.token_of(2), now=NOON)
    await execute("DELETE FROM subscription WHERE id = 1")

    found = await audience.suppressed(1)

    assert [(one.address, one.everything, one.since) for one in found] == [
        (ANNA, False, NOON),
        ("bram@example.org", True, NOON),
    ]
    assert [one.everything for one in await audience.suppressed(99)] == [True]


async def test_counts_of_all_lists_are_one_statement(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("leden", audience="members", opt_in="automatic")
    await confirmed("bram@example.org")
    await member(ANNA)
    counter = [0]
    STATEMENTS.set(counter)

    counted = await audience.counts(DAY)

    STATEMENTS.set(None)
    assert counted == {1: {"": 1}, 2: {"": 1}}
    assert counter == [1]
