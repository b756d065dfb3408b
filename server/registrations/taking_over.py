"""A colleague takes the place that was passed on to them: the same place, on their own terms.

Nobody on the waiting list is passed. What it costs is what somebody of their class pays; they see
that before they say yes, and a yes to another amount counts for nothing.
"""

from datetime import datetime
from typing import Any

from emails.letters import registrations as letters
from server import clock, language
from server.actors import SYSTEM, Actor
from server.admission import classes, passed_on
from server.admission.passed_on import Cost
from server.database import execute, transaction
from server.events import terms
from server.outbox import service as outbox
from server.people import service as people
from server.questions import needs
from server.registrations import (
    claiming,
    colleague_price,
    line,
    passing_on,
    queries,
    seats,
    telling,
)
from server.registrations.queries import RegistrationView
from server.registrations.refusals import (
    AlreadyRegistered,
    CannotPassOn,
    EndedByOrganiser,
    MembersOnly,
    OfferOver,
    OpensLater,
    OwnPlace,
    PriceChanged,
)
from server.registrations.states import HAND_OVER, LIVE
from server.registrations.wishes import RegistrationForm
from tables.registrations import LineState

# By whose code a place was had, by that code it is had still.
SAME_INVITATION = """UPDATE registration SET invitation =
  (SELECT invitation FROM registration WHERE id = $2) WHERE id = $1"""


async def take(actor: Actor, token: str, *, cents: int, now: datetime) -> RegistrationView:
    """The colleague comes instead: theirs is the same place, with all beside it.

    `cents`: what they read that they would pay. Whoever stands in line there themselves leaves it.
    As `passing_on.find`; refuses: OfferOver, CannotPassOn, OwnPlace, AlreadyRegistered,
    EndedByOrganiser, MembersOnly, OpensLater, PriceChanged.
    """
    async with transaction():
        asked, view, event = await passing_on.locked(token)
        if asked.expires_at <= now:
            raise OfferOver
        if view.queued_at > asked.created_at:  # another place than the one that was meant
            raise CannotPassOn
        if not passing_on.may_ask(view, now=now):
            raise CannotPassOn
        person_id = await people.find_or_create_contact(
            SYSTEM, name=asked.name, email=asked.email, language=view.language, now=now
        )
        agreed = await colleague_price.of_person(view, person_id)
        if agreed.due_cents != cents:
            raise PriceChanged
        await _require_open(actor, event, view, person_id, now)
        await _require_free(actor, view, person_id)
        await HAND_OVER.move(asked.id, "take", actor=actor, set_also=passing_on.FORGOTTEN)
        has = await _passed(actor, event, view, person_id, now)
        await passed_on.pass_on(actor, view.id, has.id, agreed, now=now)
        has = await queries.get(has.code)
        await _tell(view, has, asked.name, agreed)
        await line.promote(view.event_id, now=now)
        return await queries.get(has.code)


async def _require_open(
    actor: Actor, event: dict[str, Any], view: RegistrationView, person_id: int, now: datetime
) -> None:
    """By giving places away nobody is there before their class is; a code comes along with it.

    That registration has closed meanwhile matters to nobody: the place is given already.
    """
    theirs = await classes.of_person(person_id, event["id"], clock.day_of(now))
    if event["members_only_registration"] and theirs == {"other"}:
        raise MembersOnly
    found = terms.read(event["terms"])
    if not found or view.is_invited:
        return
    closes = event["registration_closes_at"] or event["starts_at"]
    opens, _ = terms.window(found, event["registration_opens_at"], closes, theirs)
    if opens is not None and now < opens:
        raise OpensLater(moment=language.moment(opens, actor.language))


async def _require_free(actor: Actor, view: RegistrationView, person_id: int) -> None:
    if person_id == view.person_id:
        raise OwnPlace
    own = await queries.find(view.event_id, person_id)
    if own is not None and own.state == LineState.cancelled_by_organiser:
        raise EndedByOrganiser
    if own is None or own.state not in LIVE:
        return
    if own.state == LineState.confirmed:
        raise AlreadyRegistered(event=own.title(actor.language))
    await seats.end(actor, await seats.live(own.id))


async def _passed(
    actor: Actor, event: dict[str, Any], view: RegistrationView, person_id: int, now: datetime
) -> RegistrationView:
    had = await seats.live(view.id)
    lines = [one for one in had if one["state"] == LineState.confirmed]
    extras = tuple(one["unit_id"] for one in lines if one["unit_id"] != view.unit_id)
    await seats.end(actor, had)
    await needs.forget_ended([view.id])
    wish = RegistrationForm(unit_id=view.unit_id, extra_ids=extras, takes_over=True)
    has = await claiming.claim(SYSTEM, event, person_id, wish, now=now)
    has = has or await claiming.claim_again(SYSTEM, event, person_id, wish, now=now)
    await execute(SAME_INVITATION, has.id, view.id)
    return has


async def _tell(view: RegistrationView, has: RegistrationView, called: str, agreed: Cost) -> None:
    if view.email:
        money = colleague_price.for_giver(view, agreed, called)
        letter = letters.PlaceTaken(**telling.about(view), colleague=called, cost=money)
        cause = f"line:{view.line_id}:taken:{has.line_id}"
        to = telling.recipient(view)
        await outbox.post_about(view.event_id, letter, to, cause=cause)
    await telling.tell(has, also=await telling.beside(has))
