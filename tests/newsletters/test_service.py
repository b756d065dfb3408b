"""Asking, confirming, leaving and choosing, with their letters and consents."""

from datetime import timedelta

import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.errors import Invalid, NotFound, WrongState
from server.newsletters import links, lists, queries, service
from server.newsletters.rules import LinkExpired
from tables.audit import AuditEntry
from tables.consent import ConsentEvent
from tables.people import EmailState
from tests.factories import NOON
from tests.newsletters.cast import (
    ANNA,
    CARLA,
    acting,
    asked,
    consents,
    last_token,
    letters,
    mailing_list,
    member,
    person,
    row_of,
    states,
)

pytestmark = pytest.mark.anyio
LATER = NOON + timedelta(minutes=5)


async def confirmed(email: str = ANNA, *slugs: str) -> str:
    """An address on lists; its stable token."""
    await service.sign_up(ANONYMOUS, asked(email, *slugs), now=NOON)
    await service.confirm(await last_token(), now=NOON)
    return links.token_of((await row_of(email)).id)


async def test_a_sign_up_waits_and_owes_one_letter(db: None) -> None:
    await mailing_list()

    await service.sign_up(ANONYMOUS, asked(), now=NOON)

    assert await states() == [(ANNA, "pending")]
    assert await letters() == [("newsletter_confirm", ANNA)]
    assert await consents() == []


async def test_several_lists_are_one_letter_and_one_click(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("agenda")
    await service.sign_up(ANONYMOUS, asked(ANNA, "agenda", "nieuws"), now=NOON)

    on = await service.confirm(await last_token(), now=LATER)

    assert [one.slug for one in on] == ["nieuws", "agenda"]
    assert await letters() == [("newsletter_confirm", ANNA)]
    assert await states() == [(ANNA, "confirmed"), (ANNA, "confirmed")]
    assert await consents() == [
        ("newsletter:1", "confirmed", "confirm_link"),
        ("newsletter:2", "confirmed", "confirm_link"),
    ]


async def test_the_consent_names_the_words_shown_when_asked(db: None) -> None:
    await lists.set_up(NOON - timedelta(days=1))
    await service.sign_up(ANONYMOUS, asked(ANNA, "newsletter"), now=NOON)

    await service.confirm(await last_token(), now=LATER)

    assert await execute(
        "SELECT t.version, e.at, e.address_key, e.actor, e.proof->>'asked_at' AS asked_at"
        " FROM consent_event e JOIN consent_text t ON t.id = e.text"
    ) == [
        {
            "version": 1,
            "at": LATER,
            "address_key": ANNA,
            "actor": "houder van de link",
            "asked_at": "2027-03-12T11:00:00+00:00",
        }
    ]


async def test_confirming_again_is_harmless(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    token = await last_token()

    first = await service.confirm(token, now=NOON)
    second = await service.confirm(token, now=LATER)

    assert first == second
    assert len(await consents()) == 1


async def test_a_link_older_than_a_week_is_refused(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)

    with pytest.raises(LinkExpired):
        await service.confirm(await last_token(), now=NOON + timedelta(days=7))

    assert await states() == [(ANNA, "pending")]


async def test_an_old_link_does_not_undo_leaving(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    old = await last_token()
    await service.confirm(old, now=NOON)
    await service.unsubscribe(links.token_of(1), channel="one_click", now=LATER)

    with pytest.raises(LinkExpired):
        await service.confirm(old, now=LATER)

    assert await states() == [(ANNA, "unsubscribed")]


async def test_a_stranger_asking_again_does_not_undo_leaving(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    old = await last_token()
    await service.confirm(old, now=NOON)
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)
    await service.sign_up(ANONYMOUS, asked(), now=LATER)

    with pytest.raises(LinkExpired):
        await service.confirm(old, now=LATER)

    assert await states() == [(ANNA, "pending")]


async def test_the_person_comes_back_with_the_new_link(db: None) -> None:
    await mailing_list()
    await confirmed()
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)
    await service.sign_up(ANONYMOUS, asked(), now=LATER)

    await service.confirm(await last_token(), now=LATER)

    assert await states() == [(ANNA, "confirmed")]
    assert [action for _, action, _ in await consents()] == ["confirmed", "withdrawn", "confirmed"]


async def test_a_link_does_not_confirm_what_was_asked_after_it(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("agenda")
    await service.sign_up(ANONYMOUS, asked(ANNA, "nieuws"), now=NOON)
    first = await last_token()
    await service.sign_up(ANONYMOUS, asked(ANNA, "agenda"), now=LATER)

    on = await service.confirm(first, now=LATER)

    assert [one.slug for one in on] == ["nieuws"]
    assert await states() == [(ANNA, "confirmed"), (ANNA, "pending")]


async def test_who_is_on_it_already_gets_a_letter_that_says_so(db: None) -> None:
    await mailing_list()
    await confirmed()

    await service.sign_up(ANONYMOUS, asked(), now=LATER)

    assert await letters() == [("newsletter_confirm", ANNA), ("newsletter_already", ANNA)]
    assert await states() == [(ANNA, "confirmed")]


async def test_three_letters_an_hour_to_one_address(db: None) -> None:
    await mailing_list()

    for minute in range(6):
        await service.sign_up(ANONYMOUS, asked(), now=NOON + timedelta(minutes=minute))
    await service.sign_up(ANONYMOUS, asked(), now=NOON + timedelta(hours=1))

    assert len(await letters()) == 4
    assert await states() == [(ANNA, "pending")]


async def test_every_link_of_the_week_works(db: None) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    first = await last_token()
    await service.sign_up(ANONYMOUS, asked(), now=NOON + timedelta(days=2))

    await service.confirm(first, now=NOON + timedelta(days=3))

    assert await states() == [(ANNA, "confirmed")]


async def test_one_spelling_of_an_address_is_one_subscription(db: None) -> None:
    await mailing_list()

    for spelling in (" Anna@Example.org ", "anna@EXAMPLE.ORG", ANNA):
        await service.sign_up(ANONYMOUS, asked(spelling), now=NOON)

    assert await states() == [(ANNA, "pending")]


async def test_a_foreign_host_is_one_address_in_both_spellings(db: None) -> None:
    await mailing_list()

    await service.sign_up(ANONYMOUS, asked("zoë@bücher.example"), now=NOON)
    await service.sign_up(ANONYMOUS, asked("zoë@xn--bcher-kva.example"), now=NOON)

    assert await states() == [("zoë@xn--bcher-kva.example", "pending")]


@pytest.mark.parametrize(
    "email", ["", "anna", "a@example.org, b@example.org", "a@x\r\nBcc: b@example.org", "a b@x.org"]
)
async def test_what_is_not_one_address_is_refused(db: None, email: str) -> None:
    await mailing_list()

    with pytest.raises(Invalid) as refused:
        await service.sign_up(ANONYMOUS, asked(email), now=NOON)

    assert refused.value.fields == {"email": "errors.field.email"}
    assert await letters() == []


async def test_every_problem_is_said_at_once(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        await service.sign_up(ANONYMOUS, asked("x", "unknown"), now=NOON)

    assert refused.value.fields == {
        "email": "errors.field.email",
        "lists": "newsletters.field.lists.choose",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"is_open": False},
        {"audience": "members", "opt_in": "automatic"},
        {"audience": "members", "opt_in": "single"},
    ],
)
async def test_nobody_asks_for_a_list_that_is_not_public(
    db: None, values: dict[str, object]
) -> None:
    await mailing_list(**values)

    with pytest.raises(Invalid):
        await service.sign_up(ANONYMOUS, asked(), now=NOON)

    assert await states() == []


async def test_a_name_cannot_write_headers(db: None) -> None:
    await mailing_list()

    await service.sign_up(ANONYMOUS, asked(name="Anna\r\nBcc: b@example.org"), now=NOON)

    assert (await row_of()).name == "Anna Bcc: b@example.org"


async def test_leaving_acts_at_once_and_is_one_event(db: None) -> None:
    await mailing_list()
    token = await confirmed()

    await service.unsubscribe(token, channel="one_click", now=LATER)
    await service.unsubscribe(token, channel="one_click", now=LATER)

    assert await states() == [(ANNA, "unsubscribed")]
    assert (await row_of()).ended_at == LATER
    assert (await consents())[1:] == [("newsletter:1", "withdrawn", "one_click")]


async def test_an_unknown_token_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        await service.unsubscribe("x" * 22, channel="one_click", now=NOON)
    with pytest.raises(NotFound):
        await service.confirm("x" * 52, now=NOON)


async def test_the_preference_page_takes_off_but_only_a_letter_puts_on(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("agenda")
    token = await confirmed(ANNA, "nieuws")

    owed = await service.prefer(token, ["agenda"], now=LATER)

    assert owed is True
    assert await states() == [(ANNA, "unsubscribed"), (ANNA, "pending")]
    assert (await letters())[-1] == ("newsletter_confirm", ANNA)
    assert len(await letters()) == 2


async def test_saving_the_same_preferences_changes_nothing(db: None) -> None:
    await mailing_list()
    token = await confirmed()
    lines = await AuditEntry.count()

    assert await service.prefer(token, ["nieuws", "unknown"], now=LATER) is False

    assert await states() == [(ANNA, "confirmed")]
    assert await AuditEntry.count() == lines


async def test_who_objects_to_everything_gets_no_letter_any_more(db: None) -> None:
    await mailing_list("nieuws")
    await mailing_list("agenda")
    token = await confirmed(ANNA, "nieuws")

    await service.object_to_all(token, now=LATER)
    await service.object_to_all(token, now=LATER)
    await service.sign_up(ANONYMOUS, asked(ANNA, "agenda"), now=LATER)

    assert (await consents())[1:] == [
        ("newsletter:1", "withdrawn", "preferences"),
        ("newsletters", "objected", "preferences"),
    ]
    assert len(await letters()) == 1


async def test_the_holder_of_the_link_takes_an_objection_back(db: None) -> None:
    await mailing_list()
    token = await confirmed()
    await service.object_to_all(token, now=LATER)

    await service.prefer(token, ["nieuws"], now=LATER)
    await service.confirm(await last_token(), now=LATER)

    assert await states() == [(ANNA, "confirmed")]
    assert (await consents())[-1] == ("newsletters", "confirmed", "preferences")


async def test_a_signed_in_person_with_a_proved_address_needs_no_letter(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA)

    owed = await service.choose(acting(anna), ["nieuws"], now=NOON)

    assert owed is False
    assert await states() == [(ANNA, "confirmed")]
    assert await consents() == [("newsletter:1", "given", "me")]
    assert await letters() == []


async def test_an_unproved_address_is_confirmed_by_letter(db: None) -> None:
    await mailing_list()
    anna = await person(ANNA, email_state=EmailState.unverified)

    owed = await service.choose(acting(anna), ["nieuws"], now=NOON)

    assert owed is True
    assert await states() == [(ANNA, "pending")]
    assert await letters() == [("newsletter_confirm", ANNA)]


async def test_a_person_comes_back_by_their_own_hand(db: None) -> None:
    await mailing_list()
    await confirmed()
    anna = await person(ANNA)
    await service.choose(acting(anna), [], now=NOON)

    await service.choose(acting(anna), ["nieuws"], now=LATER)

    assert await states() == [(ANNA, "confirmed")]
    assert [action for _, action, _ in await consents()] == ["confirmed", "withdrawn", "given"]


async def test_a_member_leaves_an_automatic_list_and_comes_back(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna = acting(await member(ANNA), is_member=True)

    await service.choose(anna, [], now=NOON)
    left = await states()
    await service.choose(anna, ["leden"], now=LATER)

    assert left == [(ANNA, "unsubscribed")]
    assert await states() == [(ANNA, "confirmed")]
    assert await consents() == [
        ("newsletter:1", "withdrawn", "me"),
        ("newsletter:1", "given", "me"),
    ]


async def test_nobody_chooses_a_list_that_is_not_for_them(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    dirk = acting(await person("dirk@example.org", "Dirk"))

    await service.choose(dirk, ["leden"], now=NOON)

    assert await states() == []


async def test_who_has_no_address_chooses_nothing(db: None) -> None:
    with pytest.raises(NotFound):
        await service.choose(acting(await person(None)), [], now=NOON)


async def test_the_board_takes_somebody_off_with_a_reason(db: None) -> None:
    await mailing_list()
    await confirmed()

    await service.take_off(CARLA, 1, "belde ons", now=LATER)

    assert await states() == [(ANNA, "unsubscribed")]
    assert (await consents())[-1] == ("newsletter:1", "withdrawn", "board")
    last = await AuditEntry.select().order_by(AuditEntry.id, ascending=False).first()
    assert last is not None
    assert (last["actor"], last["action"], last["reason"]) == ("Carla", "unsubscribe", "belde ons")


async def test_holding_keeps_the_consent(db: None) -> None:
    await mailing_list()
    await confirmed()

    await service.hold(CARLA, 1, "vol")
    held = await states()
    await service.release(CARLA, 1, "")

    assert held == [(ANNA, "hold")]
    assert await states() == [(ANNA, "confirmed")]
    assert await ConsentEvent.count() == 1
    with pytest.raises(WrongState):
        await service.release(CARLA, 1, "")


async def test_who_never_confirmed_is_forgotten_after_thirty_days(db: None) -> None:
    await mailing_list()
    await confirmed("bram@example.org")
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOON)
    await service.sign_up(ANONYMOUS, asked("bram@example.org"), now=NOON)
    await service.sign_up(ANONYMOUS, asked(), now=NOON)
    await execute("UPDATE subscription SET changed_at = $1", NOON)

    await service.tick(NOON + timedelta(days=30))
    before = await states()
    await service.tick(NOON + timedelta(days=30, seconds=1))
    await service.tick(NOON + timedelta(days=30, seconds=1))

    assert before == [("bram@example.org", "pending"), (ANNA, "pending")]
    assert await states() == [("bram@example.org", "unsubscribed")]


async def test_a_changed_key_breaks_no_new_letter(db: None) -> None:
    await mailing_list()
    await confirmed()
    await execute("UPDATE subscription SET token_hash = '\\x00'")

    await service.sign_up(ANONYMOUS, asked(), now=LATER)

    assert (await queries.get_by_token(await last_token())).email_key == ANNA


async def test_the_first_lists_are_made_once(db: None) -> None:
    await lists.set_up(NOON)
    await lists.set_up(LATER)

    assert [(one.slug, one.list_id) for one in await queries.lists()] == [
        ("newsletter", "newsletter.lists.localhost"),
        ("members", "members.lists.localhost"),
    ]


async def test_a_list_that_people_could_be_put_on_is_refused(db: None) -> None:
    with pytest.raises(Invalid) as refused:
        values = {"slug": "x", "audience": "public", "opt_in": "automatic"}
        await lists.create_list(CARLA, values, NOON)

    assert refused.value.fields == {"opt_in": "newsletters.field.opt_in.public"}


@pytest.mark.parametrize("slug", ["", "Onze lijst/2027"])
async def test_a_list_keeps_an_address_that_works(db: None, slug: str) -> None:
    one = await mailing_list()

    with pytest.raises(Invalid) as no:
        await lists.change_list(CARLA, one.id, {"slug": slug}, NOON)

    assert no.value.fields == {"slug": "newsletters.field.slug.shape"}
    assert (await queries.get_list("nieuws")).id == one.id


async def test_a_list_is_renamed_and_the_trail_says_so(db: None) -> None:
    one = await mailing_list()

    await lists.change_list(CARLA, one.id, {"slug": "bericht", "name_nl": "Bericht"}, NOON)

    assert (await queries.get_list("bericht")).list_id == one.list_id
    rows = await execute("SELECT revision FROM newsletter_list")
    assert [row["revision"] for row in rows] == [2]
    (line,) = await AuditEntry.select().where(AuditEntry.entity == "newsletter_list")
    assert (line["action"], line["entity_id"]) == ("change", one.id)


async def test_a_list_that_is_not_there_is_not_changed(db: None) -> None:
    with pytest.raises(NotFound):
        await lists.change_list(CARLA, 99, {"slug": "x"}, NOON)
