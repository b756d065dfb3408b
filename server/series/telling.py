"""One letter to each person for one change of several events, in the words of each of them."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emails.letters import series as letters
from server import language
from server.outbox import service as outbox
from server.registrations import difference, organising
from server.registrations.difference import Change, Owed
from server.registrations.queries import RegistrationView
from server.registrations.telling import recipient
from server.series import queries
from server.talks.following import Words
from server.web import links


@dataclass(frozen=True)
class Cancelled:
    """A letter that somebody is owed because an event does not take place."""

    view: RegistrationView
    kind: organising.Off
    words: Words
    cause: str


class Letters:
    """What the verbs of events would tell, kept until all of them are done.

    Who is involved in one event only gets the letter of that event; and who has them in their
    calendar by invitation gets one for each.
    """

    def __init__(self) -> None:
        self.changed: list[Owed] = []
        self.cancelled: list[Cancelled] = []

    async def change(self, event_id: int, change: Change, *, revision: int) -> None:
        """Keep what a save of one event is to tell."""
        self.changed += await difference.owed(event_id, change, revision=revision)

    async def cancel(
        self, view: RegistrationView, kind: organising.Off, words: Words, cause: str
    ) -> None:
        """Keep that somebody is to hear that an event does not take place."""
        if view.email:
            self.cancelled.append(Cancelled(view, kind, words, cause))

    async def post(self, series: Mapping[str, Any], *, revision: int, reason: str = "") -> None:
        """Owe everybody their one letter; `revision` is the series' after the change."""
        cause = f"series:{series['id']}:{revision}"
        views = [one.view for one in self.changed] + [one.view for one in self.cancelled]
        people, events = {view.person_id for view in views}, {view.event_id for view in views}
        invited = await queries.in_calendars(people, events)
        for several in _by_person(self.changed):
            apart, together = _split(several, invited)
            for change in apart:
                await difference.post(change)
            if together:
                await _post_changes(series, together, cause)
        for ended in _by_person(self.cancelled):
            apart, together = _split(ended, invited)
            for one in apart:
                await organising.post_off(one.view, one.kind, one.words, one.cause)
            if together:
                await _post_cancelled(series, together, reason, cause)


def _split(owed: list[Any], invited: Set[tuple[int, int]]) -> tuple[list[Any], list[Any]]:
    """What is told one by one, and what together: a mail changes one entry of a calendar only."""
    apart = [one for one in owed if (one.view.person_id, one.view.event_id) in invited]
    rest = [one for one in owed if one not in apart]
    return (apart, rest) if len(rest) > 1 else (owed, [])


def _by_person(owed: list[Any]) -> Iterator[list[Any]]:
    people: dict[int, list[Any]] = {}
    for one in owed:
        people.setdefault(one.view.person_id, []).append(one)
    for several in people.values():
        yield sorted(several, key=_begins)


def _begins(one: Owed | Cancelled) -> datetime:
    return one.view.starts_at


async def _post_changes(series: Mapping[str, Any], several: list[Owed], cause: str) -> None:
    view = several[0].view
    said = view.language
    letter = letters.SeriesChanged(
        series=_title(series, said), changes="\n\n".join(_changes(one) for one in several)
    )
    await outbox.post(letter, recipient(view), cause=f"{cause}:changed:{view.person_id}")


def _changes(one: Owed) -> str:
    said, url = one.view.language, links.absolute(f"/registrations/{one.view.code}")
    when = language.span(one.view.starts_at, one.view.ends_at, said)
    opens = language.text(said, "series.letter.open")
    return f"{when}\n{difference.listed(one.lines)}\n{opens}:\n{url}"


async def _post_cancelled(
    series: Mapping[str, Any], ended: list[Cancelled], reason: str, cause: str
) -> None:
    view = ended[0].view
    said = view.language
    dates = [language.span(one.view.starts_at, one.view.ends_at, said) for one in ended]
    letter = letters.SeriesCancelled(
        series=_title(series, said), dates=difference.listed(dates), reason=reason
    )
    await outbox.post(letter, recipient(view), cause=f"{cause}:cancelled:{view.person_id}")


def _title(series: Mapping[str, Any], said: str) -> str:
    return str((series["title_en"] if said == "en" else "") or series["title"])
