"""How events say no."""

from server.errors import Refusal


class NotHeldYet(Refusal):
    """An event has taken place only once it has begun."""

    code = "events.not_held_yet"


class PartWasHeld(Refusal):
    """People were let in at a part: it stays, so that what is known of them stays true."""

    code = "events.part_was_held"


class WasShown(Refusal):
    """Only a draft to which nothing belongs is taken away; what was shown is cancelled."""

    code = "events.was_shown"


class WasHeld(Refusal):
    """Who was there is written down: what they were at stays when it was."""

    code = "events.was_held"
