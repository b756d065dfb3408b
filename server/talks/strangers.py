"""A proposal of somebody without an account: kept, and submitted by a link that is mailed."""

from dataclasses import dataclass
from datetime import datetime

from server.accounts import service as accounts
from server.actors import Actor
from server.database import transaction
from server.people import rules as people_rules
from server.people import service as people
from server.talks import drafts, telling
from server.talks.rules import Text
from server.web import rate_limit
from tables.talks import ProposalState

STRANGER = Actor(name="onbekende bezoeker")


@dataclass(frozen=True)
class Stranger:
    """Who hands something in without an account, and the mark of the browser they do it in."""

    form: people.PersonForm
    browser: str = ""


async def draft(
    call_id: int,
    text: Text,
    stranger: Stranger,
    *,
    code: str,
    opened_at: datetime,
    now: datetime,
) -> None:
    """Keep a stranger's draft and mail the link with which it is submitted.

    Answers alike for known and unknown addresses: what we know of a person is never changed.
    At most three letters an hour go to one address. Raises Invalid; refuses: NotOpen, Closed.
    """
    who = stranger.form
    may_mail = await rate_limit.may_mail(people_rules.email_key(who.email), now)
    async with transaction():
        person_id = await people.find_or_create_contact(
            STRANGER, name=who.surname, email=who.email, language=who.language, now=now
        )
        speaker = Actor(person_id=person_id, name=STRANGER.name)
        view = await drafts.keep(speaker, person_id, call_id, text, (code, opened_at, now))
        if may_mail and view.state == ProposalState.draft:
            path = f"/me/proposals/{view.code}"
            url = await accounts.sign_in_url(
                person_id, next_path=path, browser=stranger.browser, now=now
            )
            await telling.ask_to_submit(view, view.speakers[0], url)
