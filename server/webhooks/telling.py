"""What follows from messages that arrive or are given up: a pause, and a letter to the board."""

from datetime import datetime
from urllib.parse import urlsplit

from emails.letters.webhooks import WebhookPaused
from server import language
from server.accounts import holders
from server.actors import SYSTEM, Actor
from server.clock import day_of
from server.database import execute
from server.outbox import service as outbox
from server.rights import Area
from server.web import links
from server.webhooks import rules
from server.webhooks.states import WEBHOOK

LOCK = "SELECT 1 FROM webhook WHERE id = $1 FOR NO KEY UPDATE"
DROP = """UPDATE webhook_delivery SET state = 'dropped'
  WHERE webhook = $1 AND state IN ('queued', 'retry') AND audit_entry > 0"""


async def lock(webhook_id: int) -> None:
    """Lock a webhook before its messages, always in this order."""
    await execute(LOCK, webhook_id)


async def arrived(webhook_id: int) -> None:
    """The address answers: what was given up before does not count any more."""
    await execute("UPDATE webhook SET failures = 0 WHERE id = $1 AND failures > 0", webhook_id)


async def given_up(webhook_id: int, *, is_gone: bool, now: datetime) -> None:
    """One more message was given up: after several in a row, or for good, the address is paused."""
    rows = await execute(
        "UPDATE webhook SET failures = failures + 1 WHERE id = $1 AND state = 'active'"
        " RETURNING failures, url, description",
        webhook_id,
    )
    if not rows or not (is_gone or rows[0]["failures"] >= rules.GIVEN_UP_IN_A_ROW):
        return
    why = "gone" if is_gone else "failing"
    await pause(SYSTEM, webhook_id, reason=why)
    for to in await holders.recipients(Area.machinery, today=day_of(now)):
        letter = WebhookPaused(
            address=str(urlsplit(rows[0]["url"]).hostname),
            description=rows[0]["description"] or "–",
            why=language.text(to.language, f"webhooks.paused.{why}"),
            url=links.absolute(f"/board/webhooks/{webhook_id}"),
        )
        cause = f"webhook_paused:{webhook_id}:{now.timestamp()}:{to.person_id}"
        await outbox.post(letter, to, cause=cause)


async def pause(actor: Actor, webhook_id: int, *, reason: str = "") -> None:
    """Tell it nothing more; what was waiting is dropped. Refuses: WrongState."""
    await WEBHOOK.move(webhook_id, "pause", actor=actor, reason=reason)
    await execute(DROP, webhook_id)
