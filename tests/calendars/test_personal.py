"""Secret addresses: made, used, withdrawn; and what one's own calendar holds."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS, Actor
from server.calendars import entries, queries, service
from server.database import execute
from server.errors import Invalid, NotFound, SignInNeeded
from server.web import tokens
from tables.audit import AuditEntry
from tables.calendars import FeedToken
from tables.events import Event, EventState, Visibility
from tables.groups import GroupMembership, WorkingGroup
from tables.people import Person
from tables.registrations import CapacityUnit, LineState, Registration, RegistrationLine
from tables.talks import Call, Proposal, ProposalSpeaker, ProposalState
from tests import factories
from tests.calendars import grammar

pytestmark = pytest.mark.anyio

NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNKNOWN = "A" * 43


def signed_in(person: Person) -> Actor:
    return Actor(person_id=person.id, name=person.display_name)


def path(token: str) -> str:
    return f"/calendars/personal/{token}.ics"


async def published(number: int = 1, **values: object) -> Event:
    given: dict[str, object] = {
        "state": EventState.published,
        "published_at": NOW,
        "uid": UUID(int=number),
        "visibility": Visibility.members,
    }
    return await factories.event(**{**given, **values})


async def registered(event: Event, person: Person, state: LineState) -> RegistrationLine:
    unit = CapacityUnit(event=event.id)
    await unit.save()
    registration = Registration(event=event.id, person=person.id, code=f"{event.id}-{person.id}")
    await registration.save()
    line = RegistrationLine(
        registration=registration.id, unit=unit.id, person=person.id, state=state, queued_at=NOW
    )
    await line.save()
    return line


async def test_a_token_is_told_once_and_only_its_hash_is_kept(db: None) -> None:
    anna = await factories.person("Anna")

    token = await service.create_token(signed_in(anna), "  mijn   telefoon ", now=NOW)

    (row,) = await FeedToken.select()
    assert len(token) == 43
    assert row["token_hash"] == tokens.hash_of(token)
    assert [row["label"], row["person"], row["created_at"]] == ["mijn telefoon", anna.id, NOW]
    (line,) = await AuditEntry.select()
    assert [line["action"], line["entity"], line["entity_id"]] == [
        "create",
        "feed_token",
        row["id"],
    ]
    assert token not in str([row, line])


async def test_a_stranger_has_no_calendar(db: None) -> None:
    with pytest.raises(SignInNeeded):
        await service.create_token(ANONYMOUS, "telefoon", now=NOW)


async def test_an_address_needs_a_name_and_there_are_twenty_at_most(db: None) -> None:
    anna = await factories.person("Anna")
    with pytest.raises(Invalid) as nameless:
        await service.create_token(signed_in(anna), "  ", now=NOW)
    for number in range(20):
        await service.create_token(signed_in(anna), f"nr {number}", now=NOW)

    with pytest.raises(Invalid) as many:
        await service.create_token(signed_in(anna), "nog een", now=NOW)

    assert nameless.value.fields == {"label": "calendars.invalid.label"}
    assert many.value.fields == {"label": "calendars.invalid.too_many"}


async def test_only_ones_own_address_can_be_withdrawn(db: None) -> None:
    anna, dirk = await factories.person("Anna"), await factories.person("Dirk")
    await service.create_token(signed_in(anna), "telefoon", now=NOW)
    (address,) = await queries.addresses_of(anna.id)

    for actor in (signed_in(dirk), ANONYMOUS):
        with pytest.raises(NotFound):
            await service.revoke_token(actor, address.id, now=NOW)
    still = await queries.addresses_of(anna.id)
    await service.revoke_token(signed_in(anna), address.id, now=NOW)
    await service.revoke_token(signed_in(anna), address.id, now=NOW + timedelta(days=5))

    assert [still, await queries.addresses_of(anna.id)] == [[address], []]
    assert [row["revoked_at"] for row in await FeedToken.select()] == [NOW]


async def test_an_address_of_a_closed_account_is_empty_until_it_is_opened(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.person("Anna")
    event = await published(starts_at=clock.now() + DAY, ends_at=clock.now() + 2 * DAY)
    await registered(event, anna, LineState.confirmed)
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)
    await execute("INSERT INTO suspension (person) VALUES ($1)", anna.id)

    closed = await client.get(path(token))
    await execute("UPDATE suspension SET lifted_at = now()")
    opened = await client.get(path(token))

    assert [closed.text.count("BEGIN:VEVENT"), opened.text.count("BEGIN:VEVENT")] == [0, 1]


async def test_wrong_addresses_are_all_answered_alike(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    gone = await service.create_token(signed_in(anna), "oud", now=NOW)
    await execute("UPDATE feed_token SET revoked_at = now() - interval '31 days'")
    paths = [path(UNKNOWN), path("kort"), path(gone), "/calendars/personal/x", path("é" * 43)]

    answers = [await client.get(wrong) for wrong in paths]

    assert {(a.status_code, a.content, str(a.headers)) for a in answers} == {
        (404, b"Not found.\n", str(answers[0].headers))
    }
    assert answers[0].headers["cache-control"] == "no-store"


async def test_the_headers_of_a_secret_feed(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)

    answer = await client.get(path(token))
    unchanged = await client.get(path(token), headers={"if-none-match": answer.headers["etag"]})
    head = await client.head(path(token))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "access-control-allow-origin" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert (head.status_code, head.content, head.headers) == (200, b"", answer.headers)
    grammar.check(answer.content)
    lines = grammar.unfolded(answer.content)
    assert "NAME:Mijn agenda (Netwerk Pijnpsychologie)" in lines
    assert [line for line in lines if line.startswith(("URL", "SOURCE"))] == []
    assert token.encode() not in answer.content


async def test_a_fetch_is_noted_once_a_day(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)

    await client.get(path(token), headers={"user-agent": "Google-Calendar-Importer"})
    await client.get(path(token), headers={"user-agent": "curl/8"})

    (address,) = await queries.addresses_of(anna.id)
    assert address.client == "Google"
    assert address.fetched_on is not None


async def test_a_withdrawn_address_gives_an_empty_calendar(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    await registered(await published(), anna, LineState.confirmed)
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)
    before = await client.get(path(token))
    (address,) = await queries.addresses_of(anna.id)

    await service.revoke_token(signed_in(anna), address.id, now=datetime.now(UTC))
    after = await client.get(path(token))
    again = await client.get(path(token), headers={"if-none-match": after.headers["etag"]})
    late = await client.get(
        path(token), headers={"if-modified-since": before.headers["last-modified"]}
    )

    assert len(grammar.entries(before.content)) == 1
    grammar.check(after.content)
    assert grammar.entries(after.content) == []
    assert "NAME:Link ingetrokken" in grammar.unfolded(after.content)
    assert [after.status_code, again.status_code, late.status_code] == [200, 304, 200]


@pytest.mark.parametrize(
    ("state", "status", "note"),
    [
        (LineState.confirmed, "CONFIRMED", ()),
        (LineState.waiting, "TENTATIVE", ("Uw deelname is nog niet zeker",)),
        (LineState.offered, "TENTATIVE", ("Uw deelname is nog niet zeker",)),
        (LineState.cancelled, "CANCELLED", ("U neemt niet meer deel",)),
    ],
)
async def test_a_registration_shows_as_what_it_is(
    client: httpx.AsyncClient, state: LineState, status: str, note: tuple[str, ...]
) -> None:
    anna, dirk = await factories.person("Anna"), await factories.person("Dirk")
    event = await published()
    await registered(event, anna, state)

    (shown,) = await entries.personal_entries(anna.id, "nl", NOW)

    assert (shown.status.value, shown.notes, shown.is_private) == (status, note, True)
    assert shown.uid == f"event-{event.uid}"
    assert await entries.personal_entries(dirk.id, "nl", NOW) == []


async def test_a_place_that_is_given_up_raises_the_sequence(client: httpx.AsyncClient) -> None:
    anna = await factories.person("Anna")
    line = await registered(await published(sequence=3), anna, LineState.confirmed)
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)
    before = await client.get(path(token))

    await execute(
        "UPDATE registration_line SET state = 'cancelled', revision = revision + 1,"
        " changed_at = now() WHERE id = $1",
        line.id,
    )
    after = await client.get(path(token))

    (was,), (is_now,) = grammar.entries(before.content), grammar.entries(after.content)
    assert [grammar.value(was, "SEQUENCE"), grammar.value(is_now, "SEQUENCE")] == ["4", "5"]
    assert [grammar.value(was, "STATUS"), grammar.value(is_now, "STATUS")] == [
        "CONFIRMED",
        "CANCELLED",
    ]
    assert grammar.value(is_now, "SUMMARY") == "Geannuleerd: Pijndag"
    assert grammar.value(is_now, "CLASS") == "PRIVATE"


async def test_meetings_of_ones_groups_are_there_while_one_is_in_them(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.person("Anna")
    groups = [WorkingGroup(name=f"G{n}", slug=f"g{n}") for n in range(4)]
    for group in groups:
        await group.save()
    seats = [
        {"state": "active", "from_on": NOW.date()},
        {"state": "active", "from_on": NOW.date(), "until_on": NOW.date()},
        {
            "state": "active",
            "from_on": NOW.date() - timedelta(9),
            "until_on": NOW.date() - timedelta(1),
        },
        {"state": "requested", "from_on": NOW.date()},
    ]
    for group, seat in zip(groups, seats, strict=True):
        await GroupMembership(group=group.id, person=anna.id, **seat).save()
        await published(
            group.id, group=group.id, title=group.name, visibility=Visibility.group, kind="meeting"
        )

    shown = await entries.personal_entries(anna.id, "nl", NOW)

    assert sorted(entry.title for entry in shown) == ["G0", "G1"]
    assert {entry.categories[1] for entry in shown} == {"Overleg"}


@pytest.mark.parametrize(
    ("state", "statuses"),
    [
        (ProposalState.submitted, []),
        (ProposalState.rejected, []),
        (ProposalState.accepted, ["TENTATIVE"]),
        (ProposalState.confirmed, ["CONFIRMED"]),
        (ProposalState.delivered, ["CONFIRMED"]),
        (ProposalState.withdrawn, []),
    ],
)
async def test_the_day_of_an_accepted_talk_is_there(
    client: httpx.AsyncClient, state: ProposalState, statuses: list[str]
) -> None:
    els = await factories.person("Els")
    event = await published()
    call = Call(event=event.id, title="Oproep", opens_at=NOW, closes_at=NOW + timedelta(days=9))
    await call.save()
    proposal = Proposal(call=call.id, code="P1", title="Slaap", state=state)
    await proposal.save()
    await ProposalSpeaker(proposal=proposal.id, person=els.id).save()

    shown = await entries.personal_entries(els.id, "nl", NOW)

    assert [entry.status.value for entry in shown] == statuses


@pytest.mark.parametrize(("days", "shown"), [(13, ["CANCELLED"]), (15, [])])
async def test_a_place_given_up_leaves_the_feed_two_weeks_after_the_event(
    db: None, days: int, shown: list[str]
) -> None:
    anna = await factories.anna()
    end = NOW - days * DAY
    event = await published(starts_at=end - DAY, ends_at=end)
    await registered(event, anna, LineState.cancelled)

    found = await entries.personal_entries(anna.id, "nl", NOW)

    assert [one.status.value for one in found] == shown
