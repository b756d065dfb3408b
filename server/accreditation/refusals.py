"""What accreditation is refused for."""

from server.errors import Refusal


class AlreadyPlanned(Refusal):
    """This register is with the event already."""

    code = "accreditation.already_planned"


class PresenceNotSettled(Refusal):
    """Who was there is not settled yet."""

    code = "accreditation.not_settled"


class NothingNew(Refusal):
    """The register has this list already."""

    code = "accreditation.nothing_new"


class NobodyToAsk(Refusal):
    """Nobody lacks a number, or everybody was asked."""

    code = "accreditation.nobody_to_ask"
