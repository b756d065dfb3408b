"""Lists with readers, and issues in every state, for these tests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from server import clock
from server.actors import Actor
from server.database import execute
from server.issues import queries, service
from server.newsletters import links
from server.newsletters.views import MailingList
from server.web import tokens
from tables.accounts import Role, RoleGrant
from tables.people import Person
from tests.clients import sign_in
from tests.factories import NOON
from tests.newsletters.cast import mailing_list, person

WORDS: Mapping[str, str] = {
    "subject_nl": "Nieuws van november",
    "subject_en": "News of November",
    "body_nl": "Beste {{name}},\n\n## Agenda\n\n- [Eventdag](https://example.org/dag)",
    "body_en": "Dear {{name}},\n\n## Agenda\n\n- [Event day](https://example.org/dag)",
}


async def office(name: str, role: Role = Role.editor) -> Actor:
    """Somebody who may write and approve."""
    row = await person(f"{name.lower()}@bestuur.example", name)
    await RoleGrant(person=row.id, role=role, from_on=NOON.date() - timedelta(900)).save()
    return acting(row, role)


def acting(row: Person, role: Role = Role.editor) -> Actor:
    """The person, in their office."""
    held = frozenset({role.value})
    return Actor(row.id, row.display_name, row.email or "", roles=held, held=held)


async def readers(one: MailingList, many: int, *, host: str = "lezer.example") -> None:
    """So many confirmed subscriptions, in one statement."""
    first = (await execute("SELECT coalesce(max(id), 0) + 1 AS n FROM subscription"))[0]["n"]
    ids = list(range(first, first + many))
    await execute(
        "INSERT INTO subscription (id, list, email, email_key, name, language, state, token_hash,"
        " asked_at, confirmed_at) SELECT u.id, $1, 'l' || u.id || '@' || $2, 'l' || u.id || '@'"
        " || $2, 'Lezer', CASE WHEN u.id % 3 = 0 THEN 'en' ELSE 'nl' END, 'confirmed', u.hash,"
        " $3, $3 FROM unnest($4::int[], $5::bytea[]) u(id, hash)",
        *(one.id, host, NOON, ids, [tokens.hash_of(links.token_of(n)) for n in ids]),
    )
    await execute(
        "SELECT setval(pg_get_serial_sequence('subscription', 'id'), (SELECT max(id) FROM"
        " subscription))"
    )


async def draft(author: Actor, slug: str = "nieuws", **values: str) -> int:
    return await service.create(author, slug, {**WORDS, **values}, now=clock.now())


async def approved(many: int = 3, **values: Any) -> tuple[int, Actor, Actor]:
    """An issue of a list with so many readers that a second person approved; both of them."""
    one = await mailing_list(**values)
    await readers(one, many)
    anna, bram = await office("Anna"), await office("Bram")
    issue_id = await draft(anna, one.slug)
    await service.test(anna, issue_id, now=clock.now())
    await execute("UPDATE newsletter_delivery SET state = 'sent' WHERE test > 0")
    await service.approve(bram, issue_id, is_sure=False, now=clock.now())
    return issue_id, anna, bram


async def due(many: int = 3, **values: Any) -> int:
    """One that is to be sent now."""
    issue_id, anna, _ = await approved(many, **values)
    await service.schedule(anna, issue_id, clock.now(), now=clock.now())
    return issue_id


async def states(issue_id: int = 1) -> dict[str, int]:
    """State of its real deliveries → how many."""
    return (await queries.progress(issue_id)).counts


def later(minutes: float = 1) -> datetime:
    return clock.now() + timedelta(minutes=minutes)


async def signed_in(client: httpx.AsyncClient, name: str) -> None:
    row = await Person.objects().get(Person.display_name == name)
    assert row is not None
    await sign_in(client, row)


async def written(client: httpx.AsyncClient, **values: str) -> int:
    """A draft by Anna, who is signed in."""
    await readers(await mailing_list(), 2)
    anna = await office("Anna")
    await signed_in(client, "Anna")
    return await draft(anna, **values)
