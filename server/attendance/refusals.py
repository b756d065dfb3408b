"""What the list of who was there is refused for."""

from server.errors import Refusal


class NotOverYet(Refusal):
    """The event still goes on, or does not take place."""

    code = "attendance.not_over_yet"


class NoListYet(Refusal):
    """Who was there was not drawn up yet."""

    code = "attendance.no_list_yet"


class ListSettled(Refusal):
    """The list is settled: one person is corrected, with a reason."""

    code = "attendance.list_settled"


class ObjectionsOpen(Refusal):
    """Somebody waits for an answer first."""

    code = "attendance.objections_open"


class StillTimeToObject(Refusal):
    """The days in which one may object are not over."""

    code = "attendance.still_time"


class TooLateToObject(Refusal):
    """The days in which one could object are over."""

    code = "attendance.too_late_to_object"


class ObjectedAlready(Refusal):
    """An objection waits for its answer."""

    code = "attendance.objected_already"
