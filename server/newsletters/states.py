"""The life of a subscription."""

from server.workflow import Machine
from tables.newsletters import Subscription
from tables.newsletters import SubscriptionState as S

SUBSCRIPTION = Machine(
    Subscription,
    {
        # by the link in the letter (double opt-in)
        "confirm": ((S.pending,), S.confirmed),
        # by somebody whose address is already proved
        "opt_in": (
            (S.pending, S.unsubscribed, S.hold, S.not_mailed, S.automatic),
            S.confirmed,
        ),
        "unsubscribe": (
            (S.pending, S.confirmed, S.hold, S.not_mailed, S.automatic),
            S.unsubscribed,
        ),
        # asked again, to be confirmed again
        "resubscribe": ((S.unsubscribed, S.hold, S.not_mailed), S.pending),
        # the address does not accept mail for now; the consent stays
        "hold": ((S.confirmed,), S.hold),
        "release": ((S.hold,), S.confirmed),
        # brought in by the board without proof that the person asked
        "set_aside": ((S.pending,), S.not_mailed),
        # asked again and never confirmed
        "lapse": ((S.pending,), S.unsubscribed),
    },
)
