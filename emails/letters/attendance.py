"""Letters about who was there. Times, titles and durations are in the reader's language already."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class AboutPresence(Letter):
    """What every letter about presence names; `url` opens it without signing in."""

    forgets: ClassVar[bool] = True

    event: str
    when: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        more: dict[str, Any] = {
            "minutes": "5 uur en 20 minuten",
            "until": "vrijdag 19 maart 2027",
            "reason": "U stond op de papieren lijst van de ochtend.",
            "evaluation_url": "https://netwerk.example/registrations/abc/evaluation",
        }
        return cls(
            event="Pijndag 2027",
            when="vrijdag 12 maart 2027, 09.30–17.00 uur",
            url="https://netwerk.example/registrations/abc/presence",
            **{name: more[name] for name in cls.__dataclass_fields__ if name in more},
        )


@dataclass(frozen=True)
class PresenceShown(AboutPresence):
    """Sent after an event with how long somebody was there, and until when they may object."""

    minutes: str
    until: str
    evaluation_url: str


@dataclass(frozen=True)
class PresenceMissed(AboutPresence):
    """Sent after an event to who had a place and was not seen, and until when they may object."""

    until: str


@dataclass(frozen=True)
class PresenceCorrected(AboutPresence):
    """Sent when the minutes that somebody saw have changed; `reason` may be empty."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    minutes: str
    reason: str


@dataclass(frozen=True)
class ObjectionDeclined(AboutPresence):
    """Sent when the board leaves somebody's minutes as they are, and says why."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str
