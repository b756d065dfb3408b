"""Letters about points in registers. Titles and days are in the reader's language already."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class NumberWanted(Letter):
    """Sent to who earned points of a register that has no number of theirs; `url` takes it."""

    forgets: ClassVar[bool] = True

    event: str
    register: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        url = "https://netwerk.example/registrations/abc/numbers"
        return cls(event="Pijndag 2027", register="FGzPt", until="9 april 2027", url=url)


@dataclass(frozen=True)
class AccreditationDue(Letter):
    """Sent to who handles accreditation when a day comes near: to ask it, or to hand in."""

    event: str
    register: str
    is_asking: bool
    day: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        url = "https://netwerk.example/board/events/pijndag-2027/accreditation"
        return cls(
            event="Pijndag 2027", register="FGzPt", is_asking=True, day="29 januari 2027", url=url
        )
