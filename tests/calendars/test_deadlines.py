"""Deadlines: told by their domains, remembered by the feeds, moved and withdrawn as events are."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar

from server import clock, settings
from server.app import DEADLINES
from server.calendars import deadlines, feeds, service
from server.clock import AMSTERDAM
from server.database import execute, transaction
from server.deadlines import Deadline, Source
from server.web import tokens
from tables.accreditation import Accreditation, AccreditationRegister
from tables.calendars import FeedToken
from tables.events import Event, EventState, Visibility
from tables.people import Person
from tables.registrations import CapacityUnit
from tables.talks import Call, Proposal, ProposalSpeaker, ProposalState
from tests import factories
from tests.calendars import grammar
from tests.calendars.conftest import LOCAL

pytestmark = pytest.mark.anyio

FEED = "/calendars/deadlines.ics"
TOKEN = "T" * 43


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)


def soon() -> date:
    return clock.today() + timedelta(days=30)


async def congress(**values: object) -> Event:
    starts = at(soon() + timedelta(days=90), 9)
    given = {
        "state": EventState.published,
        "published_at": clock.now(),
        "title": "Congres pijn",
        "title_en": "Pain congress",
        "slug": "congres",
        "uid": UUID(int=7),
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=8),
    }
    return await factories.event(**{**given, **values})


async def calling(event: Event, closes_at: datetime, **values: object) -> Call:
    given = {"event": event.id, "title": "x", "opens_at": clock.now() - timedelta(days=1)}
    call = Call(**{**given, "closes_at": closes_at, "is_published": True, **values})
    await call.save()
    return call


async def move(statement: str, *values: object) -> None:
    async with transaction():
        await execute(statement, *values)


def shown(feed: bytes) -> list[tuple[str, str, str, str]]:
    """Summary, first day, SEQUENCE and STATUS of each entry."""
    names = ("SUMMARY", "DTSTART", "SEQUENCE", "STATUS")
    return [tuple(grammar.value(one, name) for name in names) for one in grammar.entries(feed)]  # type: ignore[misc]


async def test_a_call_and_a_window_of_registration_are_there(client: httpx.AsyncClient) -> None:
    event = await congress(registration_closes_at=at(soon() + timedelta(days=60), 0))
    await CapacityUnit(event=event.id, capacity=10).save()
    await calling(event, at(soon(), 23, 59))

    answer = await client.get(FEED)

    grammar.check(answer.content)
    assert shown(answer.content) == [
        (
            "Deadline 23.59 uur: voorstel insturen voor Congres pijn",
            f"{soon():%Y%m%d}",
            "0",
            "CONFIRMED",
        ),
        (
            "Deadline: inschrijven voor Congres pijn",
            f"{soon() + timedelta(days=59):%Y%m%d}",
            "0",
            "CONFIRMED",
        ),
    ]
    english = await client.get(f"{FEED}?lang=en")
    assert [title for title, *_ in shown(english.content)] == [
        "Deadline 23:59: send a proposal for Pain congress",
        "Deadline: register for Pain congress",
    ]


async def test_a_deadline_is_a_whole_free_day_that_leads_to_the_form(
    client: httpx.AsyncClient,
) -> None:
    await calling(await congress(), at(soon(), 23, 59))

    answer = await client.get(FEED)

    (entry,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert entry.decoded("DTSTART") == soon()
    assert entry.decoded("DTEND") == soon() + timedelta(days=1)
    assert entry["UID"] == f"call-{UUID(int=7)}@netwerk.example"
    assert entry["TRANSP"] == "TRANSPARENT"
    assert entry["URL"] == "https://netwerk.example.org/calls/congres"
    assert entry["CATEGORIES"].to_ical() == b"Deadline"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in answer.content
    assert b"VTODO" not in answer.content


async def test_a_later_deadline_keeps_its_uid_and_has_a_higher_sequence(
    client: httpx.AsyncClient,
) -> None:
    call = await calling(await congress(), at(soon(), 23, 59))
    before = await client.get(FEED)
    later = soon() + timedelta(days=7)

    await move("UPDATE call SET closes_at = $2 WHERE id = $1", call.id, at(later, 12))
    after = await client.get(FEED)

    assert list(grammar.by_uid(before.content)) == list(grammar.by_uid(after.content))
    assert shown(after.content) == [
        (
            "Deadline 12.00 uur: voorstel insturen voor Congres pijn",
            f"{later:%Y%m%d}",
            "1",
            "CONFIRMED",
        )
    ]
    assert after.headers["etag"] != before.headers["etag"]


async def test_another_title_raises_no_sequence(client: httpx.AsyncClient) -> None:
    event = await congress()
    await calling(event, at(soon(), 23, 59))
    await client.get(FEED)

    await move("UPDATE event SET title = 'Pijn' WHERE id = $1", event.id)

    assert shown((await client.get(FEED)).content) == [
        ("Deadline 23.59 uur: voorstel insturen voor Pijn", f"{soon():%Y%m%d}", "0", "CONFIRMED")
    ]


async def test_a_withdrawn_deadline_is_cancelled_for_thirty_days_and_may_come_back(
    client: httpx.AsyncClient,
) -> None:
    call = await calling(await congress(), at(soon(), 23, 59))
    await client.get(FEED)

    await move("UPDATE call SET is_published = false WHERE id = $1", call.id)
    gone = await client.get(FEED)
    await move("UPDATE feed_deadline SET gone_at = gone_at - interval '31 days'")
    await service.tick(clock.now())
    forgotten = await client.get(FEED)
    await move("UPDATE call SET is_published = true WHERE id = $1", call.id)
    back = await client.get(FEED)

    title = "Deadline 23.59 uur: voorstel insturen voor Congres pijn"
    day = f"{soon():%Y%m%d}"
    assert shown(gone.content) == [(f"Geannuleerd: {title}", day, "1", "CANCELLED")]
    assert shown(forgotten.content) == []
    assert shown(back.content) == [(title, day, "2", "CONFIRMED")]


@pytest.mark.parametrize(
    "values",
    [
        {"visibility": Visibility.members},
        {"state": EventState.draft},
        {"state": EventState.cancelled},
    ],
)
async def test_what_is_not_for_everybody_has_no_deadline_here(
    client: httpx.AsyncClient, values: dict[str, object]
) -> None:
    event = await congress(**values, registration_closes_at=at(soon(), 12))
    await CapacityUnit(event=event.id, capacity=10).save()
    await calling(event, at(soon(), 23, 59))

    assert shown((await client.get(FEED)).content) == []


async def accredited(event: Event) -> None:
    register = AccreditationRegister(
        code="FGzPt", name="x", numbers="BIG", valid_from=factories.LONG_AGO
    )
    await register.save()
    await Accreditation(event=event.id, register=register.id).save()


async def calendar_of(person: Person) -> str:
    await FeedToken(person=person.id, label="x", token_hash=tokens.hash_of(TOKEN)).save()
    return f"/calendars/personal/{TOKEN}.ics"


async def test_what_an_office_owes_stands_in_its_holders_own_calendar_only(
    client: httpx.AsyncClient,
) -> None:
    event = await congress()
    await accredited(event)
    carla = await factories.carla()
    own = await client.get(await calendar_of(carla))

    assert shown((await client.get(FEED)).content) == []
    day = clock.day_of(event.starts_at) - timedelta(days=42)
    assert shown(own.content) == [
        (
            "Deadline: accreditatie aanvragen bij FGzPt: Congres pijn",
            f"{day:%Y%m%d}",
            "0",
            "CONFIRMED",
        )
    ]
    assert b"CLASS:PRIVATE\r\n" in own.content

    await move("UPDATE role_grant SET until_on = $1", clock.today() - timedelta(days=1))
    assert shown((await client.get(f"/calendars/personal/{TOKEN}.ics")).content) == []


async def test_an_accepted_speaker_sees_until_when_to_confirm(client: httpx.AsyncClient) -> None:
    event = await congress(state=EventState.announced)
    call = await calling(event, at(soon(), 23, 59))
    anna, dirk = await factories.anna(), await factories.dirk()
    given = {"call": call.id, "code": "ABC", "title": "Slaap", "state": ProposalState.accepted}
    proposal = Proposal(**given, confirm_by=at(soon() + timedelta(days=20), 17))
    await proposal.save()
    await ProposalSpeaker(proposal=proposal.id, person=anna.id).save()

    hers = await feeds.personal(anna.id, "nl", DEADLINES).entries(clock.now())
    his = await feeds.personal(dirk.id, "nl", DEADLINES).entries(clock.now())

    assert [one.title for one in hers] == ["Deadline 17.00 uur: uw bijdrage bevestigen: Slaap"]
    assert hers[0].url == "https://netwerk.example.org/me/proposals/ABC"
    assert his == []
    await move("UPDATE proposal SET state = 'confirmed' WHERE id = $1", proposal.id)
    settled = await feeds.personal(anna.id, "nl", DEADLINES).entries(clock.now())
    assert [one.title for one in settled if "Deadline" in one.title] == []


async def test_every_table_that_deadlines_are_read_from_marks_their_feed(db: None) -> None:
    named = {table for source in DEADLINES for table in source.tables}
    rows = await execute(
        "SELECT tgrelid::regclass::text AS name FROM pg_trigger"
        " WHERE tgname = tgrelid::regclass::text || '_marks_deadlines'"
    )

    assert named == {row["name"] for row in rows}


async def test_a_new_domain_needs_only_its_source(db: None) -> None:
    settings.use(LOCAL)
    now = datetime(2026, 7, 1, 12, tzinfo=UTC)

    async def shared(_since: datetime) -> list[Deadline]:
        titles = {"nl": "reageren op de richtlijn", "en": "comment on the guideline"}
        return [Deadline("guideline-1", datetime(2026, 7, 8, 22, tzinfo=UTC), "/library", titles)]

    source = Source(frozenset(), shared)
    found = await deadlines.shared_entries([source], [""], "nl", now)

    assert [(one.uid, one.title) for one in found] == [
        ("guideline-1", "Deadline: reageren op de richtlijn")
    ]


async def test_many_who_look_at_once_count_one_change_once(db: None) -> None:
    settings.use(LOCAL)
    event = await congress()
    call = await calling(event, at(soon(), 23, 59))
    now = clock.now()
    await deadlines.shared_entries(DEADLINES, [""], "nl", now)
    await move("UPDATE call SET closes_at = closes_at + interval '1 day' WHERE id = $1", call.id)

    await asyncio.gather(
        *(deadlines.shared_entries(DEADLINES, [""], said, now) for said in ("nl", "en") * 4)
    )

    assert await execute("SELECT sequence FROM feed_deadline") == [{"sequence": 1}]


async def test_what_is_long_over_is_forgotten(db: None) -> None:
    settings.use(LOCAL)
    await calling(await congress(), at(soon(), 23, 59))
    await deadlines.shared_entries(DEADLINES, [""], "nl", clock.now())

    await service.tick(clock.now() + timedelta(days=400))
    kept = await execute("SELECT count(*)::int AS n FROM feed_deadline")
    await service.tick(clock.now() + timedelta(days=500))

    assert kept == [{"n": 1}]
    assert await execute("SELECT count(*)::int AS n FROM feed_deadline") == [{"n": 0}]
