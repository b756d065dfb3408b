"""The life of a question."""

from server.workflow import Machine
from tables.questions import Question, QuestionState

QUESTION = Machine(
    Question,
    {
        "retire": ((QuestionState.active,), QuestionState.retired),
        "revive": ((QuestionState.retired,), QuestionState.active),
    },
)
