"""Letters about meetings of a group, for who wants them in their calendar by invitation."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class AboutMeeting(Letter):
    """What every letter about a meeting names; times and titles in the reader's language."""

    event: str
    when: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        given = {
            "group": "Werkgroep onderzoek",
            "url": "https://netwerk.example/events/overleg",
            "reason": "De zaal is bezet.",
        }
        return cls(
            event="Overleg",
            when="dinsdag 9 februari 2027, 19.30–21.00 uur",
            **{name: one for name, one in given.items() if name in cls.__dataclass_fields__},
        )


@dataclass(frozen=True)
class MeetingPlanned(AboutMeeting):
    """Sent when a meeting of one's group is planned, or one comes into the group."""

    group: str
    url: str


@dataclass(frozen=True)
class MeetingMoved(AboutMeeting):
    """Sent when time or place of a meeting changed, or it is put off to a date not yet known."""

    group: str
    url: str
    is_put_off: bool = False


@dataclass(frozen=True)
class MeetingOff(AboutMeeting):
    """Sent when a meeting does not take place."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    group: str
    reason: str


@dataclass(frozen=True)
class MeetingLeft(AboutMeeting):
    """Sent to who left the group, or whose group it is no longer: it leaves their calendar."""
