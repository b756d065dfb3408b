"""Why a question, or an answer, is refused."""

from server.errors import Refusal


class HasAnswers(Refusal):
    """A question that was answered is not deleted: it is retired, and its answers stay."""

    code = "questions.has_answers"


class OthersDepend(Refusal):
    """Another question is asked only after an answer to this one."""

    code = "questions.others_depend"


class DependsInVain(Refusal):
    """It is asked only after an answer that cannot be given now."""

    code = "questions.depends_in_vain"


class TooLateToAnswer(Refusal):
    """The event has begun, or the registration has ended: answers stay as they are."""

    code = "questions.too_late"


class NobodyToAsk(Refusal):
    """Everybody answered, or was asked already."""

    code = "questions.nobody_to_ask"
