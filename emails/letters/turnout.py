"""What the organisers of an event write to a part of its people."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class OrganiserMessage(Letter):
    """Sent when the organisers write to some of the people of an event: their own words.

    `standing` says why one gets it: place, offer, waiting or ended. An answer goes to `contact`.
    """

    forgets: ClassVar[bool] = True
    paragraphs: ClassVar[tuple[str, ...]] = ("words",)
    answers_to: ClassVar[str] = "contact"

    title: str
    words: str
    event: str
    when: str
    standing: str
    url: str
    contact: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            title="De zaal is veranderd",
            words="Wij zijn verhuisd naar zaal 4, op de eerste verdieping.\n\nTot vrijdag.",
            event="Pijndag 2027",
            when="vrijdag 12 maart 2027, 09.30–17.00 uur",
            standing="place",
            url="https://netwerk.example/registrations/abc",
            contact="organisatie@netwerk.example",
        )
