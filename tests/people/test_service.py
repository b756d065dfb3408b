"""Making, finding and changing people, in a real database."""

import asyncio
from datetime import timedelta

import pytest

from server.actors import ANONYMOUS, Actor
from server.database import execute
from server.errors import Invalid, NotFound, Stale
from server.people import service as people
from server.people.service import AddressNeeded, EmailTaken, OwnAddress, PersonForm
from tables.accounts import Role, RoleGrant
from tests.factories import LONG_AGO, NOON

CARLA = Actor(person_id=None, name="Carla", roles=frozenset({"board"}))
ANNA = PersonForm("Berg", first_name="Anna", prefix="Van Der", email=" Anna@Example.org ")

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def audited() -> list[tuple[str, str]]:
    rows = await execute("SELECT actor, action FROM audit_entry ORDER BY id")
    return [(row["actor"], row["action"]) for row in rows]


async def contact(name: str, email: str) -> int:
    return await people.find_or_create_contact(
        ANONYMOUS, name=name, email=email, language="nl", now=NOON
    )


async def test_new_person_has_what_follows_from_name_and_address() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)

    anna = await people.get(person_id)
    assert (anna.prefix, anna.display_name, anna.sort_key) == (
        "van der",
        "Anna van der Berg",
        "berg anna van der",
    )
    assert (anna.email, anna.email_key, anna.email_state) == (
        "Anna@Example.org",
        "anna@example.org",
        "unverified",
    )
    assert await audited() == [("Carla", "create")]


async def test_two_people_cannot_have_one_address() -> None:
    await people.create(CARLA, ANNA, now=NOON)

    with pytest.raises(EmailTaken) as refusal:
        await people.create(CARLA, PersonForm("Vos", email="ANNA@example.org"), now=NOON)

    assert refusal.value.message_key == "people.refusal.email_taken"
    assert await audited() == [("Carla", "create")]


async def test_an_office_changes_the_address_of_others_only() -> None:
    anna = await people.create(CARLA, ANNA, now=NOON)
    herself = Actor(person_id=anna, name="Anna", roles=frozenset({"board"}))

    for email in ("ander@example.org", ""):
        with pytest.raises(OwnAddress):
            await people.change(herself, anna, {"email": email}, now=NOON)
    await people.change(herself, anna, {"city": "Ede"}, now=NOON)

    assert (await people.get(anna)).email == "Anna@Example.org"


async def test_who_holds_an_office_keeps_an_address() -> None:
    anna = await people.create(CARLA, ANNA, now=NOON)
    office = RoleGrant(person=anna, role=Role.board, from_on=LONG_AGO, until_on=NOON.date())
    await office.save()

    with pytest.raises(AddressNeeded):
        await people.change(CARLA, anna, {"email": ""}, now=NOON)
    await people.change(CARLA, anna, {"email": "ander@example.org"}, now=NOON)
    await people.change(CARLA, anna, {"email": ""}, now=NOON + timedelta(days=1))

    assert (await people.get(anna)).email is None


async def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(Invalid) as invalid:
        await people.create(CARLA, PersonForm("  ", email="anna"), now=NOON)

    assert invalid.value.fields == {
        "surname": "errors.field.required",
        "email": "errors.field.email",
    }


async def test_stranger_becomes_a_contact_with_an_unproved_address() -> None:
    person_id = await contact("Els de Vries", "els@example.org")

    els = await people.get(person_id)
    assert (els.first_name, els.prefix, els.surname) == ("Els", "de", "Vries")
    assert els.email_state == "unverified"


async def test_stranger_never_overwrites_whom_we_know() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)

    again = await contact("Kwaadwillende", "anna@EXAMPLE.org")

    anna = await people.get(again)
    assert (again, anna.display_name) == (person_id, "Anna van der Berg")


async def test_two_strangers_at_once_with_one_address_are_one_person() -> None:
    ids = await asyncio.gather(*(contact(f"Els {n}", "els@example.org") for n in range(6)))

    assert len(set(ids)) == 1
    assert await audited() == [("onbekend", "create")]


async def test_nobody_is_found_under_an_unknown_address() -> None:
    assert await people.find_by_email("dirk@example.org") is None
    with pytest.raises(NotFound):
        await people.get(1)


async def test_change_of_name_moves_the_sort_key() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)

    values = {"partner_surname": "Jongsma", "name_use": "partner_own"}
    await people.change(CARLA, person_id, values, expected_revision=1, now=NOON)

    anna = await people.get(person_id)
    assert (anna.display_name, anna.sort_key, anna.revision) == (
        "Anna Jongsma-van der Berg",
        "jongsma van der berg anna",
        2,
    )
    assert await audited() == [("Carla", "create"), ("Carla", "change")]


async def test_change_of_an_old_version_is_refused() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)
    await people.change(CARLA, person_id, {"city": "Zwolle"}, expected_revision=1, now=NOON)

    with pytest.raises(Stale):
        await people.change(CARLA, person_id, {"city": "Assen"}, expected_revision=1, now=NOON)

    assert (await people.get(person_id)).city == "Zwolle"


async def test_saving_nothing_new_writes_nothing() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)

    await people.change(CARLA, person_id, {"first_name": "Anna"}, now=NOON)

    assert (await people.get(person_id)).revision == 1
    assert await audited() == [("Carla", "create")]


async def test_new_address_must_be_proved_again() -> None:
    person_id = await people.create(CARLA, ANNA, now=NOON)
    await people.confirm_email(person_id, now=NOON)
    await people.confirm_email(person_id, now=NOON)

    await people.change(CARLA, person_id, {"email": "anna@example.net"}, now=NOON)

    anna = await people.get(person_id)
    assert (anna.email_key, anna.email_state) == ("anna@example.net", "unverified")
    assert await audited() == [
        ("Carla", "create"),
        ("Anna van der Berg", "confirm_email"),
        ("Carla", "change"),
    ]


async def test_address_of_somebody_else_is_refused_on_change() -> None:
    await people.create(CARLA, ANNA, now=NOON)
    els = await people.create(CARLA, PersonForm("Vries", email="els@example.org"), now=NOON)

    with pytest.raises(EmailTaken):
        await people.change(CARLA, els, {"email": "Anna@example.org"}, now=NOON)


async def test_change_of_nobody_is_not_found() -> None:
    with pytest.raises(NotFound):
        await people.change(CARLA, 1, {"city": "Assen"}, now=NOON)


async def test_province_moves_with_the_postcode_and_is_else_as_the_board_says() -> None:
    anna = await people.create_from(CARLA, {"surname": "Aal", "province": "UT"}, now=NOON)
    seen = [(await people.get(anna)).province]
    for values in (
        {"postcode": "8011 AB"},
        {"province": "GR"},
        {"city": "Zwolle"},
        {"postcode": "9000", "country": "BE"},
        {"postcode": "", "country": "NL"},
        {"province": "GR"},
    ):
        await people.change(CARLA, anna, values, now=NOON)
        seen.append((await people.get(anna)).province)

    assert seen == ["UT", "OV", "OV", "OV", "", "", "GR"]
