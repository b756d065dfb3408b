"""API tokens: made with a fresh proof, shown once, used by a program, ended by their owner.

Only the SHA-256 is kept. A suspended owner's tokens open nothing: the query that reads them looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.letters.accounts import TokenExpiring, TokenMade
from server import language
from server.accounts import token_queries, token_rules
from server.actors import FRESH, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, ProofNeeded, Refusal
from server.outbox import service as outbox
from server.people import address_change
from server.web import links, tokens
from server.web.scopes import Scope
from tables.accounts import ApiToken

TOUCH = """UPDATE api_token SET last_used_at = $2
  WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)"""
END = """UPDATE api_token SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL
  AND expires_at > $2 AND ($3::text IS NULL OR $3 = ANY(scopes))
  AND ($4::timestamptz IS NULL OR created_at >= $4) RETURNING id"""
LOCK = "SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE"
PAGE = "/me/tokens"


class TooManyTokens(Refusal):
    """Somebody has as many live tokens as anybody may have."""

    code = "accounts.too_many_tokens"


@dataclass(frozen=True)
class TokenForm:
    """What for, which scopes, and for how many days."""

    label: str
    scopes: Sequence[str]
    days: int


async def make(actor: Actor, form: TokenForm, *, now: datetime) -> str | None:
    """A new token of the actor's: the whole of it, known only now. None: the form came twice.

    Raises ProofNeeded, Invalid on `label`, `scopes` or `days`; refuses: TooManyTokens.
    """
    if actor.person_id is None or not actor.is_fresh(now) or actor.scopes is not None:
        raise ProofNeeded
    wrong = token_rules.needs(form.label, form.scopes, form.days, actor)
    if wrong:
        raise Invalid(**wrong)
    prefix, token = token_rules.new()
    row = ApiToken(
        person=actor.person_id,
        label=" ".join(form.label.split()),
        prefix=prefix,
        token_hash=tokens.hash_of(token),
        scopes=[scope.value for scope in Scope if scope.value in form.scopes],
        created_at=now,
        expires_at=now + timedelta(days=form.days),
    )
    async with transaction():
        if not await _one_more(actor.person_id, row, now=now):
            return None
        await row.save()
        await _told(actor, row)
    return token


async def _one_more(person_id: int, row: ApiToken, *, now: datetime) -> bool:
    """Whether this is one more, and not the form of minutes ago again; also when many at once."""
    await execute(LOCK, person_id)
    live = await token_queries.of_person(person_id, now=now)
    asked = (row.label, row.scopes, row.expires_at - now)
    if any(
        (one.label, one.scopes, one.expires_at - one.created_at) == asked
        and now - one.created_at < FRESH
        for one in live
    ):
        return False
    if len(live) >= token_rules.EACH:
        raise TooManyTokens(limit=token_rules.EACH)
    return True


async def _told(actor: Actor, row: ApiToken) -> None:
    after = {"label": row.label, "prefix": row.prefix, "scopes": row.scopes}
    await audit.record(actor, "create_token", ("person", actor.person_id or 0), after=after)
    words = [language.text(actor.language, Scope(scope).key) for scope in row.scopes]
    letter = TokenMade(
        label=row.label,
        scopes="; ".join(words),
        until=language.long_day(row.expires_at, actor.language),
        url=links.absolute(PAGE),
    )
    for n, to in enumerate(await address_change.mailboxes(row.person, now=row.created_at)):
        await outbox.post(letter, to, cause=f"token_made:{row.id}:{n}")


async def revoke(actor: Actor, token_id: int, *, now: datetime) -> None:
    """End one of the actor's own tokens, at once. Raises NotFound for anybody else's."""
    async with transaction():
        rows = await execute(
            "UPDATE api_token SET revoked_at = $3 WHERE id = $1 AND person = $2"
            " AND revoked_at IS NULL RETURNING label, prefix",
            *(token_id, actor.person_id, now),
        )
        if not rows:
            raise NotFound
        await audit.record(actor, "revoke_token", ("person", actor.person_id or 0), before=rows[0])


async def end_all(
    actor: Actor,
    person_id: int,
    *,
    only: Scope | None = None,
    since: datetime | None = None,
    now: datetime,
) -> int:
    """End somebody's tokens, inside the transaction of what made it necessary: how many.

    `only` those with this scope, or those made `since` a moment.
    """
    rows = await execute(END, person_id, now, only.value if only else None, since)
    if rows:
        after = {"tokens": len(rows)}
        await audit.record(actor, "revoke_token", ("person", person_id), after=after)
    return len(rows)


async def touch(token_id: int, *, now: datetime) -> None:
    """Note that a token is in use."""
    await execute(TOUCH, token_id, now)


async def tick(now: datetime) -> None:
    """Tell owners two weeks before the end, once; forget what ended long ago."""
    for row in await token_queries.expiring(now + token_rules.WARN_BEFORE, now=now):
        letter = TokenExpiring(
            label=row["label"],
            until=language.long_day(row["expires_at"], row["language"]),
            url=links.absolute(PAGE),
        )
        to = outbox.Recipient(row["person_id"], row["display_name"], row["email"], row["language"])
        async with transaction():
            cause = f"token_expiring:{row['id']}"
            await outbox.post(letter, to, cause=cause, expires_at=row["expires_at"])
    await execute(
        "DELETE FROM api_token WHERE least(expires_at, revoked_at) < $1", now - token_rules.KEPT
    )
