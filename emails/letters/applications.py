"""Letters about applications for membership."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter

SITE = "https://netwerk.example"


@dataclass(frozen=True)
class ApplicationToConfirm(Letter):
    """Sent when somebody applies: only by its button does the application reach the board."""

    forgets = True
    wanted: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            wanted="Gewoon lid",
            until="zaterdag 12 december 2026, 09.30 uur",
            url=f"{SITE}/join/confirm/AbCdEf",
        )


@dataclass(frozen=True)
class ApplicationReceived(Letter):
    """Sent when an application reaches the board, also after an answer."""

    forgets = True
    wanted: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(wanted="Gewoon lid", url=f"{SITE}/join/AbCdEf")


@dataclass(frozen=True)
class ApplicationKnown(Letter):
    """Sent when somebody applies again while an application is open."""

    forgets = True
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url=f"{SITE}/join/AbCdEf")


@dataclass(frozen=True)
class AlreadyMember(Letter):
    """Sent when a member applies."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url=f"{SITE}/me/membership")


@dataclass(frozen=True)
class ApplicationQuestion(Letter):
    """Sent when the board wants to know more."""

    forgets = True
    paragraphs: ClassVar[tuple[str, ...]] = ("question",)
    question: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(question="Bij welke instelling werkt u?", url=f"{SITE}/join/AbCdEf")


@dataclass(frozen=True)
class ApplicationRejected(Letter):
    """Sent when the board does not admit an applicant."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)
    wanted: str
    reason: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            wanted="Gewoon lid",
            reason="Voor dit lidmaatschap is een registratie als psycholoog nodig.",
        )


@dataclass(frozen=True)
class ApplicationWithdrawn(Letter):
    """Sent when an applicant withdraws."""

    wanted: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(wanted="Gewoon lid")


@dataclass(frozen=True)
class ApplicationArrived(Letter):
    """Sent to everybody who decides on members when an application arrives or was answered."""

    applicant: str
    wanted: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            applicant="A. van der Berg",
            wanted="Gewoon lid",
            url=f"{SITE}/board/applications/AbCdEf",
        )


@dataclass(frozen=True)
class WelcomeMember(Letter):
    """Sent when the board admits an applicant. `agenda` is where their invitations come from."""

    wanted: str
    number: int
    first_day: str
    url: str
    agenda: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            agenda="agenda@netwerk.example",
            wanted="Gewoon lid",
            number=1042,
            first_day="dinsdag 1 december 2026",
            url=f"{SITE}/me",
        )
