"""Whether somebody may register for an event at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from server import clock, language
from server.actors import Actor
from server.admission import classes, codes
from server.admission.codes import Code
from server.errors import NotFound
from server.events import rules, terms
from server.events.queries import EventView
from server.registrations.refusals import MembersOnly, NotOpen, OpensLater
from server.registrations.wishes import RegistrationForm
from server.rights import Area
from tables.events import EventState


async def admitted(
    actor: Actor,
    event: dict[str, Any],
    form: RegistrationForm,
    person_id: int | None,
    *,
    now: datetime,
) -> RegistrationForm:
    """What somebody asks for, with the invitation it stands on, once it is open to them.

    An invitation opens registration before it is open to others, and to who is no member; it
    closes at its own last moment. `person_id`: who asks, where that is known, also unproven.
    Raises NotFound; refuses: NotOpen, OpensLater, MembersOnly, NoSuchCode, CodeUsedUp.
    """
    _require_seen(actor, event)
    if form.code:
        code = await codes.find(event["id"], form.code, now=now, person_id=person_id)
        form = replace(form, invited=code)
    opens, closes = await _window(
        actor,
        event["id"],
        terms.read(event["terms"]),
        (event["registration_opens_at"], event["registration_closes_at"] or event["starts_at"]),
        form.invited,
        now,
    )
    if not _is_open(event, opens, closes, now):
        if event["state"] == EventState.published and opens is not None and now < opens:
            raise OpensLater(moment=language.moment(opens, actor.language))
        raise NotOpen
    is_member = actor.is_member or actor.is_board
    if event["members_only_registration"] and not is_member and form.invited is None:
        raise MembersOnly
    return form


def _require_seen(actor: Actor, event: dict[str, Any]) -> None:
    seen = rules.may_see(
        event["state"],
        event["visibility"],
        is_member=actor.is_member,
        is_in_group=event["group"] in actor.groups,
        manages=actor.manages(event["group"], Area.events),
    )
    if not seen:
        raise NotFound


def _is_open(
    event: dict[str, Any], opens: datetime | None, closes: datetime, now: datetime
) -> bool:
    return rules.is_open(
        event["state"],
        has_registration=True,
        opens_at=opens,
        closes_at=closes,
        ends_at=event["ends_at"],
        now=now,
    )


async def _window(
    actor: Actor,
    event_id: int,
    found: Sequence[terms.Terms],
    window: tuple[datetime | None, datetime],
    invited: Code | None,
    now: datetime,
) -> tuple[datetime | None, datetime]:
    """From when until when somebody registers; a stranger counts as anybody."""
    if found:
        came_as = invited.ticket_class if invited else ""
        day = clock.day_of(now)
        theirs = await classes.of_person(actor.person_id, event_id, day, invited_as=came_as)
        window = terms.window(found, *window, theirs)
    return (None, invited.expires_at or window[1]) if invited else window


@dataclass(frozen=True)
class Opening:
    """Whether somebody may register now; if not, from when, where that is still to come."""

    is_open: bool
    opens_at: datetime | None


async def look(actor: Actor, event: EventView, invited: Code | None, *, now: datetime) -> Opening:
    """The same for a page, before anything is asked."""
    window = (event.registration_opens_at, event.registration_closes_at or event.starts_at)
    opens, closes = await _window(actor, event.id, event.terms, window, invited, now)
    is_open = rules.is_open(
        event.state,
        has_registration=event.has_registration,
        opens_at=opens,
        closes_at=closes,
        ends_at=event.ends_at,
        now=now,
    )
    is_later = event.state == EventState.published and opens is not None and now < opens
    return Opening(is_open, opens if is_later else None)


def is_open_to_anybody(event: dict[str, Any], *, now: datetime) -> bool:
    """Whether registration is open to any class: who has a seat may then choose more."""
    found = terms.read(event["terms"])
    opens, closes = event["registration_opens_at"], event["registration_closes_at"]
    return _is_open(event, *terms.window(found, opens, closes or event["starts_at"]), now)
