"""Issues in the admin: how far they are. They are written and approved on their own pages."""

from datetime import datetime

from server.actors import Actor
from server.issues import service
from server.issues.states import ISSUE
from server.rights import Area
from server.web.admin_kit import Desk
from tables.issues import NewsletterIssue


async def _unschedule(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.unschedule(actor, row_id, reason=reason)


async def _pause(actor: Actor, row_id: int, reason: str, _now: datetime) -> None:
    await service.pause(actor, row_id, reason=reason)


async def _resume(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await service.resume(actor, row_id, now=now)


async def _cancel(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await service.cancel(actor, row_id, reason=reason, now=now)


DESKS = [
    Desk(
        NewsletterIssue,
        group="newsletters",
        area=Area.newsletters,
        machine=ISSUE,
        moves={"unschedule": _unschedule, "pause": _pause, "resume": _resume, "cancel": _cancel},
        creatable=False,
        fixed=(
            *("list", "number", "subject_nl", "subject_en", "body_nl", "body_en", "approved_by"),
            *("approved_at", "scheduled_at", "started_at", "resumed_at", "ended_at"),
            "note",
        ),
        listed=("subject_nl", "list", "state", "number", "scheduled_at", "ended_at"),
        page="/board/issues/{id}",
    ),
]
