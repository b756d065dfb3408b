"""What is due to a calendar, from what it was told and how it stands: every case, no database."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from emails import gallery
from server.calendars import inviting
from server.calendars.inviting import Due, Part, Source, Told
from server.calendars.rules import CalendarEntry, Status
from server.outbox.calendar_part import KEY
from tables.calendars import ComesBy

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)
ENTRY = CalendarEntry(
    uid="event-1",
    sequence=4,
    created_at=NOW,
    changed_at=NOW,
    status=Status.confirmed,
    title="Pijndag",
    starts_at=NOW + timedelta(days=30),
    ends_at=NOW + timedelta(days=30, hours=2),
    all_day=False,
    place="Utrecht",
    url="https://netwerk.example/events/pijndag",
    text="",
)
PLACE = Part(Status.confirmed, Source.registration)
MEETING = Part(Status.confirmed, Source.meeting)
TALK = Part(Status.confirmed, Source.talk)
WAITS = Part(Status.tentative, Source.registration)
GONE = Part(Status.cancelled, Source.registration)
NOBODY = Part(None, None)
INVITED = Told("request", 4, 0, inviting.shown(ENTRY, PLACE))
UNINVITED = Told("cancel", 5, 0, "x")


def due(told: Told, part: Part, entry: CalendarEntry = ENTRY) -> Due | None:
    return inviting.due(told, entry, part, NOW)


def by(part: Part, how: str) -> Part:
    return replace(part, comes_by={Source.registration: how, Source.meeting: how})


@pytest.mark.parametrize(
    ("part", "is_told"),
    [
        (PLACE, True),
        (MEETING, False),
        (TALK, False),
        (WAITS, False),
        (GONE, False),
        (NOBODY, False),
        (by(PLACE, ComesBy.both), True),
        (by(PLACE, ComesBy.feed), False),
        (by(MEETING, ComesBy.invitation), True),
        (by(MEETING, ComesBy.both), True),
        (by(TALK, ComesBy.invitation), False),
    ],
)
def test_the_first_invitation_asks_the_choice(part: Part, is_told: bool) -> None:
    assert due(Told(), part) == (Due("request", 4, 0) if is_told else None)


def test_what_is_off_or_put_off_invites_nobody() -> None:
    assert due(Told(), replace(PLACE, is_off=True)) is None
    assert due(Told(), PLACE, replace(ENTRY, status=Status.tentative)) is None


def test_no_update_without_a_higher_sequence_and_something_that_differs() -> None:
    moved = replace(ENTRY, place="Zwolle")

    assert due(INVITED, PLACE) is None
    assert due(INVITED, PLACE, moved) is None
    assert due(INVITED, PLACE, replace(ENTRY, sequence=5)) is None
    assert due(INVITED, PLACE, replace(ENTRY, sequence=5, title="Pijndagen")) is None
    assert due(INVITED, PLACE, replace(moved, sequence=5)) == Due("request", 5, 0)


@pytest.mark.parametrize("part", [WAITS, GONE, NOBODY])
def test_who_comes_no_more_is_uninvited(part: Part) -> None:
    assert due(INVITED, part) == Due("cancel", 5, 1, is_uninvite=True)
    assert due(INVITED, part, replace(ENTRY, sequence=9)) == Due("cancel", 9, 0, is_uninvite=True)


@pytest.mark.parametrize("part", [PLACE, MEETING, GONE])
def test_what_is_off_is_cancelled(part: Part) -> None:
    off = replace(ENTRY, sequence=5, status=Status.cancelled)

    assert due(INVITED, replace(part, is_off=True), off) == Due("cancel", 5, 0)


def test_who_was_taken_off_hears_nothing_twice_and_comes_back_above_it() -> None:
    assert due(UNINVITED, GONE, replace(ENTRY, sequence=9)) is None
    assert due(UNINVITED, PLACE) == Due("request", 6, 2)
    assert due(replace(UNINVITED, raised=2), PLACE) == Due("request", 6, 4)


def test_what_is_over_is_left_alone() -> None:
    over = replace(ENTRY, ends_at=NOW, sequence=9, place="Zwolle")

    for told, part in product((Told(), INVITED, UNINVITED), (PLACE, GONE, NOBODY)):
        assert due(told, part, over) is None


def test_a_long_life_never_lowers_the_sequence_and_never_cancels_what_was_not_told() -> None:
    parts = (PLACE, WAITS, GONE, NOBODY, by(MEETING, ComesBy.both), replace(PLACE, is_off=True))
    for life in product(parts, repeat=4):
        told, event_sequence, methods = Told(), 0, []
        for n, part in enumerate(life):
            event_sequence += n % 2
            entry = replace(ENTRY, sequence=event_sequence + told.raised, place=f"Zaal {n // 2}")
            step = due(told, part, entry)
            if step is None:
                continue
            assert step.sequence > told.sequence or told == Told()
            assert step.sequence == event_sequence + step.raised
            methods.append(step.method)
            fingerprint = inviting.shown(entry, part)
            told = Told(step.method, step.sequence, step.raised, fingerprint)
        assert methods[:1] in ([], ["request"])
        assert ["cancel", "cancel"] not in [methods[n : n + 2] for n in range(3)]


@pytest.mark.parametrize(
    ("told", "part", "how", "left_out"),
    [
        ("request", PLACE, ComesBy.invitation, True),
        ("request", PLACE, ComesBy.both, False),
        ("request", PLACE, ComesBy.feed, False),
        ("request", MEETING, ComesBy.invitation, True),
        ("request", TALK, ComesBy.invitation, True),
        ("request", TALK, ComesBy.both, False),
        ("none", TALK, ComesBy.invitation, False),
        ("none", PLACE, ComesBy.invitation, False),
        ("cancel", GONE, ComesBy.invitation, True),
        ("cancel", WAITS, ComesBy.invitation, False),
        ("cancel", GONE, ComesBy.both, False),
    ],
)
def test_the_feed_leaves_out_what_came_by_mail_only(
    told: str, part: Part, how: str, left_out: bool
) -> None:
    assert inviting.is_left_out(replace(by(part, how), told=told)) is left_out


@pytest.mark.parametrize(
    ("lines", "talks", "is_meeting", "source"),
    [
        (["confirmed"], [], True, Source.registration),
        (["cancelled", "confirmed"], ["confirmed"], True, Source.registration),
        (["waiting"], [], True, Source.registration),
        (["waiting"], ["confirmed"], True, Source.talk),
        (["cancelled"], ["accepted"], False, Source.talk),
        ([], ["rejected"], True, Source.meeting),
        ([], [], True, Source.meeting),
        ([], ["withdrawn"], False, None),
    ],
)
def test_why_an_event_stands_in_a_calendar(
    lines: list[str], talks: list[str], is_meeting: bool, source: Source | None
) -> None:
    assert inviting.source_of(lines, talks, is_meeting=is_meeting) is source


def test_no_letter_has_a_field_where_its_calendar_part_is_kept() -> None:
    named = {field.name for kind in gallery.all_letters().values() for field in fields(kind)}

    assert KEY not in named
