"""Every desk of the product in one admin: the list of what the board sees there."""

from functools import cache

from litestar.handlers import ASGIRouteHandler

from server.accreditation import admin as accreditation
from server.applications import admin as applications
from server.calendars import admin as calendars
from server.consent import admin as consent
from server.directory import admin as directory
from server.events import admin as events
from server.fees import admin as fees
from server.groups import admin as groups
from server.issues import admin as issues
from server.knowledge import admin as knowledge
from server.memberships import admin as memberships
from server.newsletters import admin as newsletters
from server.outbox import admin as outbox
from server.people import admin as people
from server.registrations import admin as registrations
from server.rights import Area
from server.series import admin as series
from server.talks import admin as talks
from server.turnout import admin as turnout
from server.web.admin_kit import Desk, trail
from server.web.admin_kit.mount import mount
from tables.audit import AuditEntry
from tables.machinery import JobRun

LINKS = {"admin.link.site": "/", "admin.link.board": "/board"}
MACHINERY = [
    Desk(
        AuditEntry,
        group="machinery",
        area=Area.audit,
        read_only=True,
        # Why, and what it was and became, stands on /board/audit, as far as a reader may know it.
        hidden=("before", "after", "reason", "seal", "content_hash"),
        words={"entity": trail.table, "action": trail.action},
        page=trail.row,
        listed=("at", "actor", "action", "entity", "entity_id"),
        filters=("at", "actor", "action", "entity", "entity_id"),
    ),
    Desk(
        JobRun,
        group="machinery",
        area=Area.machinery,
        read_only=True,
        listed=("name", "ran_at", "failures", "error"),
        order=("name",),
    ),
]
DESKS = [
    *registrations.DESKS,
    *events.DESKS,
    *series.DESKS,
    *accreditation.DESKS,
    *turnout.DESKS,
    *calendars.DESKS,
    *talks.DESKS,
    *people.DESKS,
    *applications.DESKS,
    *memberships.DESKS,
    *fees.DESKS,
    *directory.DESKS,
    *groups.DESKS,
    *newsletters.DESKS,
    *issues.DESKS,
    *knowledge.DESKS,
    *consent.DESKS,
    *outbox.DESKS,
    *MACHINERY,
]


@cache
def create_admin_app() -> ASGIRouteHandler:
    """The route handler of `/admin`, to be listed among the routes."""
    return mount(DESKS, LINKS)
