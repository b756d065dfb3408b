"""When two people are not made one, or not two again."""

from server.errors import Refusal


class HoldsOffice(Refusal):
    """Whoever is absorbed holds an office; it would become somebody else's unseen."""

    code = "duplicates.holds_office"


class AccountClosed(Refusal):
    """The account of whoever is absorbed is closed; it would open as the other's."""

    code = "duplicates.account_closed"


class BothMembers(Refusal):
    """Both were a member, or suspended, on one day."""

    code = "duplicates.both_members"


class BothRegistered(Refusal):
    """Both have a place on one day to come."""

    code = "duplicates.both_registered"


class OtherIsPublished(Refusal):
    """Whoever is absorbed is in the directory, and the other only has a draft: it would be lost."""

    code = "duplicates.other_is_published"


class OneDied(Refusal):
    """One of the two is noted as deceased."""

    code = "duplicates.one_died"


class OwnData(Refusal):
    """Somebody else of the board merges oneself."""

    code = "duplicates.own_data"


class AlreadyUndone(Refusal):
    """They are two again already."""

    code = "duplicates.already_undone"


class MergedOn(Refusal):
    """The one who stayed was merged into another since: that comes first."""

    code = "duplicates.merged_on"


class TooLate(Refusal):
    """What is needed to undo the merge has been forgotten."""

    code = "duplicates.too_late"
