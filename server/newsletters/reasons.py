"""Why somebody is mailed or not: one sentence for each list, with the event that decided it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from server import clock, language
from server.consent.rules import NO, YES, hidden
from server.database import execute
from server.newsletters import audience, rules
from server.newsletters.audience import Candidate, Exclusion
from server.newsletters.views import MailingList
from tables.consent import ConsentAction

ANSWERS = """SELECT DISTINCT ON (purpose) purpose, action, channel, at FROM consent_event
  WHERE (person = ANY($1::int[]) OR address_key = ANY($2::text[]))
    AND (purpose = $3 OR purpose LIKE 'newsletter:%') ORDER BY purpose, id DESC"""
LAST = """SELECT DISTINCT ON (i.list) i.list, i.subject_nl, i.subject_en, d.state, d.reason,
    coalesce(d.sent_at, d.changed_at) AS at
  FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue
  WHERE d.test = 0 AND (d.person = ANY($1::int[]) OR d.email_key = $2)
  ORDER BY i.list, d.id DESC"""
NEVER = "never"


@dataclass(frozen=True)
class Answer:
    """The newest thing somebody said of a list, or of all."""

    action: str
    channel: str
    at: datetime


@dataclass(frozen=True)
class Last:
    """The last issue of a list that was to go to somebody, and what became of it."""

    subject_nl: str
    subject_en: str
    state: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Why:
    """Where somebody stands with one list. `reason` is empty when they get it."""

    list: MailingList
    reason: str
    asked_at: datetime | None
    answer: Answer | None
    last: Last | None

    @property
    def gets_it(self) -> bool:
        """Is mailed the next issue, as things are."""
        return not self.reason

    def because(self, said: str) -> str:
        """What decided it, in half a sentence."""
        if self.answer is not None:
            where = language.text(said, f"newsletters.channel.{self.answer.channel}")
            on = language.day(clock.day_of(self.answer.at), said)
            return language.text(
                said, f"newsletters.decided.{self.answer.action}", day=on, where=where
            )
        if self.reason == Exclusion.pending and self.asked_at:
            on = language.day(clock.day_of(self.asked_at), said)
            return language.text(said, "newsletters.decided.pending", day=on)
        name = self.reason or f"by_right_{self.list.audience}"
        return language.text(said, f"newsletters.decided.{name}")

    def of_last(self, said: str) -> str:
        """What became of the last issue, in a sentence; empty when there was none for them."""
        if self.last is None:
            return ""
        subject = (self.last.subject_en if said == "en" else "") or self.last.subject_nl
        on = language.moment(self.last.at, said)
        key = f"newsletters.last.{self.last.state}"
        why = self.last.reason
        if self.last.state == "skipped":
            why = language.text(said, f"newsletters.skipped.{why}")
        return language.text(said, key, subject=subject, moment=on, why=why)


async def of_address(
    lists: Sequence[MailingList], key: str, people: Sequence[int], day: date
) -> list[Why]:
    """Each of these lists, for one address and whose it is. Three statements."""
    found = await audience.of_some(None, day, people, [key])
    answers = {
        row.pop("purpose"): Answer(**row)
        for row in await execute(ANSWERS, list(people), [key, hidden(key)], rules.EVERYTHING)
    }
    last = {row.pop("list"): Last(**row) for row in await execute(LAST, list(people), key)}
    return [
        _why(one, _candidate(found.get(one.id, []), key), answers, last.get(one.id))
        for one in lists
    ]


def _candidate(found: list[Candidate], key: str) -> Candidate | None:
    exact = [one for one in found if one.email_key == key]
    return next(iter(exact or found), None)


def _why(
    one: MailingList, candidate: Candidate | None, answers: dict[str, Answer], last: Last | None
) -> Why:
    """The answer that decides is the one to this list, or the one to all when that is the no."""
    to_list, to_all = answers.get(rules.purpose_of(one.id)), answers.get(rules.EVERYTHING)
    if candidate is None:
        said_no = next((a for a in (to_all, to_list) if a and a.action in NO), None)
        return Why(one, NEVER, None, said_no, last)
    reason = candidate.reason
    if reason == Exclusion.objected:
        return Why(one, reason, None, to_all, last)
    decides = (reason == Exclusion.unsubscribed and _is(to_list, NO)) or (
        not reason and _is(to_list, YES)
    )
    return Why(one, reason, candidate.asked_at, to_list if decides else None, last)


def _is(answer: Answer | None, actions: frozenset[ConsentAction]) -> bool:
    return answer is not None and answer.action in actions
