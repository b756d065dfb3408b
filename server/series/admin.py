"""Series in the admin, to look at; what is done with them stands on pages of their own."""

from server.rights import Area
from server.web.admin_kit.desk import Desk
from tables.events import EventSeries

DESKS = [
    Desk(
        EventSeries,
        group="events",
        area=Area.events,
        read_only=True,
        hidden=("uid",),
        listed=("title", "state", "rule", "starts_at"),
        order=("-starts_at",),
        page="/board/series/{id}",
    )
]
