"""What a reader sees of a call and of a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.actors import Actor
from server.rights import Area
from server.talks import rules
from server.talks.states import COMMITTEES, FORWARD, HOPEFUL, PROPOSAL, SPEAKERS


@dataclass(frozen=True)
class CallView:
    """A call with its event; moments in UTC."""

    id: int
    event_id: int
    committee_id: int | None
    title_nl: str
    title_en: str
    text_nl: str
    text_en: str
    opens_at: datetime
    closes_at: datetime
    formats: Sequence[str]
    proposals_per_person: int
    confirm_days: int
    is_published: bool
    slug: str
    event_nl: str
    event_en: str
    starts_at: datetime
    ends_at: datetime
    event_is_public: bool
    event_goes_on: bool

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    def text(self, language: str) -> str:
        """What is asked for, in markdown."""
        return (self.text_en if language == "en" else "") or self.text_nl

    def event(self, language: str) -> str:
        """The title of its event."""
        return (self.event_en if language == "en" else "") or self.event_nl

    @property
    def offers(self) -> list[rules.Offer]:
        """The formats it asks for."""
        return rules.offers(self.formats)

    def phase(self, now: datetime) -> str:
        """`coming`, `open` or `closed`; closed too when the event was called off."""
        return rules.phase(self.opens_at, self.closes_at, now) if self.event_goes_on else "closed"

    def takes_new(self, *, opened_at: datetime, now: datetime) -> bool:
        """Whether a form that was opened then is still taken."""
        in_time = rules.takes_new(self.closes_at, opened_at=opened_at, now=now)
        return in_time and self.event_goes_on

    def takes_submission(self, now: datetime) -> bool:
        """Whether a draft is still taken in."""
        in_time = rules.takes_submission(self.closes_at, now)
        return in_time and self.event_goes_on and self.is_published

    @property
    def why_too_late(self) -> str:
        """The key of the sentence that says why nothing can be handed in any more."""
        return _why_too_late(self.event_goes_on, self.is_published)

    def days_left(self, now: datetime) -> int:
        """How many days until it closes."""
        return rules.days_left(self.closes_at, now)


def _why_too_late(event_goes_on: bool, is_published: bool) -> str:
    if not event_goes_on:
        return "talks.late.called_off"
    return "talks.late.text" if is_published else "talks.late.withdrawn"


@dataclass(frozen=True)
class Speaker:
    """Who gives a talk."""

    person_id: int
    name: str
    email: str | None
    language: str
    affiliation: str


@dataclass(frozen=True)
class ProposalView:
    """A proposal with its speakers, the first of whom proposed it.

    Speakers are only ever shown `told_state`; `state` is for whoever decides.
    """

    id: int
    code: str
    state: str
    told_state: str
    title: str
    abstract: str
    format: str
    minutes: int
    topics: Sequence[str]
    language: str
    remark: str
    submitted_at: datetime | None
    confirm_by: datetime | None
    revision: int
    created_at: datetime
    changed_at: datetime
    call_id: int
    call_nl: str
    call_en: str
    committee_id: int | None
    closes_at: datetime
    confirm_days: int
    call_is_published: bool
    slug: str
    event_nl: str
    event_en: str
    starts_at: datetime
    event_goes_on: bool
    speakers: tuple[Speaker, ...]

    def call(self, language: str) -> str:
        """The title of its call."""
        return (self.call_en if language == "en" else "") or self.call_nl

    def event(self, language: str) -> str:
        """The title of its event."""
        return (self.event_en if language == "en" else "") or self.event_nl

    @property
    def names(self) -> str:
        """Its speakers, in one line."""
        return ", ".join(speaker.name for speaker in self.speakers)

    @property
    def affiliation(self) -> str:
        """Where the first speaker works."""
        return self.speakers[0].affiliation if self.speakers else ""

    @property
    def words(self) -> int:
        """How long the abstract is."""
        return rules.count_words(self.abstract)

    def is_by(self, actor: Actor) -> bool:
        """Whether the actor is one of its speakers."""
        return any(speaker.person_id == actor.person_id for speaker in self.speakers)

    def is_decided_by(self, actor: Actor) -> bool:
        """Whether the actor may decide: board or chair of the committee, and no speaker of it."""
        return actor.manages(self.committee_id, Area.talks) and not self.is_by(actor)

    def may_change(self, now: datetime) -> bool:
        """Whether its speaker may still change the text."""
        return rules.may_change(self.told_state, self.closes_at, now)

    def is_overdue(self, now: datetime) -> bool:
        """Whether its speaker should have answered by now."""
        return rules.is_overdue(self.state, self.confirm_by, now)

    def next_step(self, now: datetime) -> str:
        """The one thing its speaker may do next."""
        if self.told_state in HOPEFUL and not self.event_goes_on:
            return "over"
        step = rules.next_step(self.told_state, self.closes_at, now)
        is_asked_for = self.call_is_published and self.event_goes_on
        return step if step != "submit" or is_asked_for else "too_late"

    @property
    def why_too_late(self) -> str:
        """The key of the sentence that says why it can no longer be handed in."""
        return _why_too_late(self.event_goes_on, self.call_is_published)

    def speaker_actions(self, now: datetime) -> list[str]:
        """What its speaker may do now."""
        possible = self._possible(self.told_state, SPEAKERS)
        return [name for name in possible if name != "submit" or self.next_step(now) == "submit"]

    def has_begun(self, now: datetime) -> bool:
        """Whether the event of the talk has begun."""
        return self.starts_at <= now

    def committee_actions(self, now: datetime) -> list[str]:
        """What may be decided now; that a talk was given only once its event has begun."""
        possible = self._possible(self.state, COMMITTEES)
        return [name for name in possible if name != "deliver" or self.has_begun(now)]

    def _possible(self, state: str, whose: Sequence[str]) -> list[str]:
        allowed = [name for name in PROPOSAL.allowed(state) if name in whose]
        return [name for name in allowed if name not in FORWARD or self.event_goes_on]


@dataclass(frozen=True)
class Term:
    """A topic that may be chosen; `key` is what a proposal keeps."""

    vocabulary: str
    key: str
    label_nl: str
    label_en: str

    def label(self, language: str) -> str:
        """The word for it."""
        return self.label_en if language == "en" else self.label_nl


@dataclass(frozen=True)
class Step:
    """One line of a proposal's history."""

    action: str
    at: datetime
    reason: str
