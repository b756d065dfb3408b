"""Lists, people and letters for these tests."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import httpx

from server import clock
from server.actors import Actor
from server.database import execute
from server.newsletters import queries
from server.newsletters.service import SignUp
from server.newsletters.views import MailingList, Subscribed
from server.web import tokens
from tables.accounts import Role, RoleGrant, Session
from tables.memberships import Membership, MembershipType
from tables.newsletters import NewsletterList
from tables.people import EmailState, Person
from tests.factories import NOON

CARLA = Actor(person_id=900, name="Carla", roles=frozenset({"board"}))
ANNA = "anna@example.org"


async def mailing_list(slug: str = "nieuws", **values: object) -> MailingList:
    """A public list, or what the test says."""
    given: dict[str, Any] = {
        "slug": slug,
        "list_id": f"{slug}.lists.localhost",
        "name_nl": slug.capitalize(),
        "name_en": f"{slug.capitalize()} (en)",
        "description_nl": "Zes keer per jaar.",
    }
    await NewsletterList(**{**given, **values}).save()
    return await queries.get_list(slug)


def asked(email: str = ANNA, *slugs: str, name: str = "Anna", language: str = "nl") -> SignUp:
    """A filled-in form."""
    return SignUp(email, name, language, slugs or ("nieuws",))


async def person(email: str | None, name: str = "Anna", **values: object) -> Person:
    """Somebody with a proved address."""
    given: dict[str, Any] = {
        "surname": name,
        "sort_key": name.lower(),
        "display_name": name,
        "email": email,
        "email_key": email.lower() if email else None,
        "email_state": EmailState.ok,
    }
    row = Person(**{**given, **values})
    await row.save()
    return row


async def member(email: str | None, name: str = "Anna", **values: object) -> Person:
    """A member since yesterday, unless the test gives `starts_on` and `ends_on`."""
    period = {key: values.pop(key) for key in ("starts_on", "ends_on") if key in values}
    row = await person(email, name, **values)
    kinds = await MembershipType.select().limit(1)
    if not kinds:
        await MembershipType(code="gewoon", name_nl="Gewoon", name_en="Ordinary").save()
        kinds = await MembershipType.select().limit(1)
    starts_on = period.get("starts_on", NOON.date())
    await Membership(
        person=row.id,
        type=kinds[0]["id"],
        number=row.id,
        starts_on=starts_on,
        ends_on=period.get("ends_on"),
    ).save()
    return row


def acting(who: Person, *, is_member: bool = False, groups: tuple[int, ...] = ()) -> Actor:
    """The person, signed in."""
    return Actor(
        person_id=who.id,
        name=who.display_name,
        email=who.email or "",
        is_member=is_member,
        groups=frozenset(groups),
    )


async def letters() -> list[tuple[str, str]]:
    """Kind and address of every letter owed, in order."""
    rows = await execute("SELECT kind, address FROM outbox_letter ORDER BY id")
    return [(row["kind"], row["address"]) for row in rows]


async def last_token() -> str:
    """The token in the link of the newest letter."""
    rows = await execute('SELECT "values" FROM outbox_letter ORDER BY id DESC LIMIT 1')
    found = re.search(r"/newsletters/\w+/([\w-]+)", json.loads(rows[0]["values"])["url"])
    assert found is not None
    return found.group(1)


async def states() -> list[tuple[str, str]]:
    """Address and state of every subscription, in order."""
    rows = await execute("SELECT email_key, state FROM subscription ORDER BY id")
    return [(row["email_key"], row["state"]) for row in rows]


async def consents() -> list[tuple[str, str, str]]:
    """Purpose, action and channel of every answer, in order."""
    rows = await execute("SELECT purpose, action, channel FROM consent_event ORDER BY id")
    return [(row["purpose"], row["action"], row["channel"]) for row in rows]


async def row_of(email: str = ANNA) -> Subscribed:
    """The first subscription of an address."""
    return (await queries.of_address(email))[0]


async def sign_in(browser: httpx.AsyncClient, who: Person, *, board: bool = False) -> None:
    """Give the browser a session of this person."""
    if board:
        await RoleGrant(person=who.id, role=Role.board, from_on=NOON.date() - timedelta(900)).save()
    now = clock.now()
    await Session(
        person=who.id,
        token_hash=tokens.hash_of(f"session-{who.id}"),
        last_used_at=now,
        expires_at=now + timedelta(days=1),
        proved_at=now,
    ).save()
    browser.cookies.set("session", f"session-{who.id}")


def heading(page: str) -> str:
    """The one h1 of a page."""
    found = re.findall(r"<h1>(.*?)</h1>", page)
    assert len(found) == 1
    return html.unescape(found[0])
