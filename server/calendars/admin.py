"""Secret calendar addresses in the admin: which exist and who uses them, never what they are."""

from server.web.admin_kit import Desk
from tables.calendars import FeedToken

DESKS = [
    Desk(
        FeedToken,
        group="machinery",
        read_only=True,
        hidden=("token_hash",),
        listed=("person", "label", "created_at", "fetched_on", "client", "revoked_at"),
    ),
]
