"""Consent in the admin: to read only. Words and answers are kept as they were."""

from server.rights import Area
from server.web.admin_kit import Desk
from tables.consent import ConsentEvent, ConsentText

DESKS = [
    Desk(
        ConsentEvent,
        group="newsletters",
        area=Area.newsletters,
        read_only=True,
        listed=("at", "address_key", "purpose", "action", "channel"),
    ),
    Desk(
        ConsentText,
        group="newsletters",
        area=Area.newsletters,
        read_only=True,
        listed=("code", "version", "valid_from"),
    ),
]
