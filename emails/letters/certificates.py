"""Letters about certificates. Titles and times are in the reader's language already."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class AboutCertificate(Letter):
    """What every letter about a certificate names; `url` opens it without signing in."""

    forgets: ClassVar[bool] = True

    event: str
    when: str
    number: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        more: dict[str, Any] = {"reason": "De activiteit telde twee keer mee."}
        return cls(
            event="Pijndag 2027",
            when="vrijdag 12 maart 2027, 09.30–17.00 uur",
            number="2027-0042",
            url="https://netwerk.example/registrations/abc",
            **{name: more[name] for name in cls.__dataclass_fields__ if name in more},
        )


@dataclass(frozen=True)
class CertificateReady(AboutCertificate):
    """Sent when somebody's certificate of attendance can be fetched."""


@dataclass(frozen=True)
class CertificateReplaced(AboutCertificate):
    """Sent when a corrected certificate takes the place of an earlier one."""


@dataclass(frozen=True)
class CertificateRevoked(AboutCertificate):
    """Sent when a certificate was taken back; `reason` may be empty."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str
