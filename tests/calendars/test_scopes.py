"""What a secret address shows, as its owner chose, and what a later choice does to who polls."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from server import clock
from server.calendars import keeping, queries, rules, service
from server.database import execute
from server.errors import Invalid, NotFound
from tables.calendars import EVERYTHING, FeedScope
from tables.groups import GroupMembership, WorkingGroup
from tables.people import Person
from tables.registrations import LineState
from tables.talks import Call, Proposal, ProposalSpeaker, ProposalState
from tests import factories
from tests.calendars import grammar
from tests.calendars.test_personal import path, published, registered, signed_in

pytestmark = pytest.mark.anyio

NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


async def speaks(
    person: Person, number: int, state: ProposalState = ProposalState.confirmed
) -> int:
    event = await published(number, title="Voordracht")
    call = Call(event=event.id, title="Oproep", opens_at=NOW, closes_at=NOW + 9 * DAY)
    await call.save()
    proposal = Proposal(call=call.id, code=f"P{number}", title="Slaap", state=state)
    await proposal.save()
    await ProposalSpeaker(proposal=proposal.id, person=person.id).save()
    return int(event.id)


async def anna_with_all() -> Person:
    """Somebody with a registration, a meeting of a group, a talk, and a talk to confirm."""
    anna = await factories.known("Anna")
    await registered(await published(1, title="Inschrijving"), anna, LineState.confirmed)
    group = WorkingGroup(name="Onderzoek", slug="onderzoek")
    await group.save()
    since = clock.today() - DAY
    await GroupMembership(group=group.id, person=anna.id, state="active", from_on=since).save()
    await published(2, title="Overleg", group=group.id)
    await speaks(anna, 3)
    await speaks(anna, 4, ProposalState.accepted)
    await execute(
        "UPDATE proposal SET confirm_by = $1 WHERE state = 'accepted'", clock.now() + 9 * DAY
    )
    await execute("UPDATE event SET title = 'Te bevestigen' WHERE uid::text LIKE '%4'")
    return anna


def titles(answer: httpx.Response) -> set[str]:
    return {grammar.value(one, "SUMMARY").split(":")[0] for one in grammar.entries(answer.content)}


SHOWN = {
    FeedScope.registrations: {"Inschrijving"},
    FeedScope.meetings: {"Overleg"},
    FeedScope.talks: {"Voordracht", "Te bevestigen"},
}


@pytest.mark.parametrize("scope", SHOWN)
async def test_an_address_shows_only_what_was_chosen(
    client: httpx.AsyncClient, scope: FeedScope
) -> None:
    anna = await anna_with_all()
    token = await service.create_token(signed_in(anna), "telefoon", [scope], now=NOW)

    assert titles(await client.get(path(token))) == SHOWN[scope]


async def test_deadlines_are_a_kind_of_their_own(client: httpx.AsyncClient) -> None:
    anna = await anna_with_all()
    only = await service.create_token(signed_in(anna), "deadlines", ["deadlines"], now=NOW)
    all_but = [one for one in EVERYTHING if one != FeedScope.deadlines]
    without = await service.create_token(signed_in(anna), "rest", all_but, now=NOW)
    everything = await service.create_token(signed_in(anna), "alles", now=NOW)

    found = [titles(await client.get(path(one))) for one in (only, without, everything)]

    assert len(found[0]) == 1
    assert [one.startswith("Deadline") for one in found[0]] == [True]
    assert found[1] == set().union(*SHOWN.values())
    assert found[2] == found[0] | found[1]


async def test_the_bytes_are_stored_for_each_choice(client: httpx.AsyncClient) -> None:
    anna = await anna_with_all()
    for chosen in (["talks"], ["talks"], ["meetings", "talks"]):
        token = await service.create_token(signed_in(anna), "x", chosen, now=NOW)
        await client.get(path(token))

    keys = [row["key"] for row in await execute("SELECT key FROM feed_state ORDER BY key")]

    assert keys == [f"personal:{anna.id}:nl:{one}" for one in ("meetings+talks", "talks")]


@pytest.mark.parametrize("scopes", [[], ["everything"], ["talks", "x"]])
async def test_a_choice_of_nothing_or_nonsense_is_refused(db: None, scopes: list[str]) -> None:
    anna = await factories.person("Anna")
    await service.create_token(signed_in(anna), "telefoon", now=NOW)
    (address,) = await queries.addresses_of(anna.id)

    with pytest.raises(Invalid) as made:
        await service.create_token(signed_in(anna), "", scopes, now=NOW)
    with pytest.raises(Invalid) as changed:
        await keeping.change(signed_in(anna), address.id, "telefoon", scopes, now=NOW)

    assert sorted(made.value.fields) == ["label", "scopes"]
    assert changed.value.fields == {"scopes": "calendars.invalid.scopes"}
    assert await queries.addresses_of(anna.id) == [address]


async def test_name_and_choice_change_and_the_address_stays(client: httpx.AsyncClient) -> None:
    anna = await anna_with_all()
    token = await service.create_token(signed_in(anna), "telefoon", ["talks"], now=NOW)
    (address,) = await queries.addresses_of(anna.id)

    await keeping.change(signed_in(anna), address.id, " nieuw  toestel ", ["meetings"], now=NOW)
    await keeping.change(signed_in(anna), address.id, "nieuw toestel", ["meetings"], now=NOW)

    assert titles(await client.get(path(token))) == {"Overleg"}
    (after,) = await queries.addresses_of(anna.id)
    assert (after.label, after.scopes) == ("nieuw toestel", {"meetings"})
    trail = await execute("SELECT before, after FROM audit_entry WHERE action = 'change'")
    assert len(trail) == 1  # the second changed nothing


async def test_somebody_elses_and_an_ended_address_cannot_be_changed(db: None) -> None:
    anna, dirk = await factories.person("Anna"), await factories.person("Dirk")
    await service.create_token(signed_in(anna), "telefoon", now=NOW)
    (address,) = await queries.addresses_of(anna.id)

    with pytest.raises(NotFound):
        await keeping.change(signed_in(dirk), address.id, "van Dirk", ["talks"], now=NOW)
    await service.revoke_token(signed_in(anna), address.id, now=NOW)
    with pytest.raises(NotFound):
        await keeping.change(signed_in(anna), address.id, "nog eens", ["talks"], now=NOW)

    assert [row["label"] for row in await execute("SELECT label FROM feed_token")] == ["telefoon"]


async def by_date(client: httpx.AsyncClient, token: str, seen: httpx.Response) -> httpx.Response:
    """As Apple asks: by the date of what it has, and nothing else."""
    since = {"if-modified-since": seen.headers["last-modified"]}
    return await client.get(path(token), headers=since)


async def test_another_choice_reaches_who_compares_dates_only(client: httpx.AsyncClient) -> None:
    """There and back again, at once: both bodies were stored before, and must still be fetched."""
    anna = await anna_with_all()
    other = await service.create_token(signed_in(anna), "ander", ["meetings"], now=NOW)
    await client.get(path(other))
    token = await service.create_token(signed_in(anna), "telefoon", ["talks"], now=NOW)
    address = (await queries.addresses_of(anna.id))[0]
    answers = [await client.get(path(token))]

    for scope in ("meetings", "talks", "meetings"):
        await keeping.change(signed_in(anna), address.id, "x", [scope], now=clock.now())
        answers.append(await by_date(client, token, answers[-1]))
        assert (await by_date(client, token, answers[-1])).status_code == 304

    assert [answer.status_code for answer in answers] == [200] * 4
    dates = [httpx_date(answer) for answer in answers]
    assert dates == sorted(set(dates))


async def test_an_account_that_is_opened_again_reaches_who_compares_dates_only(
    client: httpx.AsyncClient,
) -> None:
    anna = await anna_with_all()
    token = await service.create_token(signed_in(anna), "telefoon", now=NOW)
    full = await client.get(path(token))
    await execute("INSERT INTO suspension (person) VALUES ($1)", anna.id)
    await execute("UPDATE suspension SET from_at = now() + interval '2 seconds'")
    empty = await by_date(client, token, full)
    await execute("UPDATE suspension SET lifted_at = now() + interval '3 seconds'")
    opened = await by_date(client, token, empty)

    assert [len(grammar.entries(one.content)) > 0 for one in (full, empty, opened)] == [
        True,
        False,
        True,
    ]


def httpx_date(answer: httpx.Response) -> datetime:
    return parsedate_to_datetime(answer.headers["last-modified"])


@pytest.mark.parametrize(
    ("scopes", "lines", "talks", "is_meeting", "shown"),
    [
        (["registrations"], ["confirmed"], [], False, True),
        (["registrations"], ["cancelled"], [], True, True),
        (["registrations"], [], ["confirmed"], True, False),
        (["talks"], ["confirmed"], ["rejected"], True, False),
        (["talks"], ["cancelled"], ["accepted"], False, True),
        (["meetings"], ["cancelled"], [], True, True),
        (["meetings"], ["confirmed"], ["confirmed"], False, False),
        (["deadlines"], ["confirmed"], ["confirmed"], True, False),
    ],
)
def test_what_a_choice_shows(
    scopes: Iterable[str], lines: list[str], talks: list[str], is_meeting: bool, shown: bool
) -> None:
    assert rules.is_shown(list(scopes), lines, talks, is_meeting=is_meeting) is shown
