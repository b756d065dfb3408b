"""The life of a webhook: told of changes, or not for now."""

from server.workflow import Machine
from tables.webhooks import Webhook, WebhookState

S = WebhookState

WEBHOOK = Machine(
    Webhook,
    {
        "pause": ((S.active,), S.paused),
        "resume": ((S.paused,), S.active),
    },
)
