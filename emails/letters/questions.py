"""Letters about the questions of an event."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class AnswersAsked(Letter):
    """Sent when the organisers ask something of somebody who registered before it was asked."""

    forgets: ClassVar[bool] = True
    paragraphs: ClassVar[tuple[str, ...]] = ("questions",)

    event: str
    when: str
    questions: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            event="Pijndag 2027",
            when="vrijdag 12 maart 2027, 09.30–17.00 uur",
            questions="- Welke workshop kiest u?\n- Komt u met de auto?",
            url="https://netwerk.example/registrations/abc/answers",
        )
