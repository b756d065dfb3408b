"""What a certificate is refused for."""

from server.errors import Refusal


class NotSettled(Refusal):
    """Who was there is not settled yet."""

    code = "certificates.not_settled"


class NothingToGive(Refusal):
    """Nobody is left to give one to."""

    code = "certificates.nothing_to_give"
