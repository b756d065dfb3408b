"""Webhooks and what was sent to them, as the board sees them. Secrets are never read here."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from server.database import execute
from server.errors import NotFound
from server.webhooks.rules import message_name

PAGE = 50
HOOKS = """SELECT w.id, w.url, w.description, w.topics, w.state, w.failures, w.revision,
  w.created_at,
  (SELECT max(d.delivered_at) FROM webhook_delivery d WHERE d.webhook = w.id) AS last_delivered_at
  FROM webhook w"""


@dataclass(frozen=True)
class WebhookView:
    """An address that is told of changes."""

    id: int
    url: str
    description: str
    topics: list[str]
    state: str
    failures: int
    created_at: datetime
    revision: int
    last_delivered_at: datetime | None

    @property
    def host(self) -> str:
        """Whose it is, without what may be a secret in the rest."""
        return str(urlsplit(self.url).hostname)

    @property
    def name(self) -> str:
        """What the board calls it."""
        return self.description or self.host


@dataclass(frozen=True)
class DeliveryView:
    """One message and how far it has come."""

    id: int
    message_id: UUID
    topic: str
    state: str
    attempts: int
    not_before: datetime
    created_at: datetime
    delivered_at: datetime | None
    status_code: int | None
    error: str

    @property
    def message_name(self) -> str:
        """The `webhook-id` that the receiver sees."""
        return message_name(self.message_id)

    @property
    def topic_key(self) -> str:
        """The key of the words of what happened."""
        return f"webhooks.topic.{self.topic.replace('.', '_')}"

    @property
    def can_be_tried_again(self) -> bool:
        """It was given up, or never sent."""
        return self.state in ("failed", "dropped")


async def webhooks() -> list[WebhookView]:
    """All of them, the oldest first."""
    return [WebhookView(**row) for row in await execute(f"{HOOKS} ORDER BY w.id")]


async def webhook(webhook_id: int) -> WebhookView:
    """One of them. Raises NotFound."""
    rows = await execute(f"{HOOKS} WHERE w.id = $1", webhook_id)
    if not rows:
        raise NotFound
    return WebhookView(**rows[0])


async def deliveries(webhook_id: int, *, before: int | None = None) -> list[DeliveryView]:
    """Its messages, the newest first; `before` turns the page."""
    rows = await execute(
        "SELECT id, message_id, topic, state, attempts, not_before, created_at, delivered_at,"
        " status_code, error FROM webhook_delivery WHERE webhook = $1"
        " AND ($2::int IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        *(webhook_id, before, PAGE),
    )
    return [DeliveryView(**row) for row in rows]
