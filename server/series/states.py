"""The life of a series; its events have lives of their own."""

from server.workflow import Machine
from tables.events import EventSeries, SeriesState

S = SeriesState

SERIES = Machine(
    EventSeries,
    {
        "end": ((S.running,), S.ended),
        "carry_on": ((S.ended,), S.running),
    },
)
