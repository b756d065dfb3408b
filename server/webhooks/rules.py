"""What is told, how it is signed (Standard Webhooks), and when it is tried again."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

EACH = 20
SECRET_BYTES = 32
SECRET_BEGINS = "whsec_"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
GIVEN_UP_IN_A_ROW = 5
GONE = 410
TEST = "webhook.test"


@dataclass(frozen=True)
class Topic:
    """What is told when a line of the audit trail is about `entity` and fits all that is given.

    `actions`: it is one of these. `states`: the row is now in one of these. `columns`: at least
    one of these changed.
    """

    name: str
    entity: str
    actions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The key of its words."""
        return f"webhooks.topic.{self.name.replace('.', '_')}"

    def fits(self, action: str, state: str | None, columns: Collection[str]) -> bool:
        """Whether a line about the entity is told under this name."""
        return (
            (not self.actions or action in self.actions)
            and (not self.states or state in self.states)
            and (not self.columns or any(name in columns for name in self.columns))
        )


# The first that fits is told: a line of the trail is one message.
TOPICS = (
    Topic("event.announced", "event", ("announce",)),
    Topic("event.published", "event", ("publish",)),
    Topic("event.moved", "event", ("reschedule",)),
    Topic("event.moved", "event", ("change",), columns=("starts_at", "ends_at")),
    Topic("event.changed", "event", ("change",)),
    Topic("event.postponed", "event", ("postpone",)),
    Topic("event.cancelled", "event", ("cancel",)),
    Topic("event.completed", "event", ("complete",)),
    Topic("registration.confirmed", "registration_line", states=("confirmed",)),
    Topic("registration.waiting", "registration_line", states=("waiting",)),
    Topic(
        "registration.cancelled",
        "registration_line",
        states=("cancelled", "cancelled_by_organiser"),
    ),
    Topic("proposal.submitted", "proposal", ("submit", "resubmit")),
    Topic("proposal.accepted", "proposal", ("accept", "activate")),
    Topic("proposal.confirmed", "proposal", ("confirm",)),
    Topic("proposal.withdrawn", "proposal", ("withdraw", "decline")),
    Topic("proposal.cancelled", "proposal", ("cancel", "lapse")),
    Topic("application.submitted", "membership_application", ("submit",)),
    Topic("membership.started", "membership", ("start",)),
    Topic("membership.notice_given", "membership", ("give_notice",)),
    Topic("group.started", "working_group", ("approve",)),
    Topic("group.concluded", "working_group", ("conclude",)),
    Topic("subscription.confirmed", "subscription", states=("confirmed",)),
    Topic("subscription.ended", "subscription", states=("unsubscribed",)),
)
OFFERED = tuple({topic.name: topic for topic in TOPICS}.values())
NAMES = frozenset(topic.name for topic in TOPICS)


def topic_of(entity: str, action: str, state: str | None, columns: Collection[str]) -> str | None:
    """What a line of the audit trail is told as, if at all."""
    about = (topic for topic in TOPICS if topic.entity == entity)
    return next((topic.name for topic in about if topic.fits(action, state, columns)), None)


def payload(topic: str, at: datetime, row_id: int, url: str = "") -> dict[str, object]:
    """What is told: nothing about people, only where to look."""
    data: dict[str, object] = {"id": row_id, **({"url": url} if url else {})}
    return {"type": topic, "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}", "data": data}


def body(said: Mapping[str, object]) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def new_secret() -> bytes:
    """A fresh secret of 256 bits."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """The secret as the receiver gets it."""
    return SECRET_BEGINS + base64.b64encode(secret).decode()


def message_name(message_id: UUID) -> str:
    """`webhook-id`: the same in every try, so that the receiver can tell a repetition."""
    return f"msg_{message_id.hex}"


def signature(secret: bytes, message: str, seconds: int, said: bytes) -> str:
    """`webhook-signature`, version 1: HMAC-SHA256 over id, timestamp and body."""
    signed = b".".join((message.encode(), str(seconds).encode(), said))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()


def headers(secret: bytes, message: str, now: datetime, said: bytes) -> dict[str, str]:
    """Everything that a request carries beside its body."""
    seconds = int(now.timestamp())
    return {
        "content-type": "application/json",
        "user-agent": "netwerk-webhooks/1",
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, message, seconds, said),
    }
