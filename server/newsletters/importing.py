"""Take a list in from elsewhere. Without proof of consent an address is kept, but never mailed.

A mail that asks for consent is itself unsolicited (Telecommunicatiewet art. 11.7), so nobody is
asked. Whoever said no stays off, whatever the file says.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.actors import Actor
from server.audit import service as audit
from server.consent import queries as consents
from server.consent import service as consent
from server.consent.rules import NO
from server.database import transaction
from server.errors import Invalid
from server.newsletters import queries, rules, subscribing
from server.newsletters.states import SUBSCRIPTION
from server.newsletters.views import Address, MailingList
from server.people.rules import email_key, valid_email
from tables.consent import ConsentAction
from tables.newsletters import SubscriptionState as S


@dataclass(frozen=True)
class Brought:
    """One line of the file. `proof` says where and when the person asked; empty is none."""

    email: str
    name: str = ""
    language: str = "nl"
    proof: str = ""


@dataclass(frozen=True)
class Outcome:
    """How many came on the list, were set aside, were left as they are, or are no address."""

    added: int = 0
    set_aside: int = 0
    kept: int = 0
    unusable: int = 0


async def take_in(actor: Actor, slug: str, lines: Sequence[Brought], *, now: datetime) -> Outcome:
    """Bring addresses on a list. Again changes nothing. Refuses Invalid for an automatic list."""
    one = await queries.get_list(slug)
    if one.is_automatic:
        raise Invalid(lists="newsletters.field.lists.automatic")
    outcome = Outcome()
    async with transaction():
        for line in lines:
            what = await _take_one(actor, one, line, now=now)
            outcome = replace(outcome, **{what: getattr(outcome, what) + 1})
        after = {"lines": len(lines), "added": outcome.added, "set_aside": outcome.set_aside}
        await audit.record(actor, "import", ("newsletter_list", one.id), after=after)
    return outcome


async def _take_one(actor: Actor, one: MailingList, line: Brought, *, now: datetime) -> str:
    """Which count of Outcome this line adds to."""
    if not valid_email(line.email.strip()):
        return "unusable"
    key = email_key(line.email)
    proof = line.proof.strip()
    if await _is_settled(one.id, key, has_proof=bool(proof)):
        return "kept"
    name = rules.one_line(line.name)
    who = Address(line.email.strip(), key, name, line.language, person_id=None)
    row = await subscribing.row_of(actor, one, who, now=now)
    if not proof:
        await SUBSCRIPTION.move(row.id, "set_aside", actor=actor)
        return "set_aside"
    await SUBSCRIPTION.move(row.id, "opt_in", actor=actor, set_also={"confirmed_at": now})
    answer = subscribing.answer_to(row, ConsentAction.imported, channel="import")
    await consent.record(actor, replace(answer, text_code="", proof={"source": proof}), now=now)
    return "added"


async def _is_settled(list_id: int, key: str, *, has_proof: bool) -> bool:
    """Answered for already: on the list, or once said no to it or to everything."""
    row = await queries.find_subscription(list_id, key)
    if row is not None and (row.state != S.not_mailed or not has_proof):
        return True
    purposes = (rules.purpose_of(list_id), rules.EVERYTHING)
    return any([await consents.newest(key, purpose) in NO for purpose in purposes])
