"""Letters to segments in the admin: who wrote what, when, to how many. To read only."""

from server.rights import Area
from server.web.admin_kit.desk import Desk
from tables.turnout import EventMessage

DESKS = [
    Desk(
        EventMessage,
        group="events",
        area=Area.events,
        read_only=True,
        listed=("sent_at", "event", "segment", "subject", "people", "sent_by"),
        filters=("event", "segment", "sent_at"),
        order=("-sent_at",),
        link="subject",
    ),
]
