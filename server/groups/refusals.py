"""How groups say no."""

from server.errors import Refusal


class AlreadyIn(Refusal):
    """This person has a seat in the group, or asked for one, already."""

    code = "groups.already_in"


class LastChair(Refusal):
    """Nobody else chairs the group: another chair comes first."""

    code = "groups.last_chair"


class NotAtWork(Refusal):
    """The group takes nobody in: it is not (or no longer) at work."""

    code = "groups.not_at_work"


class MembersOnly(Refusal):
    """Only members of the association can ask for a seat."""

    code = "groups.members_only"
