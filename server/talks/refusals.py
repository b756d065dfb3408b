"""Why something cannot be done with a call or a proposal."""

from server.errors import Refusal


class NotHeldYet(Refusal):
    """A talk has been given only once its event has begun."""

    code = "talks.not_held_yet"


class CalledOff(Refusal):
    """The event of the proposal was cancelled, or put out of sight."""

    code = "talks.called_off"


class NotOpen(Refusal):
    """The call has not opened yet."""

    code = "talks.not_open"


class Closed(Refusal):
    """The call has closed, and the half hour of grace has passed too."""

    code = "talks.closed"


class TooManyProposals(Refusal):
    """This person has submitted as many proposals to this call as it allows: `limit`."""

    code = "talks.too_many"


class TextIsFixed(Refusal):
    """The committee reads it, or decided already: the text no longer changes."""

    code = "talks.text_is_fixed"


class ConflictOfInterest(Refusal):
    """Nobody decides about a proposal of which they are a speaker."""

    code = "talks.conflict_of_interest"


class CallExists(Refusal):
    """This event has its call already."""

    code = "talks.call_exists"
