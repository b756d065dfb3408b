"""One address on one list: asking, joining, leaving, and the letter that is owed.

Every function here works inside the transaction of a verb in `service`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from emails.letters import Letter
from emails.letters.newsletters import NewsletterAlready, NewsletterConfirm
from server.actors import SYSTEM, Actor
from server.audit import service as audit
from server.consent import queries as consents
from server.consent import service as consent
from server.consent.rules import NO
from server.consent.service import Answer
from server.database import execute
from server.errors import NotFound
from server.newsletters import links, queries, rules
from server.newsletters.links import HOLDER
from server.newsletters.states import SUBSCRIPTION
from server.newsletters.views import Address, MailingList, Standing, Subscribed
from server.outbox import service as outbox
from server.web import tokens
from server.web.links import absolute
from tables.consent import ConsentAction
from tables.newsletters import SubscriptionState as S

INSERT = """
INSERT INTO subscription
    (id, list, person, email, email_key, name, language, state, token_hash, asked_at)
VALUES ($1, $2, (SELECT id FROM person WHERE email_key = $4), $3, $4, $5, $6, 'pending', $7, $8)
ON CONFLICT (list, email_key) DO NOTHING RETURNING id
"""
GIVE = """
UPDATE subscription s SET person = p.id FROM person p
WHERE s.person IS NULL AND p.email_key = s.email_key
"""
FOLLOW = f"""
UPDATE subscription s SET email = p.email, email_key = p.email_key FROM person p
WHERE p.id = s.person AND p.email_key <> s.email_key AND p.email_state <> 'unverified'
AND s.id = (SELECT x.id FROM subscription x WHERE x.list = s.list AND x.person = s.person
            ORDER BY {queries.newest_first("x")} LIMIT 1)
AND NOT EXISTS (SELECT 1 FROM subscription o WHERE o.list = s.list AND o.email_key = p.email_key)
"""
# Of people whose address this is, or who have a subscription there.
OF_ADDRESS = """ AND p.id IN (SELECT id FROM person WHERE email_key = $1
    UNION SELECT person FROM subscription WHERE email_key = $1)"""


async def ask(actor: Actor, one: MailingList, who: Address, *, now: datetime) -> Subscribed:
    """The subscription, waiting for its link unless it is confirmed already."""
    row = await row_of(actor, one, who, now=now)
    if row.state == S.pending:
        await execute("UPDATE subscription SET changed_at = $2 WHERE id = $1", row.id, now)
    elif row.state not in (S.confirmed, S.automatic):
        await SUBSCRIPTION.move(
            row.id, "resubscribe", actor=actor, set_also={"asked_at": links.whole(now)}
        )
    return await queries.get_subscription(row.id)


async def join(actor: Actor, one: MailingList, who: Address, *, now: datetime) -> None:
    """Put a proved address on a list; its own person says so."""
    row = replace(await row_of(actor, one, who, now=now), person_id=who.person_id)
    if row.state != S.confirmed:
        set_also = {"person": who.person_id, "confirmed_at": now, "ended_at": None}
        await SUBSCRIPTION.move(row.id, "opt_in", actor=actor, set_also=set_also)
        answer = answer_to(row, ConsentAction.given, channel="me")
        await consent.record(actor, answer, now=now)
        await _lift_objection(actor, row, now=now)


async def confirm(row_id: int, *, now: datetime) -> None:
    """The link in the letter was used; again does nothing."""
    row = await queries.get_subscription(row_id)
    if row.state != S.pending:
        return
    set_also = {"confirmed_at": now, "ended_at": None}
    await SUBSCRIPTION.move(row.id, "confirm", actor=HOLDER, set_also=set_also)
    answer = answer_to(row, ConsentAction.confirmed, channel="confirm_link")
    await consent.record(HOLDER, answer, now=now)
    await _lift_objection(HOLDER, row, now=now)


async def switch_off(
    actor: Actor, standing: Standing, who: Address, *, channel: str, now: datetime
) -> None:
    """Leave a list, also one that one is on by membership and never answered to."""
    row = standing.subscription or await row_of(actor, standing.list, who, now=now)
    await leave(actor, row.id, channel=channel, now=now)


async def leave(
    actor: Actor, row_id: int, *, channel: str, now: datetime, reason: str = ""
) -> None:
    """Leave a list, under every address of this person, and write that down; again does nothing."""
    also = {"ended_at": now}
    for row in await queries.alike(await queries.get_subscription(row_id)):
        if row.state != S.unsubscribed:
            await SUBSCRIPTION.move(
                row.id, "unsubscribe", actor=actor, reason=reason, set_also=also
            )
            answer = answer_to(row, ConsentAction.withdrawn, channel=channel)
            await consent.record(actor, answer, now=now)


async def row_of(actor: Actor, one: MailingList, who: Address, *, now: datetime) -> Subscribed:
    """The one row of an address on a list, locked; made when there is none."""
    await follow(who.email_key)
    found = await queries.find_subscription(one.id, who.email_key)
    if found:
        return found
    ids = await execute("SELECT nextval(pg_get_serial_sequence('subscription', 'id')) AS id")
    row_id: int = ids[0]["id"]
    made = await execute(
        INSERT,
        row_id,
        one.id,
        who.email,
        who.email_key,
        who.name,
        who.language,
        tokens.hash_of(links.token_of(row_id)),
        links.whole(now),
    )
    if made:
        await audit.record(actor, "ask", ("subscription", row_id), after={"list": one.slug})
    row = await queries.find_subscription(one.id, who.email_key)
    if row is None:
        raise NotFound
    return row


async def follow(email_key: str | None = None) -> None:
    """Give subscriptions to whom we know by now, and bring them to the proved address of today.

    To and from one address, or all. Of two to one list the newest answer goes; the other stays
    behind, and counts for nothing.
    """
    which, given = (OF_ADDRESS, (email_key,)) if email_key else ("", ())
    await execute(GIVE + which, *given)
    for row in await execute(f"{FOLLOW}{which} RETURNING s.id, s.state", *given):
        await audit.record(SYSTEM, "follow", ("subscription", row["id"]))
        if row["state"] == S.hold:  # the old address was paused, not this one
            await SUBSCRIPTION.move(row["id"], "release", actor=SYSTEM)


async def post_letter(rows: Sequence[Subscribed], *, now: datetime) -> None:
    """Owe the letter that confirms what is waiting, or says that there is nothing to confirm.

    `rows` are of one address. Asked twice within one second, one letter is owed.
    """
    issued_at = links.whole(now)
    first = next((row for row in rows if row.state == S.pending), rows[0])
    token = await _token(first)
    to = outbox.Recipient(first.person_id, first.name, first.email, first.language)
    names = {one.id: one.name(first.language) for one in await queries.lists()}
    letter: Letter
    if first.state == S.pending:
        waiting = await queries.waiting(first.email_key, issued_at)
        link = absolute(f"/newsletters/confirm/{links.confirmation(token, issued_at)}")
        letter = NewsletterConfirm(
            lists=_listed(names[row.list_id] for row in waiting), days=rules.LINK_DAYS, url=link
        )
    else:
        letter = NewsletterAlready(
            lists=_listed(names[row.list_id] for row in rows),
            url=absolute(f"/newsletters/preferences/{token}"),
        )
    asked = "confirm" if first.state == S.pending else "already"
    cause = f"subscription:{first.id}:{asked}:{int(issued_at.timestamp())}"
    await outbox.post(letter, to, cause=cause)


async def _token(row: Subscribed) -> str:
    """The stable token of a subscription; its hash follows when the key has changed."""
    token = links.token_of(row.id)
    await execute(
        "UPDATE subscription SET token_hash = $2 WHERE id = $1 AND token_hash <> $2",
        row.id,
        tokens.hash_of(token),
    )
    return token


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


async def _lift_objection(actor: Actor, row: Subscribed, *, now: datetime) -> None:
    """Who objected to everything and now says yes to a list has taken the objection back."""
    if await consents.newest(row.email_key, rules.EVERYTHING) in NO:
        await consent.record(actor, answer_to_all(row, ConsentAction.confirmed), now=now)


def answer_to(row: Subscribed, action: ConsentAction, *, channel: str) -> Answer:
    """An answer to one list."""
    return Answer(
        address_key=row.email_key,
        purpose=rules.purpose_of(row.list_id),
        action=action,
        channel=channel,
        text_code=rules.WORDS,
        person_id=row.person_id,
        asked_at=row.asked_at,
        proof={"subscription": str(row.id), "asked_at": row.asked_at.isoformat()},
    )


def answer_to_all(row: Subscribed, action: ConsentAction) -> Answer:
    """An answer to all our newsletters at once."""
    return Answer(
        address_key=row.email_key,
        purpose=rules.EVERYTHING,
        action=action,
        channel="preferences",
        person_id=row.person_id,
    )
