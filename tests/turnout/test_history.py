"""How places filled up, from the moments at which claims moved."""

from datetime import date, datetime, timedelta

import pytest

from server.turnout import history, plots
from server.turnout.history import Every, Line, Story
from server.web import charts

DAY = timedelta(days=1)
BEGINS = datetime.fromisoformat("2027-02-01T10:00+01:00")


def told(*moves: tuple[int, str], until: datetime | None = None) -> Story:
    """A claim whose states began so many days after the first of all."""
    return Story(tuple((BEGINS + days * DAY, state) for days, state in moves), until)


def filled(*stories: Story, capacity: int | None = 2, days: int = 3) -> history.Filling:
    limits = history.capacities(BEGINS, capacity, [])
    return history.filling(stories, limits, begins=BEGINS, ends=BEGINS + days * DAY)


def test_a_day_tells_what_happened_and_how_it_stood() -> None:
    found = filled(
        told((0, "confirmed"), (2, "cancelled")),
        told((0, "confirmed")),
        told((1, "waiting"), (2, "offered"), (3, "confirmed")),
    )

    assert found.lines == [
        Line(date(2027, 2, 1), 2, 0, 2, 0, held=2, waiting=0, capacity=2),
        Line(date(2027, 2, 2), 1, 1, 0, 0, held=2, waiting=1, capacity=2),
        Line(date(2027, 2, 3), 0, 0, 0, 1, held=2, waiting=0, capacity=2),
        Line(date(2027, 2, 4), 0, 0, 1, 0, held=2, waiting=0, capacity=2),
    ]


@pytest.mark.parametrize(
    ("days", "every", "lines"),
    [(0, Every.day, 1), (30, Every.day, 31), (31, Every.week, 5), (300, Every.month, 10)],
)
def test_long_stretches_are_told_in_few_lines(days: int, every: Every, lines: int) -> None:
    found = filled(told((0, "confirmed")), days=days)

    assert (found.every, len(found.lines)) == (every, lines)
    assert sum(line.confirmed for line in found.lines) == 1


def test_what_came_after_the_end_is_left_out() -> None:
    found = filled(told((0, "confirmed"), (9, "cancelled")), told((9, "confirmed")))

    assert sum(line.asked for line in found.lines) == 1
    assert found.lines[-1].held == 1


def test_the_night_of_a_day_is_that_of_amsterdam() -> None:
    late = datetime.fromisoformat("2027-02-01T23:30+00:00")  # half past midnight in Amsterdam
    found = filled(told((0, "confirmed")), Story(((late, "confirmed"),)))

    assert [line.asked for line in found.lines] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("story", "held"),
    [
        (told((0, "offered"), until=BEGINS + 9 * DAY), 1),
        (told((0, "offered"), until=BEGINS + DAY), 0),
        (told((0, "unverified"), until=BEGINS + 9 * DAY), 1),
        (told((0, "unverified")), 0),
        (told((0, "unverified"), (1, "confirmed")), 1),
        (told((0, "unverified"), (1, "waiting")), 0),
        (told((0, "waiting")), 0),
        (told((0, "approval")), 0),
    ],
)
def test_a_place_is_held_as_the_house_counts_it(story: Story, held: int) -> None:
    assert filled(story).lines[-1].held == held


def test_who_only_looked_and_never_confirmed_held_nothing() -> None:
    assert max(n for _, n in filled(told((0, "unverified"), (1, "expired"))).held) == 0


def test_capacity_is_what_it_was_then() -> None:
    changes = [(BEGINS + DAY, 2, 4), (BEGINS + 2 * DAY, 4, None)]
    limits = history.capacities(BEGINS, None, changes)
    found = history.filling([told((0, "confirmed"))], limits, begins=BEGINS, ends=BEGINS + 3 * DAY)

    assert [line.capacity for line in found.lines] == [2, 4, None, None]


def test_a_change_before_anybody_came_is_where_it_begins() -> None:
    changes = [(BEGINS - DAY, 2, 4)]

    assert history.capacities(BEGINS, 4, changes) == [(BEGINS, 4)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("confirmed", ((BEGINS, "confirmed"),)),
        ("cancelled", ((BEGINS, "unverified"), (BEGINS + DAY, "cancelled"))),
    ],
)
def test_of_who_was_erased_beginning_and_end_are_known(
    state: str, expected: tuple[tuple[datetime, str], ...]
) -> None:
    assert history.story(BEGINS, None, [], (BEGINS + DAY, state)).moves == expected


def test_a_move_is_never_before_the_one_before() -> None:
    moves = [(BEGINS - DAY, "confirmed")]
    found = history.story(BEGINS, "waiting", moves, (BEGINS, "confirmed"))

    assert found.moves == ((BEGINS, "waiting"), (BEGINS, "confirmed"))


def test_a_plot_is_geometry_only() -> None:
    found = filled(told((0, "confirmed")), told((1, "confirmed")), capacity=2, days=2)
    drawn = plots.held(found)

    assert drawn.up.ticks == [2, 1, 0]
    assert drawn.held == "M0 90H300V0H600"
    assert drawn.capacity == "M0 0H600"
    assert [(bar.kind, bar.height) for bar in plots.happened(found).bars] == [
        ("confirmed", charts.HEIGHT),
        ("confirmed", charts.HEIGHT),
    ]


def test_without_a_maximum_there_is_no_line_for_it() -> None:
    assert plots.held(filled(told((0, "confirmed")), capacity=None)).capacity == ""


def test_everything_in_one_moment_can_be_drawn() -> None:
    drawn = plots.held(filled(told((0, "confirmed")), days=0))

    assert drawn.held.startswith("M")
    assert "nan" not in drawn.held


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (1, 1), (3, 4), (7, 8), (12, 20), (60, 60), (1000, 1000)]
)
def test_the_scale_ends_in_a_round_number(highest: int, top: int) -> None:
    assert charts.scale(highest, None).top == top
