"""How series say no."""

from server.errors import Refusal


class InSeries(Refusal):
    """The event belongs to a series already: that one is continued instead."""

    code = "series.in_series"


class NotRepeatable(Refusal):
    """What was cancelled, put off or archived is no example for a series."""

    code = "series.not_repeatable"


class Full(Refusal):
    """So many are still to come that no more are laid out at once."""

    code = "series.full"


class HasEnded(Refusal):
    """A series that ended goes on only when it is resumed."""

    code = "series.has_ended"


class NothingLeft(Refusal):
    """None of the events asked for can still be changed so: somebody was first."""

    code = "series.nothing_left"


class WasHeldThen(Refusal):
    """At one of the events is written down who was there, so none changed; `when` is which."""

    code = "series.was_held"


class Stuck(Refusal):
    """One of the events cannot take the step, so none did; `when` is which."""

    code = "series.stuck"
