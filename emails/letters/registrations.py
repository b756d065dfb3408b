"""Letters about places at events. Times and titles are in the reader's language already."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from emails.letters import Letter

SAMPLES: dict[str, object] = {
    "until": "woensdag 10 maart 2027, 12.00 uur",
    "is_held": True,
    "is_last": False,
    "giver": "Anna de Vries",
    "colleague": "Bram Jansen",
    "reason": "Deze middag is voor de leden van de werkgroep.",
    "rank": 3,
    "code": "7KQ2 M4XD",
}


@dataclass(frozen=True)
class AboutRegistration(Letter):
    """What every letter about one registration names; `url` opens it without signing in."""

    forgets: ClassVar[bool] = True

    event: str
    when: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        names = cls.__dataclass_fields__
        more: dict[str, Any] = {name: one for name, one in SAMPLES.items() if name in names}
        return cls(
            event="Pijndag 2027",
            when="vrijdag 12 maart 2027, 09.30–17.00 uur",
            url="https://netwerk.example/registrations/abc",
            **more,
        )


@dataclass(frozen=True)
class RegistrationToVerify(AboutRegistration):
    """Sent to a stranger who registers: nothing is final until they press the button."""

    until: str
    is_held: bool


@dataclass(frozen=True)
class RegistrationConfirmed(AboutRegistration):
    """Sent when somebody has a place; `also` is where they stand for workshops and lunch.

    `cost`: what they pay and how; empty when nothing is due. `code` is that of the ticket, empty
    for who comes in by no door.
    """

    paragraphs: ClassVar[tuple[str, ...]] = ("also", "cost")
    drawn: ClassVar[str] = "code"

    also: str = ""
    cost: str = ""
    code: str = ""


@dataclass(frozen=True)
class RegistrationInReview(AboutRegistration):
    """Sent to who registers for an event with approval: the organiser looks at it first."""


@dataclass(frozen=True)
class RegistrationRejected(AboutRegistration):
    """Sent to somebody whom the organiser did not let in; `reason` says why."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str


@dataclass(frozen=True)
class RegistrationWaiting(AboutRegistration):
    """Sent when somebody joins the waiting list; `rank` is their place in it.

    `also` is where they stand for workshops and lunch.
    """

    paragraphs: ClassVar[tuple[str, ...]] = ("also",)

    rank: int
    also: str = ""


@dataclass(frozen=True)
class PlaceOffered(AboutRegistration):
    """Sent when a place comes free for whoever is first in line, with the deadline.

    `is_last`: with no answer in time they leave the line, instead of moving to its end.
    `instead`: that they give up what they have at the same hour; empty where they have nothing.
    """

    paragraphs: ClassVar[tuple[str, ...]] = ("instead",)

    until: str
    is_last: bool
    instead: str = ""


@dataclass(frozen=True)
class OfferMissed(AboutRegistration):
    """Sent when an offer was not answered the first time: back to the end of the own class."""

    rank: int


@dataclass(frozen=True)
class OfferExpired(AboutRegistration):
    """Sent when the last offer was not answered: out of the line."""


@dataclass(frozen=True)
class NoPlaceCame(AboutRegistration):
    """Sent when the event is over to whoever still stood in the waiting line."""


@dataclass(frozen=True)
class RegistrationCancelled(AboutRegistration):
    """Sent when somebody cancelled, left the line or declined an offer."""


@dataclass(frozen=True)
class RegistrationEnded(AboutRegistration):
    """Sent when the organiser ended somebody's registration."""


@dataclass(frozen=True)
class EventChanged(Letter):
    """Sent to everybody involved when date, place or mode of an event changed: what differs."""

    forgets: ClassVar[bool] = True
    paragraphs: ClassVar[tuple[str, ...]] = ("changes",)

    event: str
    changes: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            event="Pijndag 2027",
            changes="- Datum: was vrijdag 12 maart 2027, 09.30–17.00 uur,"
            " wordt vrijdag 19 maart 2027, 09.30–17.00 uur\n"
            "- Plaats: was De Witte Vosch, Utrecht, wordt Vredenburg, Utrecht",
            url="https://netwerk.example/registrations/abc",
        )


@dataclass(frozen=True)
class EventCancelled(Letter):
    """Sent to everybody involved when an event is cancelled."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    event: str
    when: str
    reason: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        when = "vrijdag 12 maart 2027, 09.30–17.00 uur"
        return cls(event="Pijndag 2027", when=when, reason="De spreker is ziek.")


@dataclass(frozen=True)
class EventPostponed(EventCancelled):
    """Sent to everybody involved when an event is put off to a date not yet known."""


@dataclass(frozen=True)
class PlaceForYou(AboutRegistration):
    """Sent to a colleague to whom somebody wants to give their place; `until` is the deadline.

    `cost`: what it costs them, by their own class; empty when nobody pays.
    """

    paragraphs: ClassVar[tuple[str, ...]] = ("cost",)

    giver: str
    until: str
    cost: str = ""


@dataclass(frozen=True)
class PlaceTaken(AboutRegistration):
    """Sent to who gave their place away, once the colleague has taken it.

    `cost`: what becomes of what they paid; empty when nobody pays.
    """

    paragraphs: ClassVar[tuple[str, ...]] = ("cost",)

    colleague: str
    cost: str = ""


@dataclass(frozen=True)
class PlaceStillYours(AboutRegistration):
    """Sent when the colleague did not take the place: it is still the giver's."""

    colleague: str
