"""Merged and undone, counted table by table; the strictest consent; what is refused."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from server import clock, references
from server.accounts import sessions
from server.actors import ANONYMOUS, Actor
from server.consent import service as consent
from server.consent.service import Answer
from server.database import execute, transaction
from server.duplicates import finding, merging, moving, queries, sides, undoing
from server.duplicates.refusals import (
    AccountClosed,
    AlreadyUndone,
    BothMembers,
    BothRegistered,
    HoldsOffice,
    MergedOn,
    OneDied,
    OtherIsPublished,
    OwnData,
    TooLate,
)
from server.errors import Invalid, NotFound
from server.newsletters import rules
from server.people import address_change, ending
from server.people import service as people
from server.people.address_change import LinkUsedUp
from server.people.service import AddressNeeded
from server.privacy import retention
from server.reclaiming import service as reclaiming
from tables.consent import ConsentAction
from tables.people import Person
from tests import factories
from tests.clients import last_letter, letters, sign_in
from tests.directory.cast import psychologist, published
from tests.factories import LONG_AGO, acting
from tests.newsletters.cast import mailing_list

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
DAY = timedelta(days=1)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def rows_of(*ids: int) -> dict[str, int]:
    """`table.column` → how many rows point at one of these people."""
    found: dict[str, int] = {}
    for person_id in ids:
        for name, count in (await references.counts("person", person_id)).items():
            found[name] = found.get(name, 0) + count
    return found


async def whole(table: str) -> list[dict[str, Any]]:
    return await execute(f'SELECT * FROM "{table}" ORDER BY id')


async def two() -> tuple[Person, Person]:
    """Anna is a member with a number of things; Els is she again, with other things."""
    anna = await factories.member("Anna", city="Ede", phone="+31612345678")
    els = await factories.known("Els", city="Zwolle", postcode="8011 AB")
    for row in await whole("person"):
        await ending.overwrite(row["id"], people.computed(row), now=clock.now())
    event, unit = await factories.open_event(5)
    other, its_unit = await factories.open_event(5)
    for n, (who, day) in enumerate(((anna, event), (els, other))):
        await execute(
            "INSERT INTO registration (event, person, code, idempotency_key)"
            " VALUES ($1, $2, $3, gen_random_uuid())",
            *(day.id, who.id, f"code{n}"),
        )
    await execute(
        "INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at)"
        " SELECT r.id, CASE WHEN r.event = $3 THEN $1::int ELSE $2::int END, r.person, 'confirmed',"
        " 1, now() FROM registration r",
        *(unit.id, its_unit.id, event.id),
    )
    for who in (anna, els):
        await execute(
            "INSERT INTO registration_number (person, register, number) VALUES ($1, 'BIG', $2),"
            " ($1, 'NIP', 'NIP-00000001')",
            *(who.id, f"0991234562{who.id}"),
        )
        await execute(
            "INSERT INTO feed_token (person, label, token_hash, created_at, client)"
            " VALUES ($1, 'x', $2, now(), '')",
            *(who.id, who.surname.encode()),
        )
    return anna, els


async def test_every_row_is_kept_and_counted_before_and_after() -> None:
    anna, els = await two()
    before = await rows_of(anna.id, els.id)

    done = await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    after = await rows_of(anna.id, els.id)
    ours = {"merge_event.kept", "merge_event.absorbed", "person.merged_into"}
    ours |= {"outbox_letter.person"}
    assert {name: n for name, n in after.items() if name not in ours} == before
    assert [table for table, _ in done.stayed] == ["registration_number"]
    left = await references.counts("person", els.id)
    assert set(left) == {"registration_number.person", "merge_event.absorbed"}


async def test_undone_the_two_are_as_they_were_table_by_table() -> None:
    anna, els = await two()
    tables = ["person", *{one.table for one in await references.to("person")}]
    tables = [t for t in tables if t not in ("merge_event", "duplicate_pair", "outbox_letter")]
    before = {table: await whole(table) for table in tables}
    chosen = {"email": sides.ABSORBED, "city": sides.ABSORBED, "name": sides.ABSORBED}
    done = await merging.merge(CARLA, anna.id, els.id, chosen, now=clock.now())
    merged = await people.get(anna.id)
    assert (merged.email, merged.city, merged.phone) == ("els@example.com", "Zwolle", anna.phone)
    assert merged.display_name == "Els"

    assert await undoing.undo(CARLA, done.id, now=clock.now()) == set()

    after = {table: await whole(table) for table in tables}
    for rows in (*before.values(), *after.values()):
        for row in rows:
            row.pop("revision", None)
            row.pop("changed_at", None)
    assert after == before
    with pytest.raises(AlreadyUndone):
        await undoing.undo(CARLA, done.id, now=clock.now())


async def test_what_changed_since_stays_when_undone() -> None:
    anna, els = await two()
    done = await merging.merge(CARLA, anna.id, els.id, {"city": "absorbed"}, now=clock.now())
    await people.change(CARLA, anna.id, {"city": "Breda"}, now=clock.now())
    await execute("DELETE FROM feed_token WHERE token_hash = $1", b"Els")

    left = await undoing.undo(CARLA, done.id, now=clock.now())

    assert left == {"feed_token"}
    assert [(await people.get(one.id)).city for one in (anna, els)] == ["Breda", "Zwolle"]


async def test_years_of_both_become_one_history_with_the_oldest_number() -> None:
    anna = await factories.member("Anna")
    els = await factories.member("Els")
    await execute(
        "UPDATE membership SET starts_on = $2, ends_on = $3 WHERE person = $1",
        *(els.id, date(2010, 1, 1), date(2015, 12, 31)),
    )
    done = await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    rows = await execute("SELECT person, number FROM membership ORDER BY starts_on")
    assert rows == [{"person": anna.id, "number": els.id}] * 2

    await undoing.undo(CARLA, done.id, now=clock.now())

    rows = await execute("SELECT person, number FROM membership ORDER BY starts_on")
    assert rows == [{"person": p.id, "number": p.id} for p in (els, anna)]


async def test_both_a_member_at_once_is_refused_and_nothing_moved() -> None:
    anna, els = await factories.member("Anna"), await factories.member("Els")
    before = await whole("membership"), await whole("person")

    with pytest.raises(BothMembers):
        await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    assert (await whole("membership"), await whole("person")) == before


async def test_two_places_on_one_day_to_come_are_refused() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    event, unit = await factories.open_event(5, starts_at=clock.now() + DAY,
                                             ends_at=clock.now() + 2 * DAY)  # fmt: skip
    for n, who in enumerate((anna, els)):
        await execute(
            "INSERT INTO registration (event, person, code, idempotency_key)"
            " VALUES ($1, $2, $3, gen_random_uuid())",
            *(event.id, who.id, f"c{n}"),
        )
    await execute(
        "INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at)"
        " SELECT r.id, $1, r.person, 'confirmed', 1, now() FROM registration r",
        unit.id,
    )
    with pytest.raises(BothRegistered):
        await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    await execute("UPDATE registration_line SET state = 'cancelled' WHERE person = $1", els.id)
    done = await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    assert [table for table, _ in done.stayed] == ["registration", "registration_line"]


async def test_office_death_and_oneself_are_refused() -> None:
    anna, els = await factories.known("Anna"), await factories.carla()
    with pytest.raises(HoldsOffice):
        await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    with pytest.raises(OwnData):
        await merging.merge(acting(els, roles=("board",)), els.id, anna.id, {}, now=clock.now())
    with pytest.raises(NotFound):
        await merging.merge(acting(anna), els.id, anna.id, {}, now=clock.now())
    with pytest.raises(Invalid):
        await merging.merge(CARLA, els.id, anna.id, {"salary": "kept"}, now=clock.now())
    await execute("UPDATE person SET deceased_on = $2 WHERE id = $1", anna.id, LONG_AGO)
    with pytest.raises(OneDied):
        await merging.merge(CARLA, els.id, anna.id, {}, now=clock.now())


async def test_who_holds_an_office_does_not_lose_the_address_in_a_merge() -> None:
    carla, els = await factories.carla(), await factories.known("Els", email=None, email_key=None)

    with pytest.raises(AddressNeeded):
        await merging.merge(CARLA, carla.id, els.id, {"email": "absorbed"}, now=clock.now())


async def test_no_closed_account_opens_by_a_merge() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    await execute("INSERT INTO suspension (person) VALUES ($1)", els.id)

    with pytest.raises(AccountClosed):
        await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    await merging.merge(CARLA, els.id, anna.id, {}, now=clock.now())

    assert await sessions.may_come_in(els.id) is None


async def test_who_was_absorbed_takes_no_address() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    await address_change.ask(acting(els), "els.nieuw@example.com", now=clock.now())
    token = (await last_letter())["url"].rpartition("/")[2]
    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    with pytest.raises(LinkUsedUp):
        await address_change.confirm(token, now=clock.now())


@pytest.mark.parametrize("who_left", ["Anna", "Els"])
async def test_a_no_of_either_address_is_a_no(who_left: str) -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    one = await mailing_list()
    for who in (anna, els):
        state = "unsubscribed" if who.surname == who_left else "confirmed"
        await execute(
            "INSERT INTO subscription (list, person, email, email_key, state, token_hash,"
            " asked_at) VALUES ($1, $2, $3, $3, $4, $5, now())",
            *(one.id, who.id, who.email, state, who.surname.encode()),
        )

    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    rows = await execute("SELECT state FROM subscription")
    assert {row["state"] for row in rows} == {"unsubscribed"}


async def test_objection_of_one_address_counts_for_both() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    async with transaction():
        objected = Answer(str(els.email_key), rules.EVERYTHING, ConsentAction.objected, "page",
                          person_id=els.id)  # fmt: skip
        await consent.record(acting(els), objected, now=clock.now())

    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    rows = await execute("SELECT address_key FROM consent_event WHERE action = 'objected'")
    assert {row["address_key"] for row in rows} == {"anna@example.com", "els@example.com"}


async def test_old_feeds_and_unsubscribe_links_and_profile_addresses_keep_working(
    client: httpx.AsyncClient,
) -> None:
    entry, holder = await published(about="public")
    slug = (await execute("SELECT slug FROM profile"))[0]["slug"]
    els = await factories.known("Els")
    await execute("UPDATE membership SET ends_on = NULL")
    await merging.merge(CARLA, els.id, holder.person_id or 0, {}, now=clock.now())

    answer = await client.get(f"/directory/{slug}")

    assert answer.status_code == 200
    assert entry


async def test_two_merges_at_once_make_one() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")

    done = await asyncio.gather(
        merging.merge(CARLA, anna.id, els.id, {}, now=clock.now()),
        merging.merge(CARLA, els.id, anna.id, {}, now=clock.now()),
        return_exceptions=True,
    )

    assert sum(isinstance(one, NotFound) for one in done) == 1
    assert len(await whole("merge_event")) == 1


async def test_memory_of_a_merge_is_forgotten_after_thirty_days() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    done = await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    await retention.apply(clock.now() + 29 * DAY)
    assert (await queries.merge(done.id)).can_undo

    await retention.apply(clock.now() + 31 * DAY)

    with pytest.raises(TooLate):
        await undoing.undo(CARLA, done.id, now=clock.now())


async def test_every_column_that_points_at_a_person_moves_or_is_named_as_staying() -> None:
    pointing = {one.table for one in await references.to("person")}

    assert pointing >= moving.STAYS
    assert {"membership", "registration", "feed_token", "subscription"} <= pointing - moving.STAYS


async def test_dismissed_pair_stays_away_until_a_detail_changes() -> None:
    a = await factories.known("Jansen", initials="A.", phone="+31612345678")
    await factories.known("Janssen", initials="A.", phone="+31612345678")
    assert await finding.look(clock.now()) == 1
    [pair] = await queries.open_pairs()
    assert pair.reasons == ["phone", "similar_name"]
    await finding.dismiss(CARLA, pair.id, now=clock.now())

    await finding.look(clock.now())
    assert await queries.open_pairs() == []

    await people.change(CARLA, a.id, {"city": "Ede"}, now=clock.now())
    await finding.look(clock.now())
    assert [one.id for one in await queries.open_pairs()] == [pair.id]


async def test_what_was_dismissed_is_what_was_seen_at_that_moment() -> None:
    a = await factories.known("Jansen", initials="A.", phone="+31612345678")
    await factories.known("Janssen", initials="A.", phone="+31612345678")
    await finding.look(clock.now())
    [pair] = await queries.open_pairs()
    await people.change(CARLA, a.id, {"city": "Ede"}, now=clock.now())
    await finding.dismiss(CARLA, pair.id, now=clock.now())

    await finding.look(clock.now())

    assert await queries.open_pairs() == []


async def test_what_the_board_pointed_at_stays_until_it_decides() -> None:
    a = await factories.known("Jansen", initials="A.", phone="+31612345678")
    b = await factories.known("Janssen", initials="A.", phone="+31612345678")
    by_hand = await finding.name_pair(CARLA, a.id, str(b.email), now=clock.now())
    await finding.look(clock.now())
    [seen] = await queries.open_pairs()
    await people.change(CARLA, a.id, {"phone": ""}, now=clock.now())
    await finding.look(clock.now())
    [still] = await queries.open_pairs()

    assert [seen.id, still.id] == [by_hand] * 2
    assert seen.reasons == ["by_hand", "phone", "similar_name"]
    await finding.dismiss(CARLA, by_hand, now=clock.now())
    await finding.look(clock.now())
    assert await queries.open_pairs() == []


async def test_pairs_that_no_longer_look_alike_go_and_those_of_the_board_stay() -> None:
    a = await factories.known("Jansen", initials="A.", phone="+31612345678")
    await factories.known("Janssen", initials="A.", phone="+31612345678")
    vos = await factories.known("Vos")
    await finding.look(clock.now())
    by_hand = await finding.name_pair(CARLA, a.id, "vos@example.com", now=clock.now())
    await people.change(CARLA, a.id, {"phone": ""}, now=clock.now())

    await finding.look(clock.now())

    assert [one.id for one in await queries.open_pairs()] == [by_hand]
    with pytest.raises(Invalid):
        await finding.name_pair(CARLA, vos.id, "niemand@example.com", now=clock.now())


async def test_board_merges_field_by_field_and_undoes_on_the_page(
    client: httpx.AsyncClient,
) -> None:
    anna, els = await two()
    await sign_in(client, await factories.carla())
    named = await client.post(f"/board/people/{anna.id}/duplicate", data={"other": els.email})
    where = named.headers["location"]
    page = await client.get(where)
    assert "aangewezen door het bestuur" in page.text

    answer = await client.post(
        f"{where}/merge", data={"kept": str(anna.id), "field-city": str(els.id)}
    )

    merge = answer.headers["location"]
    assert (await people.get(anna.id)).city == "Zwolle"
    assert "Bij de opgegane persoon bleef staan" in (await client.get(merge)).text
    card = await client.get(f"/board/people/{els.id}")
    assert "samengevoegd met een ander" in card.text
    assert (await client.post(f"{merge}/undoing")).status_code == 303
    assert (await people.get(els.id)).merged_into is None
    assert "Anna" in (await client.get("/board/duplicates")).text


async def test_nobody_takes_an_account_over_by_a_merge_unseen() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")

    await merging.merge(CARLA, anna.id, els.id, {"email": sides.ABSORBED}, now=clock.now())

    assert await letters() == [("people_merged", "anna@example.com")]


async def test_the_address_of_who_goes_is_told_whose_account_it_is_now() -> None:
    anna, els = await factories.known("Anna"), await factories.member("Els")

    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    assert await letters() == [("people_merged", "els@example.com")]
    assert (await last_letter())["address"] == "anna@example.com"


@pytest.mark.parametrize(
    ("chosen", "freed", "left"),
    [
        ({}, "els@example.com", ["anna@example.com", None]),
        ({"email": "absorbed"}, "anna@example.com", [None, "els@example.com"]),
    ],
)
async def test_an_address_that_somebody_else_has_by_now_stays_away(
    client: httpx.AsyncClient, chosen: dict[str, str], freed: str, left: list[str | None]
) -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    done = await merging.merge(CARLA, anna.id, els.id, chosen, now=clock.now())
    await people.find_or_create_contact(
        ANONYMOUS, name="Fem", email=freed, language="nl", now=clock.now()
    )
    await sign_in(client, await factories.carla())

    answer = await client.post(f"/board/merges/{done.id}/undoing")

    rows = await execute("SELECT email, email_key FROM person ORDER BY id LIMIT 3")
    assert answer.status_code == 303
    assert "ging niet terug" in (await client.get(answer.headers["location"])).text
    assert [row["email"] for row in rows] == [*left, freed]
    assert [row["email_key"] for row in rows] == [*left, freed]


@pytest.mark.parametrize("state", ["ok", "unverified"])
async def test_whether_an_address_is_proved_goes_back_with_the_address(state: str) -> None:
    anna = await factories.known("Anna", email_state=state)
    els = await factories.known("Els", email_state="unverified")
    mine = {"email": sides.ABSORBED}
    done = await merging.merge(CARLA, anna.id, els.id, mine, now=clock.now())
    await people.confirm_email(int(anna.id), now=clock.now())

    await undoing.undo(CARLA, done.id, now=clock.now())

    rows = await execute("SELECT email, email_state FROM person ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [
        ("anna@example.com", state),
        ("els@example.com", "unverified"),
    ]


async def test_the_last_merge_is_undone_first() -> None:
    anna, els, fem = [await factories.known(name) for name in ("Anna", "Els", "Fem")]
    await factories.member("Gijs")
    await execute("UPDATE membership SET person = $1", els.id)
    mine = {"email": sides.ABSORBED}
    first = await merging.merge(CARLA, anna.id, els.id, mine, now=clock.now())
    second = await merging.merge(CARLA, fem.id, anna.id, mine, now=clock.now())

    with pytest.raises(MergedOn):
        await undoing.undo(CARLA, first.id, now=clock.now())
    left = [await undoing.undo(CARLA, one.id, now=clock.now()) for one in (second, first)]

    rows = await execute("SELECT email FROM person WHERE id <= $1 ORDER BY id", fem.id)
    assert left == [set(), set()]
    assert [row["email"] for row in rows] == [one.email for one in (anna, els, fem)]
    assert await execute("SELECT person FROM membership") == [{"person": els.id}]


async def test_a_link_of_who_was_absorbed_gives_nobody_an_address() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    await address_change.ask(acting(els), "els@nieuw.example.org", now=clock.now())
    token = str((await last_letter())["url"]).rpartition("/")[2]
    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())

    with pytest.raises(address_change.LinkUsedUp):
        await address_change.confirm(token, now=clock.now())

    assert await people.find_or_create_contact(
        ANONYMOUS, name="Els", email="els@nieuw.example.org", language="nl", now=clock.now()
    )


async def test_an_address_is_taken_back_from_whom_it_went_to() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    now = clock.now()
    await address_change.ask(replace(acting(els), proved_at=now), "dief@example.com", now=now)
    await address_change.confirm(str((await last_letter())["url"]).rpartition("/")[2], now=now)
    back = str((await last_letter())["url"]).rpartition("/")[2]
    chosen = {"email": sides.ABSORBED}
    merge = await merging.merge(CARLA, anna.id, els.id, chosen, now=now)
    await undoing.undo(CARLA, merge.id, now=now)
    assert (await address_change.to_undo(back, now=now)).person_id == els.id
    await merging.merge(CARLA, anna.id, els.id, chosen, now=now)

    await address_change.undo(back, now=now)

    assert (await people.get(anna.id)).email == "els@example.com"


async def test_undoing_a_merge_gives_no_thief_an_address_that_was_taken_back() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els")
    now = clock.now()
    await address_change.ask(replace(acting(els), proved_at=now), "dief@example.com", now=now)
    await address_change.confirm(str((await last_letter())["url"]).rpartition("/")[2], now=now)
    back = str((await last_letter())["url"]).rpartition("/")[2]
    merge = await merging.merge(CARLA, anna.id, els.id, {"email": sides.ABSORBED}, now=now)

    await reclaiming.take_back(back, now=now)
    left = await undoing.undo(CARLA, merge.id, now=now)

    assert left == set()
    assert (await people.get(anna.id)).email == "anna@example.com"
    assert (await people.get(els.id)).email == "els@example.com"


async def test_who_is_in_the_directory_is_not_lost_in_somebodys_draft() -> None:
    anna, _ = await published("Anna", about="public")
    els, _ = await psychologist("Els", about="public")
    await execute("UPDATE membership SET ends_on = '2021-01-01' WHERE person = $1", els.id)
    await execute("UPDATE membership SET starts_on = '2022-01-01' WHERE person = $1", anna.id)
    before = await whole("person")

    with pytest.raises(OtherIsPublished):
        await merging.merge(CARLA, els.id, anna.id, {}, now=clock.now())

    assert await whole("person") == before
    assert await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())


async def test_province_goes_with_its_postcode() -> None:
    anna = await factories.known("Anna", postcode="3511 AB")
    els = await factories.known("Els", postcode="8011 AB", province="OV")

    await merging.merge(CARLA, anna.id, els.id, {"postcode": "absorbed"}, now=clock.now())

    kept = await people.get(anna.id)
    assert (kept.postcode, kept.province) == ("8011 AB", "OV")
