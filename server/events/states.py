"""The life of an event. "Open for registration" and "full" are computed, never states."""

from server.workflow import Machine
from tables.events import Event, EventState

S = EventState

EVENT = Machine(
    Event,
    {
        "announce": ((S.draft,), S.announced),
        "publish": ((S.draft, S.announced), S.published),
        "postpone": ((S.announced, S.published), S.postponed),
        "reschedule": ((S.postponed,), S.published),
        "cancel": ((S.announced, S.published, S.postponed), S.cancelled),
        "complete": ((S.published,), S.completed),
        "archive": ((S.completed, S.cancelled), S.archived),
    },
)
