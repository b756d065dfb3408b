"""Consent for what is public, places, referrals, reminders, and messages that are forgotten."""

import asyncio
from datetime import date, timedelta

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, Actor
from server.database import execute
from server.directory import deciding, queries, reading, relay, reminders, service, workplaces
from server.directory.relay import Message
from server.directory.rules import Entry, Whole
from server.errors import Invalid, NotFound, Stale
from server.outbox import delivery
from server.outbox.message import build
from server.people import service as people
from tables.directory import Visibility
from tests import factories
from tests.clients import letters
from tests.directory.cast import BOARD, PLACE, plant_terms, psychologist, published, values

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def consents() -> list[tuple[str, str]]:
    rows = await execute("SELECT purpose, action FROM consent_event ORDER BY id")
    return [(row["purpose"], row["action"]) for row in rows]


async def test_public_is_a_consent_and_anything_else_its_withdrawal(db: None) -> None:
    await service.publish_words(clock.now())
    _, holder = await psychologist(about="public", phone="members")
    for level in ("members", "public", "hidden", "board"):
        given = values(about=level)
        await service.save(holder, given, expected_revision=None, now=clock.now())

    assert await consents() == [
        ("profile:about", "given"),
        ("profile:about", "withdrawn"),
        ("profile:about", "given"),
        ("profile:about", "withdrawn"),
    ]
    (row,) = await execute("SELECT count(*) AS n FROM consent_event WHERE text IS NULL")
    assert row["n"] == 0


async def test_an_older_form_overwrites_nothing(db: None) -> None:
    _, holder = await psychologist()
    own = await queries.of_person(holder.person_id or 0, clock.today())
    assert own is not None
    given = {**values(), "headline": "Anders"}

    await service.save(holder, given, expected_revision=own.revision, now=clock.now())
    with pytest.raises(Stale):
        await service.save(holder, values(), expected_revision=own.revision, now=clock.now())


async def test_a_title_without_its_number_is_refused_and_hidden_when_the_number_ends(
    db: None,
) -> None:
    _, holder = await published(about="public")
    claim = {
        **values(about="public"),
        "headline": "Klinisch psycholoog",
        "about": "Psychotherapeut",
    }
    with pytest.raises(Invalid) as invalid:
        await service.save(holder, claim, expected_revision=None, now=clock.now())
    assert set(invalid.value.fields) == {"headline", "about"}

    proved = {**values(about="public"), "headline": "GZ-psycholoog"}
    await service.save(holder, proved, expected_revision=None, now=clock.now())
    shown = await reading.directory(clock.today())
    await execute("UPDATE registration_number SET state = 'expired'")
    after = await reading.directory(clock.today())

    def seen(directory: reading.Directory) -> tuple[str, tuple[str, ...]]:
        [entry] = directory.indexes[Visibility.public].entries
        return entry.headline, entry.titles

    assert seen(shown) == ("GZ-psycholoog", ("gz_psychologist",))
    assert seen(after) == ("", ())


GONE = [
    "UPDATE membership SET ends_on = current_date - 1",
    "UPDATE person SET deceased_on = current_date",
    "UPDATE person SET anonymised_at = now()",
    "INSERT INTO membership_suspension (person, from_on) SELECT id, current_date FROM person",
    "UPDATE membership_type SET in_directory = false",
    "UPDATE profile SET state = 'hidden'",
    "UPDATE profile SET confirmed_on = current_date - 396",
    "UPDATE profile SET confirmed_on = NULL",
]


@pytest.mark.parametrize("sql", GONE)
async def test_who_is_not_in_good_order_is_found_no_more_at_once(db: None, sql: str) -> None:
    await published()
    before = await reading.directory(clock.today())
    await execute(sql)
    after = await reading.directory(clock.today())

    assert len(before.indexes[Visibility.public].entries) == 1
    assert after.indexes[Visibility.public].entries == ()
    assert await reading.findable(clock.today(), "anna") == []


async def test_the_directory_is_read_anew_only_after_a_change(db: None) -> None:
    await published()
    first = await reading.directory(clock.today())
    again = await reading.directory(clock.today())
    await execute("UPDATE person SET note = 'x'")
    unmoved = await reading.directory(clock.today())
    await execute("UPDATE person SET surname = 'Beer'")
    moved = await reading.directory(clock.today())

    assert again is first
    assert unmoved is first
    assert moved is not first


async def test_referrals_and_the_year_are_asked_once_and_forgotten_in_time(db: None) -> None:
    who, holder = await published(about="public", referrals="public")
    now = clock.now()
    for days in (0, 82, 84, 90, 200):
        await reminders.tick(now + days * DAY)
    asked = await letters()
    shown = {days: (await seen_on(days)).accepts_referrals for days in (0, 90, 91)}
    for days in (366, 380, 394):
        await reminders.tick(now + days * DAY)

    assert asked == [
        ("profile_published", "anna@example.com"),
        ("referrals_to_repeat", "anna@example.com"),
    ]
    assert shown == {0: True, 90: True, 91: None}
    assert [kind for kind, _ in await letters()][2:] == ["profile_to_confirm"]
    await service.confirm(holder, now=now + 380 * DAY)
    own = await queries.of_person(int(who.id), clock.today() + 390 * DAY)
    assert own is not None
    assert own.confirm_before == clock.today() + 745 * DAY


async def seen_on(days: int) -> Entry:
    directory = await reading.directory(clock.today() + days * DAY)
    [entry] = directory.indexes[Visibility.public].entries
    return entry


async def test_a_message_goes_on_without_an_address_and_is_forgotten(db: None) -> None:
    await published(contact="public")
    now = clock.now()
    message = Message("J. Smit", "smit@example.org", "Kan ik verwijzen?")
    await relay.send(ANONYMOUS, "anna", message, now=now)

    await execute("UPDATE outbox_letter SET state = 'sent', sent_at = now()")
    early = await relay.forget(now + 29 * DAY)
    late = await relay.forget(now + 31 * DAY)

    assert (await letters())[-1] == ("profile_message", "anna@example.com")
    assert (early, late) == (0, 1)
    (row,) = await execute("SELECT name, email, text FROM contact_message")
    assert row == {"name": "", "email": "", "text": ""}
    assert "verwijzen" not in str(await execute("SELECT * FROM outbox_letter"))
    (entry,) = await execute("SELECT * FROM audit_entry WHERE entity = 'contact_message'")
    assert "smit" not in str(entry)


async def test_three_messages_an_hour_reach_one_holder(db: None) -> None:
    await published(contact="public")
    message, now = Message("J. Smit", "smit@example.org", "Kan ik verwijzen?"), clock.now()
    for form in "123":
        await relay.send(ANONYMOUS, "anna", message, form=form, now=now)

    with pytest.raises(Invalid) as refused:
        await relay.send(ANONYMOUS, "anna", message, form="4", now=now)

    assert list(refused.value.fields) == ["text"]
    sent = [kind for kind, _ in await letters() if kind == "profile_message"]
    assert len(sent) == 3
    await relay.send(ANONYMOUS, "anna", message, form="5", now=now + timedelta(hours=1))


async def test_a_message_goes_once_however_often_the_button_is_pressed(db: None) -> None:
    await published(contact="public")
    message = Message("J. Smit", "smit@example.org", "Kan ik verwijzen?")

    for form in ("one", "one", "two"):
        await relay.send(ANONYMOUS, "anna", message, form=form, now=clock.now())

    assert [kind for kind, _ in await letters()].count("profile_message") == 2
    assert len(await execute("SELECT 1 FROM contact_message")) == 2


async def test_who_wants_no_messages_gets_none(db: None) -> None:
    await published(about="public")
    message = Message("J. Smit", "smit@example.org", "Kan ik verwijzen?")

    with pytest.raises(NotFound):
        await relay.send(ANONYMOUS, "anna", message, now=clock.now())


async def test_somebody_elses_place_is_none(db: None) -> None:
    await psychologist("Anna")
    _, other = await psychologist("Berend")
    (row,) = await execute("SELECT id FROM workplace ORDER BY id LIMIT 1")

    with pytest.raises(NotFound):
        await workplaces.change(other, row["id"], PLACE, now=clock.now())
    with pytest.raises(NotFound):
        await workplaces.remove(other, row["id"])


async def test_nine_places_are_too_many(db: None) -> None:
    _, holder = await psychologist()
    for _ in range(7):
        await workplaces.add(holder, PLACE, now=clock.now())

    with pytest.raises(workplaces.TooManyWorkplaces):
        await workplaces.add(holder, PLACE, now=clock.now())


async def test_only_members_offer_a_profile_and_not_an_empty_one(db: None) -> None:
    await plant_terms()
    who, holder = await psychologist()
    with pytest.raises(service.NothingToFind):
        await service.submit(holder, now=clock.now())
    with pytest.raises(service.NotAMember):
        await service.submit(factories.acting(who), now=clock.now())
    dirk = factories.acting(await factories.dirk())
    with pytest.raises(service.NotAMember):
        await service.save(dirk, values(), expected_revision=None, now=clock.now())


async def test_the_address_follows_the_name_only_when_it_is_another(db: None) -> None:
    _, holder = await published()
    await service.follow_name(holder, now=clock.now())
    same = await execute("SELECT slug FROM profile")
    await execute("UPDATE person SET surname = 'Beer', display_name = 'A. Beer'")
    await service.follow_name(holder, now=clock.now())
    await service.follow_name(holder, now=clock.now())

    assert same == [{"slug": "anna"}]
    assert await execute("SELECT slug FROM profile") == [{"slug": "a-beer"}]
    assert await reading.findable(clock.today(), "anna") == []


async def test_whoever_comes_while_the_directory_is_read_waits_for_that_reading(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await published()
    readings: list[date] = []
    findable = reading.findable

    async def counted(day: date, slug: str = "") -> list[Whole]:
        readings.append(day)
        return await findable(day, slug)

    monkeypatch.setattr(reading, "findable", counted)

    found = await asyncio.gather(*(reading.directory(clock.today()) for _ in range(12)))

    assert len(readings) == 1
    assert len({id(one) for one in found}) == 1


async def test_a_workplace_carries_no_title_that_nobody_has_verified(db: None) -> None:
    _, holder = await published(about="public", workplaces="public")
    titled = dict.fromkeys(("name", "street", "city"), "Klinisch psychologen Zwolle")
    with pytest.raises(Invalid) as refused:
        await workplaces.add(holder, {**PLACE, **titled}, now=clock.now())
    assert set(refused.value.fields) == set(titled)

    await execute("UPDATE workplace SET name = $1, street = $1, city = $1", titled["name"])
    [entry] = (await reading.directory(clock.today())).indexes[Visibility.public].entries
    assert [(place.name, place.street, place.city) for place in entry.places] == [("", "", "")]


async def test_a_name_with_a_title_is_refused_to_its_holder_and_found_by_nobody(
    client: httpx.AsyncClient,
) -> None:
    who, holder = await published(about="public")
    with pytest.raises(Invalid):
        titled = {"initials": "Klinisch psycholoog A."}
        await people.change(holder, int(who.id), titled, now=clock.now())
    before = await client.get("/directory/anna")

    titled = {"initials": "Psychotherapeut A.", "first_name": "Anna"}
    await people.change(BOARD, int(who.id), titled, now=clock.now())

    paths = ("/directory/anna", "/directory/anna/card.vcf", "/api/directory/anna")
    assert before.status_code == 200
    assert [(await client.get(path)).status_code for path in paths] == [404] * 3
    assert "sychotherapeut" not in (await client.get("/directory")).text
    with pytest.raises(NotFound):
        message = Message("J. Smit", "smit@example.org", "Kan ik verwijzen?")
        await relay.send(ANONYMOUS, "anna", message, now=clock.now())


async def test_a_hidden_telephone_is_hidden_with_the_workplaces_too(db: None) -> None:
    await published(workplaces="public", phone="hidden")
    await execute("UPDATE workplace SET phone = '+31612345678'")

    [entry] = (await reading.directory(clock.today())).indexes[Visibility.public].entries

    assert {place.phone for place in entry.places} <= {""}
    assert entry.phone == ""


async def test_only_a_fitting_type_of_membership_is_submitted_and_published(db: None) -> None:
    _, holder = await published(about="public")
    number = (await execute("SELECT id FROM profile"))[0]["id"]
    await execute("UPDATE profile SET state = 'draft'")
    await execute("UPDATE membership_type SET in_directory = false")
    with pytest.raises(service.NotOfThisType):
        await service.submit(holder, now=clock.now())

    await execute("UPDATE profile SET state = 'submitted'")
    with pytest.raises(service.NotOfThisType):
        board = Actor(name="Carla", roles=frozenset({"board"}))
        await deciding.publish(board, number, now=clock.now())


async def test_an_answer_to_a_passed_on_message_goes_to_its_sender(db: None) -> None:
    await published(contact="public")
    slug = (await execute("SELECT slug FROM profile"))[0]["slug"]
    message = Message("J. Smit", "smit@example.org", "Kan iemand bij u terecht?")
    await relay.send(ANONYMOUS, slug, message, now=clock.now())
    claimed = await delivery.claim(clock.now())
    letter = next(one for one in claimed if one.kind == "profile_message")

    assert build(letter, clock.now())["Reply-To"] == "smit@example.org"
