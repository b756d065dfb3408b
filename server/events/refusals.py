"""How events say no."""

from server.errors import Refusal


class NotHeldYet(Refusal):
    """An event has taken place only once it has begun."""

    code = "events.not_held_yet"
