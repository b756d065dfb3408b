"""What the board does with webhooks. Their addresses and secrets are asked a fresh proof for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from server import locks
from server.actors import FRESH, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, ProofNeeded, Refusal, Stale
from server.rights import Area
from server.web import outbound, sealing
from server.webhooks import collecting, rules, telling
from server.webhooks.delivery import PURPOSE
from server.webhooks.states import WEBHOOK
from tables.webhooks import Webhook

DESCRIPTION_CHARACTERS = 200
AGAIN = """UPDATE webhook_delivery SET state = 'queued', attempts = 0, not_before = $3, error = '',
  status_code = NULL WHERE id = $1 AND webhook = $2 AND state IN ('failed', 'dropped')
  RETURNING id"""
REPEATED = """SELECT id, encrypted_secret FROM webhook WHERE url = $1 AND description = $2
  AND topics::text[] = $3 AND created_at > $4"""
TEST = """INSERT INTO webhook_delivery
  (webhook, audit_entry, message_id, topic, payload, state, attempts, not_before, created_at, error)
  VALUES ($1, 0, $2, $3, $4::jsonb, 'queued', 0, $5, $5, '')"""


class TooManyWebhooks(Refusal):
    """There are as many as there may be."""

    code = "webhooks.too_many"


class Paused(Refusal):
    """Nothing is sent to an address that is paused."""

    code = "webhooks.paused"


@dataclass(frozen=True)
class WebhookForm:
    """Where to tell what. `revision`: of which settings this is a change, None if not said."""

    url: str
    description: str
    topics: Sequence[str]
    revision: int | None = None


async def create(actor: Actor, form: WebhookForm, *, now: datetime) -> tuple[int, str]:
    """A new webhook: (its id, its secret, known only now).

    The same form again within minutes is the same webhook, with the same secret.
    Raises NotFound, ProofNeeded, Invalid; refuses: TooManyWebhooks.
    """
    _require(actor, fresh_at=now)
    _check(form)
    secret = rules.new_secret()
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock($1)", locks.WEBHOOKS)
        asked = (form.url, form.description, sorted({*form.topics}))
        for made in await execute(REPEATED, *asked, now - FRESH):
            kept = sealing.unseal(PURPOSE, made["encrypted_secret"])
            return int(made["id"]), rules.written(kept or secret)
        if (await execute("SELECT count(*) AS n FROM webhook"))[0]["n"] >= rules.EACH:
            raise TooManyWebhooks(limit=rules.EACH)
        await collecting.begin()
        row = Webhook(
            url=form.url,
            description=form.description,
            topics=sorted({*form.topics}),
            encrypted_secret=sealing.seal(PURPOSE, secret),
            created_at=now,
            changed_at=now,
        )
        await row.save()
        await audit.record(actor, "create", ("webhook", row.id), after=_told(form))
    return int(row.id), rules.written(secret)


async def change(actor: Actor, webhook_id: int, form: WebhookForm, *, now: datetime) -> None:
    """Another address, description or topics. Raises NotFound, ProofNeeded, Invalid.

    Refuses: Stale, when somebody else changed it since.
    """
    _require(actor, fresh_at=now)
    _check(form)
    async with transaction():
        _found(await execute("SELECT 1 FROM webhook WHERE id = $1", webhook_id))
        rows = await execute(
            "UPDATE webhook SET url = $2, description = $3, topics = $4, changed_at = $5,"
            " revision = revision + 1 WHERE id = $1 AND revision = coalesce($6, revision)"
            " RETURNING id",
            *(webhook_id, form.url, form.description, sorted({*form.topics}), now, form.revision),
        )
        if not rows:
            raise Stale
        await audit.record(actor, "change", ("webhook", webhook_id), after=_told(form))


async def renew_secret(actor: Actor, webhook_id: int, *, now: datetime) -> str:
    """Another secret instead of the old one, from now on. Raises NotFound, ProofNeeded."""
    _require(actor, fresh_at=now)
    secret = rules.new_secret()
    async with transaction():
        rows = await execute(
            "UPDATE webhook SET encrypted_secret = $2, changed_at = $3, revision = revision + 1"
            " WHERE id = $1 RETURNING id",
            *(webhook_id, sealing.seal(PURPOSE, secret), now),
        )
        _found(rows)
        await audit.record(actor, "renew_secret", ("webhook", webhook_id))
    return rules.written(secret)


async def pause(actor: Actor, webhook_id: int) -> None:
    """Tell it nothing more; what was waiting is dropped. Raises NotFound; refuses: WrongState."""
    _require(actor)
    async with transaction():
        await telling.pause(actor, webhook_id)


async def resume(actor: Actor, webhook_id: int) -> None:
    """Tell it again, of what happens from now on. Raises NotFound; refuses: WrongState."""
    _require(actor)
    async with transaction():
        await WEBHOOK.move(webhook_id, "resume", actor=actor, set_also={"failures": 0})


async def send_test(actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Queue a message that says nothing, also to one that is paused. Raises NotFound."""
    _require(actor)
    async with transaction():
        _found(await execute("SELECT 1 FROM webhook WHERE id = $1", webhook_id))
        said = rules.body(rules.payload(rules.TEST, now, webhook_id)).decode()
        await execute(TEST, webhook_id, uuid4(), rules.TEST, said, now)
        await audit.record(actor, "test", ("webhook", webhook_id))


async def try_again(actor: Actor, webhook_id: int, delivery_id: int, *, now: datetime) -> None:
    """Send a message that was given up after all, with all its tries before it.

    Raises NotFound; refuses: Paused.
    """
    _require(actor)
    async with transaction():
        await telling.lock(webhook_id)
        _found(await execute(AGAIN, delivery_id, webhook_id, now))
        rows = await execute("SELECT state FROM webhook WHERE id = $1", webhook_id)
        if rows[0]["state"] == "paused":
            raise Paused
        after = {"delivery": delivery_id}
        await audit.record(actor, "try_again", ("webhook", webhook_id), after=after)


async def remove(actor: Actor, webhook_id: int, *, now: datetime) -> None:
    """Forget a webhook with its messages. Raises NotFound, ProofNeeded."""
    _require(actor, fresh_at=now)
    async with transaction():
        rows = await execute("DELETE FROM webhook WHERE id = $1 RETURNING url", webhook_id)
        _found(rows)
        before = {"address": urlsplit(rows[0]["url"]).hostname}
        await audit.record(actor, "remove", ("webhook", webhook_id), before=before)


async def renew_seals() -> int:
    """Seal every webhook's secret with the newest key: how many."""
    async with transaction():
        rows = await execute("SELECT id, encrypted_secret FROM webhook ORDER BY id FOR UPDATE")
        for row in rows:
            sealed = sealing.renewed(PURPOSE, row["encrypted_secret"])
            await execute(
                "UPDATE webhook SET encrypted_secret = $2 WHERE id = $1", row["id"], sealed
            )
    return len(rows)


def _require(actor: Actor, *, fresh_at: datetime | None = None) -> None:
    if not actor.changes(Area.machinery):
        raise NotFound
    if fresh_at is not None and not actor.is_fresh(fresh_at):
        raise ProofNeeded


def _check(form: WebhookForm) -> None:
    wrong = {}
    if not outbound.is_possible(form.url):
        wrong["url"] = "webhooks.field.url.wrong"
    if len(form.description) > DESCRIPTION_CHARACTERS:
        wrong["description"] = "errors.field.too_long"
    if not form.topics or not {*form.topics} <= rules.NAMES:
        wrong["topics"] = "webhooks.field.topics.needed"
    if wrong:
        raise Invalid(**wrong)


def _found(rows: Sequence[object]) -> None:
    if not rows:
        raise NotFound


def _told(form: WebhookForm) -> dict[str, object]:
    """For the audit trail: the rest of an address may hold a secret of the receiver's."""
    return {"address": urlsplit(form.url).hostname, "topics": sorted({*form.topics})}
