"""Letters about calendars: an address that nobody uses, and a time that a program does not know."""

from dataclasses import dataclass
from typing import Self

from emails.letters import Letter


@dataclass(frozen=True)
class CalendarAddressUnused(Letter):
    """Sent a month before a secret address ends that was not fetched for over a year.

    The address itself is in no letter: `url` is the page on which its owner finds it.
    """

    label: str
    last: str
    ends: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            label="telefoon",
            last="dinsdag 4 februari 2026",
            ends="donderdag 11 maart 2027",
            url="https://netwerk.example/calendars",
        )


@dataclass(frozen=True)
class CalendarOutOfDate(Letter):
    """Sent to those whose calendar still shows the time that an event had."""

    event: str
    was: str
    becomes: str
    client: str
    url: str
    calendars: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            event="Pijndag 2027",
            was="vrijdag 12 maart 2027, 09.30–17.00 uur",
            becomes="vrijdag 19 maart 2027, 09.30–17.00 uur",
            client="Google",
            url="https://netwerk.example/events/pijndag",
            calendars="https://netwerk.example/calendars",
        )
