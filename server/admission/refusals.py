"""Why somebody is not let in, and why an amount is not marked."""

from server.errors import Refusal


class NoSuchCode(Refusal):
    """The invitation code is not (or no longer) one of this event."""

    code = "admission.no_such_code"


class CodeUsedUp(Refusal):
    """As many registered with this invitation code as it was made for."""

    code = "admission.code_used_up"


class OwnFee(Refusal):
    """Somebody else marks what one owes oneself."""

    code = "admission.own_fee"
