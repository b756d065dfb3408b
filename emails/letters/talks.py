"""Letters about proposals for talks. Moments and titles are in the reader's language already."""

from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class AboutProposal(Letter):
    """What every letter about one proposal names; `url` opens it after signing in."""

    title: str
    event: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        samples: dict[str, Any] = {
            "title": "Pijneducatie die blijft hangen",
            "event": "Pijncongres 2027",
            "url": "https://netwerk.example/me/proposals/k3m8p2q7",
            "note": "De commissie ziet uit naar uw verhaal.",
            "confirm_by": "vrijdag 26 februari 2027, 17.00 uur",
            "closes": "zondag 31 januari 2027, 23.59 uur",
            "sign_in_url": "https://netwerk.example/sign-in/abc",
            "changes": "- Zaal: was zaal 1, wordt zaal 2",
            "when": "vrijdag 12 maart 2027, 09.30–17.00 uur",
            "reason": "De zaal is afgebrand.",
        }
        return cls(**{field.name: samples[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class AboutDecision(AboutProposal):
    """What every letter about a decision carries: what the committee wrote, or nothing."""

    paragraphs: ClassVar[tuple[str, ...]] = ("note",)

    note: str


@dataclass(frozen=True)
class ProposalToSubmit(AboutProposal):
    """Sent to a stranger whose draft we keep: nothing is submitted until they press the button."""

    forgets: ClassVar[bool] = True
    sign_in_url: str
    closes: str


@dataclass(frozen=True)
class ProposalReceived(AboutProposal):
    """Sent when a proposal was submitted, or submitted again after a revision."""


@dataclass(frozen=True)
class ProposalAccepted(AboutDecision):
    """Sent when a proposal is accepted, with the moment until which to confirm."""

    confirm_by: str


@dataclass(frozen=True)
class ProposalReminder(AboutProposal):
    """Sent 7, 3 and 1 days before an accepted proposal must be confirmed."""

    confirm_by: str


@dataclass(frozen=True)
class ProposalOnReserve(AboutDecision):
    """Sent when a proposal is put on the reserve list."""


@dataclass(frozen=True)
class ProposalRejected(AboutDecision):
    """Sent when a proposal gets no place."""


@dataclass(frozen=True)
class ProposalToRevise(AboutDecision):
    """Sent when the committee asks for another version."""


@dataclass(frozen=True)
class ProposalReopened(AboutDecision):
    """Sent when the committee takes a decision back and looks again."""


@dataclass(frozen=True)
class ProposalConfirmed(AboutProposal):
    """Sent when the speaker has confirmed an accepted proposal."""


@dataclass(frozen=True)
class ProposalWithdrawn(AboutProposal):
    """Sent when the speaker withdrew a proposal or declined the place."""


@dataclass(frozen=True)
class ProposalCancelled(AboutDecision):
    """Sent when the organisation takes an accepted talk off the programme."""


@dataclass(frozen=True)
class ProposalDelivered(AboutProposal):
    """Sent as thanks when the talk has been given."""


@dataclass(frozen=True)
class ProposalEventChanged(AboutProposal):
    """Sent to who hopes to speak, when date, place or mode of the event changed."""

    paragraphs: ClassVar[tuple[str, ...]] = ("changes",)

    changes: str


@dataclass(frozen=True)
class ProposalEventCancelled(AboutProposal):
    """Sent to who hoped to speak, when the event is cancelled."""

    paragraphs: ClassVar[tuple[str, ...]] = ("reason",)

    when: str
    reason: str


@dataclass(frozen=True)
class ProposalEventPostponed(ProposalEventCancelled):
    """Sent to who hopes to speak, when the event is put off to a date not yet known."""
