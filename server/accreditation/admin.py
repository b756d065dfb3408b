"""The registers in the admin: their rules, a row for each from its first day."""

from server.rights import Area
from server.web.admin_kit import Desk
from tables.accreditation import AccreditationRegister

DESKS = [
    Desk(
        AccreditationRegister,
        group="events",
        area=Area.events,
        given_once=("code", "valid_from"),
        required=("code", "name", "numbers", "valid_from"),
        listed=("code", "valid_from", "counts", "minutes_per_point", "ask_days", "report_days"),
        order=("code",),
        link="code",
        page="/board/accreditation",
    )
]
