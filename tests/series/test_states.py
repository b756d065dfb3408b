"""The life of a series, whole."""

import itertools

from server.series.states import SERIES
from tables.events import SeriesState


def test_every_move_is_known() -> None:
    expected = {
        ("running", "end"): "ended",
        ("ended", "carry_on"): "running",
    }

    matrix = {
        (state.value, action): move.target.value
        for state, (action, move) in itertools.product(SeriesState, SERIES.moves.items())
        if state in move.sources
    }

    assert matrix == expected
