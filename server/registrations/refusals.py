"""Why somebody cannot register, accept or cancel."""

from server.errors import Refusal


class NotOpen(Refusal):
    """Registration for this event is not open (yet, or any more)."""

    code = "registrations.not_open"


class OpensLater(NotOpen):
    """Registration is not open yet to them; `moment` is when."""

    code = "registrations.opens_later"


class NotGoingOn(Refusal):
    """Nobody is given a place at an event that is not shown, was cancelled, or is over."""

    code = "registrations.not_going_on"


class MembersOnly(Refusal):
    """Only members may register for this event."""

    code = "registrations.members_only"


class AlreadyRegistered(Refusal):
    """This person has a live registration; `code` opens it."""

    code = "registrations.already"


class EndedByOrganiser(Refusal):
    """The organiser ended this person's registration: only they can take it up again."""

    code = "registrations.ended_by_organiser"


class NoSuchPlace(Refusal):
    """The event offers no places of this sort."""

    code = "registrations.no_such_place"


class OfferOver(Refusal):
    """The offered place was kept until `until`, which has passed."""

    code = "registrations.offer_over"


class TooLateToCancel(Refusal):
    """The last moment to cancel by oneself has passed."""

    code = "registrations.too_late_to_cancel"


class Full(Refusal):
    """No place is free to give by hand; raise the capacity first."""

    code = "registrations.full"


class NoNewDate(Refusal):
    """A postponed event is shown again only on a date to come."""

    code = "registrations.no_new_date"


class SeatFirst(Refusal):
    """A workshop or another seat is for who has a seat or waits for one: first settle that."""

    code = "registrations.seat_first"


class HasThisPlace(Refusal):
    """They have this place already, or stand in line for it."""

    code = "registrations.has_this_place"


class SameHour(Refusal):
    """Two places of which the hours overlap: one is had, and at most one other waited for."""

    code = "registrations.same_hour"


class CannotPassOn(Refusal):
    """Only a place that one has, at an event to come without approval, is passed on."""

    code = "registrations.cannot_pass_on"


class OwnPlace(Refusal):
    """Whoever was asked has this very place already: it is their own address."""

    code = "registrations.own_place"


class PriceChanged(Refusal):
    """What they agreed to pay for a colleague's place is not what it costs them any more."""

    code = "registrations.price_changed"


class HandOverClosed(Refusal):
    """The question to take a place was answered, taken back, or ran out."""

    code = "registrations.hand_over_closed"
