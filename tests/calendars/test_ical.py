"""What a feed's bytes say, to independent readers and to rules of our own."""

import re
import time
import warnings
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import ics
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from server.calendars.ical import VTIMEZONE, fold, one_line, to_bytes, vevent
from server.calendars.rules import CalendarEntry, Status
from tests.calendars import grammar
from tests.calendars.samples import HEADER, MADE, entry, lasting

Seen = set[tuple[str, datetime, datetime]]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TITLES = [
    "Pijndag",
    "Pijn, bewegen; en slapen: hoe’t zit",
    "Café créme – één ‘pijnlijk’ gesprek \\ twee",
    "Congres 😀🧠 " + "zeer lange titel met é en ü, en; puntkomma’s " * 4,
]


def read_by_icalendar(feed: bytes) -> Seen:
    found = Calendar.from_ical(feed).walk("VEVENT")
    return {
        (
            str(e["SUMMARY"]),
            e.decoded("DTSTART").astimezone(UTC),
            e.decoded("DTEND").astimezone(UTC),
        )
        for e in found
    }


def read_by_ics(feed: bytes) -> Seen:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tatsu and arrow deprecate themselves
        found = ics.Calendar(feed.decode()).events
    return {
        (e.name, e.begin.datetime.astimezone(UTC), e.end.datetime.astimezone(UTC)) for e in found
    }


def read_by_vobject(feed: bytes) -> Seen:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses dateutil and pytz in their old ways
        found = vobject.readOne(feed.decode()).vevent_list
        return {
            (
                e.summary.value,
                e.dtstart.value.astimezone(UTC),
                e.dtend.value.astimezone(UTC),
            )
            for e in found
        }


READERS = [read_by_icalendar, read_by_ics, read_by_vobject]


@pytest.mark.parametrize("read", READERS)
def test_every_reader_sees_the_same_titles_and_instants(read: Callable[[bytes], Seen]) -> None:
    starts = [
        datetime(2026, 1, 15, 8, 0, tzinfo=UTC),
        datetime(2026, 7, 15, 7, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # across the change to summer time
        datetime(2026, 10, 24, 23, 30, tzinfo=UTC),  # 01.30, then the hour that comes twice
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 02.30, the first time
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),  # 02.30, the second time
        datetime(2026, 12, 31, 22, 0, tzinfo=UTC),  # across midnight and the year
    ]
    entries = [
        entry(n, title=title, starts_at=at, ends_at=at + timedelta(hours=3))
        for n, (title, at) in enumerate((t, s) for t in TITLES for s in starts)
    ]

    feed = to_bytes(HEADER, entries)

    grammar.check(feed)
    assert read(feed) == {(" ".join(e.title.split()), e.starts_at, e.ends_at) for e in entries}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=60))
def test_whatever_people_type_the_grammar_holds(title: str, text: str, place: str) -> None:
    feed = to_bytes(HEADER, [entry(title=title, text=text, place=place, notes=(place,))])

    grammar.check(feed)
    assert len(Calendar.from_ical(feed).walk("VEVENT")) == bool(one_line(title))


def test_the_calendar_says_what_it_is() -> None:
    lines = grammar.unfolded(to_bytes(HEADER, []))

    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Netwerk Pijnpsychologie//Agenda//NL",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "DESCRIPTION:Alle openbare activiteiten",
        "X-WR-CALDESC:Alle openbare activiteiten",
        "NAME:Netwerk Pijnpsychologie: Agenda",
        "X-WR-CALNAME:Netwerk Pijnpsychologie: Agenda",
        "COLOR:teal",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "SOURCE;VALUE=URI:https://example.org/calendars/public.ics",
        "URL:https://example.org/events",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_an_entry_says_what_the_specification_asks() -> None:
    shown = entry(
        sequence=2,
        text="Over **pijn**, en [meer](https://example.org/x).",
        categories=("Werkgroep, onderzoek", "Congres"),
        notes=("Verplaatst van di 2 juni",),
    )

    assert grammar.entries(to_bytes(HEADER, [shown])) == [
        [
            "SUMMARY:Pijndag",
            "DTSTART;TZID=Europe/Amsterdam:20260603T093000",
            "DTEND;TZID=Europe/Amsterdam:20260603T170000",
            "DTSTAMP:20260105T080000Z",
            "UID:event-00000000-0000-0000-0000-000000000001@netwerk.example",
            "SEQUENCE:2",
            r"CATEGORIES:Werkgroep\, onderzoek,Congres",
            "CLASS:PUBLIC",
            "CREATED:20260105T080000Z",
            r"DESCRIPTION:Verplaatst van di 2 juni\n\nOver pijn\, en meer https://example.org/x."
            r"\n\nhttps://example.org/events/pijndag-1",
            "LAST-MODIFIED:20260105T080000Z",
            r"LOCATION:Domus\, Lange Nieuwstraat 1\, 3512 PH Utrecht",
            'ORGANIZER;CN="Netwerk Pijnpsychologie":mailto:agenda@example.org',
            "STATUS:CONFIRMED",
            "TRANSP:OPAQUE",
            "URL:https://example.org/events/pijndag-1",
        ]
    ]


def test_a_cancelled_entry_says_so_twice_and_takes_no_time() -> None:
    (lines,) = grammar.entries(to_bytes(HEADER, [entry(status=Status.cancelled)]))

    assert grammar.value(lines, "SUMMARY") == "Geannuleerd: Pijndag"
    assert grammar.value(lines, "STATUS") == "CANCELLED"
    assert grammar.value(lines, "TRANSP") == "TRANSPARENT"


@pytest.mark.parametrize(
    ("starts", "ends", "written"),
    [
        (date(2026, 11, 4), date(2026, 11, 5), ("20261104", "20261105")),
        (date(2026, 11, 4), date(2026, 11, 7), ("20261104", "20261107")),
        (date(2026, 10, 24), date(2026, 10, 26), ("20261024", "20261026")),
    ],
)
def test_whole_days_are_dates_with_an_exclusive_end(
    starts: date, ends: date, written: tuple[str, str]
) -> None:
    midnight = [datetime(d.year, d.month, d.day, tzinfo=AMSTERDAM) for d in (starts, ends)]
    whole = entry(all_day=True, starts_at=midnight[0], ends_at=midnight[1])

    (lines,) = grammar.entries(to_bytes(HEADER, [whole]))

    assert [line for line in lines if line.startswith(("DTSTART", "DTEND"))] == [
        f"DTSTART;VALUE=DATE:{written[0]}",
        f"DTEND;VALUE=DATE:{written[1]}",
    ]


def test_an_end_during_the_last_whole_day_counts_as_that_day() -> None:
    whole = entry(
        all_day=True,
        starts_at=datetime(2026, 11, 4, 8, tzinfo=UTC),
        ends_at=datetime(2026, 11, 6, 16, tzinfo=UTC),
    )

    (lines,) = grammar.entries(to_bytes(HEADER, [whole]))

    assert grammar.value(lines, "DTEND") == "20261107"


@pytest.mark.parametrize(
    ("at", "written"),
    [
        ((2026, 10, 24, 23, 59), "DTSTART;TZID=Europe/Amsterdam:20261025T015900"),
        ((2026, 10, 25, 0, 0), "DTSTART:20261025T000000Z"),
        ((2026, 10, 25, 0, 59), "DTSTART:20261025T005900Z"),
        ((2026, 10, 25, 1, 0), "DTSTART:20261025T010000Z"),
        ((2026, 10, 25, 1, 59), "DTSTART:20261025T015900Z"),
        ((2026, 10, 25, 2, 0), "DTSTART;TZID=Europe/Amsterdam:20261025T030000"),
        ((2026, 3, 29, 0, 59), "DTSTART;TZID=Europe/Amsterdam:20260329T015900"),
        ((2026, 3, 29, 1, 0), "DTSTART;TZID=Europe/Amsterdam:20260329T030000"),
    ],
)
def test_only_the_hour_that_comes_twice_is_written_in_utc(
    at: tuple[int, int, int, int, int], written: str
) -> None:
    (lines,) = grammar.entries(to_bytes(HEADER, [lasting(datetime(*at, tzinfo=UTC))]))

    assert [line for line in lines if line.startswith("DTSTART")] == [written]


def test_the_time_zone_is_that_of_the_next_fifteen_years() -> None:
    feed = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" + VTIMEZONE + b"END:VCALENDAR\r\n"
    ours = Calendar.from_ical(feed).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    wrong = []

    while moment.year < 2041:
        local = moment.astimezone(AMSTERDAM)
        doubled = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
        naive = local.replace(tzinfo=None)
        if not doubled and ours.utcoffset(naive) != local.utcoffset():
            wrong.append(naive)
        moment += timedelta(minutes=30) if moment.month in (3, 10) else timedelta(days=1)

    assert wrong == []


def test_controls_are_stripped_and_line_breaks_kept_in_the_text_only() -> None:
    nasty = entry(title="Pijn\x00dag\x07\r\n in\tUtrecht\x85", text="een\r\ntwee\x1b[31m\u2028drie")

    feed = to_bytes(HEADER, [nasty])

    grammar.check(feed)
    (lines,) = grammar.entries(feed)
    assert grammar.value(lines, "SUMMARY") == "Pijndag in Utrecht"
    assert grammar.value(lines, "DESCRIPTION").startswith(r"een\ntwee[31mdrie\n\n")


def test_a_long_title_and_a_long_text_are_cut() -> None:
    long = entry(title="é" * 400, text="woord é " * 2000)

    (lines,) = grammar.entries(to_bytes(HEADER, [long]))

    title = grammar.value(lines, "SUMMARY")
    text = str(Calendar.from_ical(to_bytes(HEADER, [long])).walk("VEVENT")[0]["DESCRIPTION"])
    assert title == "é" * 254 + "…"
    assert len(text.encode()) <= 4096
    assert text.endswith("…\n\nhttps://example.org/events/pijndag-1")


def test_a_broken_entry_is_left_out_and_breaks_nothing() -> None:
    broken = entry(2, starts_at=None)

    feed = to_bytes(HEADER, [entry(1), broken, entry(3)])

    grammar.check(feed)
    assert feed == to_bytes(HEADER, [entry(1), entry(3)])


def test_the_order_of_entries_does_not_matter() -> None:
    entries = [entry(n) for n in range(20)]

    assert to_bytes(HEADER, entries) == to_bytes(HEADER, reversed(entries))


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_folding_keeps_every_character_whole(line: str) -> None:
    folded = fold(line)

    assert max(len(part) for part in folded.split(b"\r\n")) <= 75
    assert folded.replace(b"\r\n ", b"").decode() == line
    assert [part.decode() for part in folded.split(b"\r\n")]


def test_one_change_among_a_thousand_costs_one_entry() -> None:
    entries = [entry(n, text=f"Een *dag* over pijn {n}.\n\n- een\n- twee") for n in range(1000)]
    vevent.cache_clear()
    began = time.perf_counter()
    first = to_bytes(HEADER, entries)
    whole = time.perf_counter() - began
    entries[500] = entry(500, title="Anders", changed_at=MADE + timedelta(days=1))

    began = time.perf_counter()
    second = to_bytes(HEADER, entries)
    one = time.perf_counter() - began

    assert vevent.cache_info().misses == 1001
    before, after = grammar.by_uid(first), grammar.by_uid(second)
    assert [uid for uid in before if before[uid] != after[uid]] == [
        "event-00000000-0000-0000-0000-000000000500@netwerk.example"
    ]
    assert one < whole / 5  # about a thirtieth on a quiet machine


def test_nothing_of_an_entry_names_the_online_address() -> None:
    assert [name for name in CalendarEntry.__annotations__ if re.search("online|join", name)] == []
