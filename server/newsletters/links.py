"""The secrets in the links of a subscription. See decision 0005.

The stable token is derived from the key of the installation, so that every letter can carry it
again; the row keeps its hash, so that a link works for years. The confirmation token carries the
stable one, the moment it was issued and a seal over both, and is stored nowhere.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime

from server import settings
from server.actors import Actor

MAC_BYTES = 16
MAC_LENGTH = 22
TIME_LENGTH = 8
HOLDER = Actor(name="houder van de link")


@dataclass(frozen=True)
class Confirmation:
    """What a genuine confirmation token says."""

    token: str
    issued_at: datetime


def token_of(subscription_id: int) -> str:
    """The stable token of one subscription: 22 characters, 128 bits."""
    return _mac("subscription", str(subscription_id))


def confirmation(token: str, issued_at: datetime) -> str:
    """The token that confirms what was asked up to `issued_at` (whole seconds)."""
    seconds = f"{int(issued_at.timestamp()):0{TIME_LENGTH}x}"
    return token + seconds + _mac("confirmation", token + seconds)


def whole(moment: datetime) -> datetime:
    """A moment in whole seconds, as a token can hold it."""
    return moment.replace(microsecond=0)


def read_confirmation(text: str) -> Confirmation | None:
    """What a confirmation token says; None when we did not make it."""
    body, seal = text[:-MAC_LENGTH], text[-MAC_LENGTH:]
    expected = _mac("confirmation", body)
    genuine = hmac.compare_digest(seal.encode(errors="replace"), expected.encode())
    if len(text) != 2 * MAC_LENGTH + TIME_LENGTH or not genuine:
        return None
    issued_at = datetime.fromtimestamp(int(body[MAC_LENGTH:], 16), UTC)
    return Confirmation(body[:MAC_LENGTH], issued_at)


def _mac(purpose: str, text: str) -> str:
    key = settings.current().lasting_key.encode()
    message = f"newsletters {purpose} {text}".encode(errors="replace")
    digest = hmac.new(key, message, hashlib.sha256).digest()[:MAC_BYTES]
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
