"""An issue as one reader would get it: nobody in particular, or somebody on the list."""

from dataclasses import dataclass
from datetime import date

from emails.issues import Words, read
from emails.rendering import Rendered
from server.issues.views import Issue
from server.newsletters import audience
from server.newsletters.audience import Candidate, Exclusion
from server.people.rules import email_key, valid_email
from server.web.links import absolute

NOT_ON_IT = "not_on_it"


@dataclass(frozen=True)
class Preview:
    """What they would see, and why they would get nothing (empty: they get it)."""

    rendered: Rendered
    language: str
    name: str
    reason: str


async def preview(
    issue: Issue, words: dict[str, Words], reader: str, language: str, day: date
) -> Preview:
    """The words as this address would get them today; without one, as nobody in particular."""
    found = await _candidate(issue, reader, day) if reader else None
    reason = NOT_ON_IT if reader and found is None else found.reason if found else ""
    reading = read(words, language, issue.frame(language))
    name = found.name if found else ""
    nowhere = absolute("/newsletters")
    return Preview(
        reading.fill(name, unsubscribe=nowhere, preferences=nowhere),
        reading.language,
        name,
        reason,
    )


def for_nobody(issue: Issue, language: str) -> Preview:
    """As it stands in the archive: no name, and no link of anybody."""
    reading = read(issue.words, language, issue.frame(language))
    nowhere = absolute("/newsletters")
    return Preview(
        reading.fill("", unsubscribe=nowhere, preferences=nowhere), reading.language, "", ""
    )


async def _candidate(issue: Issue, reader: str, day: date) -> Candidate | None:
    if not valid_email(reader):
        return None
    key = email_key(reader)
    people = await audience.person_of(key)
    found = (await audience.of_some(issue.list.id, day, people, [key])).get(issue.list.id, [])
    exact = [one for one in found if one.email_key == key]
    return next(iter(exact or found), None)


REASONS = (*Exclusion, NOT_ON_IT)
