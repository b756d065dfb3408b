"""Which letter follows from where a registration stands now."""

from dataclasses import replace
from datetime import datetime

from emails.letters import registrations as letters
from server import language, settings
from server.admission import dues
from server.outbox import service as outbox
from server.registrations import codes, queries, tickets
from server.registrations.queries import RegistrationView
from server.web import links
from tables.registrations import LineState

PLAIN: dict[str, type[letters.AboutRegistration]] = {
    LineState.confirmed: letters.RegistrationConfirmed,
    LineState.approval: letters.RegistrationInReview,
    LineState.expired: letters.OfferExpired,
    LineState.declined: letters.RegistrationCancelled,
    LineState.cancelled: letters.RegistrationCancelled,
    LineState.cancelled_by_organiser: letters.RegistrationEnded,
}


async def tell(
    view: RegistrationView,
    *,
    missed: bool = False,
    also: str = "",
    names_unit: bool = False,
    instead: str = "",
    ticket: str | None = None,
) -> None:
    """Owe the holder the letter of their registration's state; each state of a line once.

    `also`: where they stand for workshops and lunch, a line each. `names_unit`: of which seat.
    `instead`: what they have at the same hour, which ends by this. `ticket`: the code of their
    ticket, where it is known.
    """
    letter = letter_for(view, missed=missed)
    if instead and isinstance(letter, letters.RegistrationConfirmed):
        also = language.text(view.language, "registrations.hours.let_go", names=instead)
    if instead and isinstance(letter, letters.PlaceOffered):
        gives_up = language.text(view.language, "registrations.hours.offered", names=instead)
        letter = replace(letter, instead=gives_up)
    if also and isinstance(letter, letters.RegistrationConfirmed | letters.RegistrationWaiting):
        letter = replace(letter, also=also)
    if names_unit and letter is not None and view.is_seat:
        letter = replace(letter, event=_named(view))
    if letter is None or not view.email:
        return
    letter = await _with_ticket(letter, view, ticket)
    cause = f"line:{view.line_id}:{view.state}:{view.line_revision}"
    await outbox.post_about(view.event_id, letter, recipient(view), cause=cause)


async def beside(view: RegistrationView) -> str:
    """Where somebody stands for workshops and lunch, a line each, for the letter of the seat."""
    lines = []
    for one in await queries.beside(view.id):
        state = language.text(view.language, f"registrations.also.{one.state}", rank=one.rank)
        lines.append(f"{one.unit(view.language)}: {state}")
    return "\n".join(lines)


async def tell_rejected(view: RegistrationView, reason: str) -> None:
    """Tell somebody that the organiser did not let them in, and why."""
    if view.email:
        letter = letters.RegistrationRejected(**about(view), reason=reason)
        cause = f"line:{view.line_id}:{view.state}:{view.line_revision}"
        await outbox.post(letter, recipient(view), cause=cause)


async def tell_in_vain(view: RegistrationView) -> None:
    """Tell somebody who waited until the event was over that no place came."""
    if view.email:
        letter = letters.NoPlaceCame(**about(view))
        cause = f"line:{view.line_id}:in_vain"
        await outbox.post_about(view.event_id, letter, recipient(view), cause=cause)


async def remind(view: RegistrationView, *, now: datetime) -> None:
    """Tell somebody who registers again how it stands already; at most once an hour."""
    letter = letter_for(view)
    if letter is not None and view.email:
        letter = await _with_ticket(letter, view)
        cause = f"line:{view.line_id}:again:{now:%Y-%m-%dT%H}"
        await outbox.post_about(view.event_id, letter, recipient(view), cause=cause)


async def _with_ticket(
    letter: letters.AboutRegistration, view: RegistrationView, ticket: str | None = None
) -> letters.AboutRegistration:
    """With the code of the ticket, for who comes in by it: not online, and not for a workshop."""
    if isinstance(letter, letters.RegistrationConfirmed) and view.comes_in_by_door:
        return replace(letter, code=codes.shown(ticket or await tickets.code_of(view.id)))
    return letter


def recipient(view: RegistrationView) -> outbox.Recipient:
    """Whom to write to, in which language."""
    return outbox.Recipient(view.person_id, view.display_name, view.email or "", view.language)


def letter_for(view: RegistrationView, *, missed: bool = False) -> letters.AboutRegistration | None:
    """The letter for a state, in the holder's language; None where nothing needs saying."""
    said, names = view.language, about(view)
    if view.state == LineState.waiting:
        ranked = letters.OfferMissed if missed else letters.RegistrationWaiting
        return ranked(**names, rank=view.rank or 0)
    until = language.moment(view.answer_until, said) if view.answer_until else ""
    if view.state == LineState.unverified:
        return letters.RegistrationToVerify(**names, until=until, is_held=view.is_held)
    if view.state == LineState.offered:
        return letters.PlaceOffered(**names, until=until, is_last=view.is_last_offer)
    if view.state == LineState.rejected:
        return letters.RegistrationRejected(**names, reason="")
    if view.state == LineState.confirmed and view.is_seat:
        return letters.RegistrationConfirmed(**names, cost=costs(view, said))
    return PLAIN[view.state](**names) if view.state in PLAIN else None


def costs(view: RegistrationView, said: str) -> str:
    """What is to be paid, and how; nothing when nothing is."""
    if not view.owes:
        return ""
    us = settings.current().association
    return language.text(
        said,
        "registrations.costs.due" if us.iban else "registrations.costs.later",
        amount=language.money(view.price_cents, said),
        iban=us.spaced_iban,
        name=us.name,
        reference=dues.reference(view.id),
    )


def _named(view: RegistrationView) -> str:
    """The place and the event."""
    return f"{view.unit(view.language)} ({view.title(view.language)})"


def about(view: RegistrationView) -> dict[str, str]:
    """What every letter about a registration names."""
    return {
        "event": view.title(view.language) if view.is_seat else _named(view),
        "when": language.span(view.starts_at, view.ends_at, view.language),
        "url": links.absolute(f"/registrations/{view.code}"),
    }
