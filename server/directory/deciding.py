"""What the board decides of a profile; its holder is told each time."""

from datetime import datetime

from emails.letters import Letter
from emails.letters import directory as letters
from server import clock
from server.actors import Actor
from server.database import transaction
from server.directory import queries
from server.directory.queries import OwnProfile
from server.directory.service import require_type
from server.directory.states import PROFILE
from server.errors import Invalid
from server.outbox import service as outbox
from server.web import links


async def publish(actor: Actor, profile_id: int, *, now: datetime) -> None:
    """From now on it is found. Refuses: NotOfThisType, WrongState."""
    async with transaction():
        holder = await queries.by_id(profile_id, clock.day_of(now))
        await require_type(holder.person_id, now=now)
        values = {"published_at": now, "confirmed_on": clock.day_of(now)}
        await PROFILE.move(profile_id, "publish", actor=actor, set_also=values)
        profile = await queries.by_id(profile_id, clock.day_of(now))
        url = links.absolute(f"/directory/{profile.whole.slug}")
        await tell(profile, letters.ProfilePublished(url=url), f"published:{now.isoformat()}")


async def send_back(actor: Actor, profile_id: int, reason: str, *, now: datetime) -> None:
    """Ask the holder to mend something first. Raises Invalid without a reason."""
    _require_reason(reason)
    async with transaction():
        await PROFILE.move(profile_id, "send_back", actor=actor, reason=reason)
        profile = await queries.by_id(profile_id, clock.day_of(now))
        letter = letters.ProfileSentBack(reason=reason, url=links.absolute("/me/directory"))
        await tell(profile, letter, f"sent_back:{now.isoformat()}")


async def hide(actor: Actor, profile_id: int, reason: str, *, now: datetime) -> None:
    """Take it out of the directory, with a reason that the holder reads. Refuses: WrongState."""
    _require_reason(reason)
    async with transaction():
        await PROFILE.move(profile_id, "hide", actor=actor, reason=reason)
        profile = await queries.by_id(profile_id, clock.day_of(now))
        letter = letters.ProfileHidden(reason=reason, url=links.absolute("/me/directory"))
        await tell(profile, letter, f"hidden:{now.isoformat()}")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(reason="directory.field.reason.needed")


async def tell(profile: OwnProfile, letter: Letter, cause: str) -> None:
    """Owe the holder a letter about their profile, in the caller's transaction."""
    if profile.email:
        to = outbox.Recipient(
            profile.person_id, profile.whole.name, profile.email, profile.language
        )
        await outbox.post(letter, to, cause=f"profile:{profile.whole.id}:{cause}")
