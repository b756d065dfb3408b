"""Why something cannot be done with a membership."""

from server.errors import Refusal


class Overlap(Refusal):
    """This person already is a member in that time."""

    code = "memberships.overlap"


class OwnMembership(Refusal):
    """Somebody else of the board changes one's own membership; notice one gives oneself."""

    code = "memberships.own_membership"


class NumberTaken(Refusal):
    """Somebody else has this member number."""

    code = "memberships.number_taken"


class AlreadyEnding(Refusal):
    """The membership has an end already."""

    code = "memberships.already_ending"
