"""When a profile is not begun, not handed in, or not shown."""

from server.errors import Refusal


class NotAMember(Refusal):
    """Only members with a fitting membership are in the directory."""

    code = "directory.not_a_member"


class NotOfThisType(Refusal):
    """This type of membership is not in the directory."""

    code = "directory.not_of_this_type"


class NothingToFind(Refusal):
    """A profile that shows nothing but a name helps nobody."""

    code = "directory.nothing_to_find"
