"""Profiles in the admin: what the holder said is read only, decisions go through the verbs."""

from datetime import datetime

from server.actors import Actor
from server.directory import deciding
from server.directory.states import PROFILE
from server.rights import Area
from server.web.admin_kit import Desk
from tables.directory import Profile, ProfileField, ProfileTerm, Workplace


async def _publish(actor: Actor, row_id: int, _reason: str, now: datetime) -> None:
    await deciding.publish(actor, row_id, now=now)


async def _send_back(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await deciding.send_back(actor, row_id, reason, now=now)


async def _hide(actor: Actor, row_id: int, reason: str, now: datetime) -> None:
    await deciding.hide(actor, row_id, reason, now=now)


DESKS = [
    Desk(
        Profile,
        group="people",
        area=Area.people,
        machine=PROFILE,
        moves={"publish": _publish, "send_back": _send_back, "hide": _hide},
        creatable=False,
        fixed=(
            *("person", "slug", "headline", "headline_en", "about", "about_en", "languages"),
            *("website", "accepts_referrals", "waiting_weeks", "referrals_said_on"),
            *("published_at", "confirmed_on"),
        ),
        listed=("person", "slug", "state", "confirmed_on"),
        order=("-id",),
        link="slug",
        page="/board/profiles/{slug}",
    ),
    Desk(
        Workplace,
        group="people",
        area=Area.people,
        read_only=True,
        listed=("profile", "name", "city", "province"),
    ),
    Desk(
        ProfileTerm,
        group="people",
        area=Area.people,
        read_only=True,
        listed=("profile", "vocabulary", "code"),
    ),
    Desk(
        ProfileField,
        group="people",
        area=Area.people,
        read_only=True,
        listed=("profile", "field", "visibility"),
    ),
]
