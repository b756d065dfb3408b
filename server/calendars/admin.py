"""Addresses, fetches and moves of the calendars in the admin. To read only."""

from server.rights import Area
from server.web.admin_kit.desk import Desk
from tables.calendars import EventMove, FeedFetch, FeedToken

DESKS = [
    Desk(
        FeedToken,
        group="people",
        area=Area.people,
        read_only=True,
        # What somebody calls their telephone is theirs.
        hidden=("label", "token_hash", "served_etag"),
        listed=("person", "created_at", "fetched_on", "client", "revoked_at", "ended_by"),
        filters=("person", "fetched_on", "client", "ended_by"),
        order=("-created_at",),
        link="created_at",
    ),
    Desk(
        EventMove,
        group="events",
        area=Area.events,
        read_only=True,
        listed=("event", "was_starts_at", "starts_at", "moved_at", "mailed_at"),
        filters=("event", "moved_at"),
        order=("-moved_at",),
        link="moved_at",
        page="/board/calendars/moves/{id}",
    ),
    Desk(
        FeedFetch,
        group="machinery",
        area=Area.events,
        read_only=True,
        listed=("day", "key", "client", "fetches", "readers", "last_at"),
        filters=("day", "key", "client"),
        order=("-day",),
        link="day",
    ),
]
