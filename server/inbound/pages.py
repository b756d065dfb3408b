"""`/inbound/mail`: whoever receives our mail posts the raw message here, signed.

Signed as webhooks are (Standard Webhooks): `webhook-signature: v1,` and the base64 of HMAC-SHA256
over `webhook-id`, `webhook-timestamp` and the message, with dots between, by INBOUND_SECRET.
Without a secret, without a signature, with an old one or a wrong one: the same 404.
"""

import hmac
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from litestar import Request, Response

from server import clock, settings
from server.errors import NotFound
from server.inbound import service

AnyRequest = Request[Any, Any, Any]
WINDOW = timedelta(minutes=5)
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


async def mail(request: AnyRequest) -> Response[None]:
    """Take one message; 204 also for one that was taken before, or says nothing to us."""
    now = clock.now()
    name, moment, signature = (request.headers.get(one, "") for one in NAMES)
    if not _is_timely(moment, now) or not signature.startswith("v1,"):
        raise NotFound
    raw = await request.body()
    if not hmac.compare_digest(signature.encode(), signed(name, moment, raw).encode()):
        raise NotFound
    await service.take(raw, request.app.state.readers, now=now)
    return Response(None, status_code=204)


def signed(name: str, moment: str, raw: bytes) -> str:
    """The signature of a message. Raises NotFound when nobody may bring any."""
    secret = settings.current().inbound_secret
    if not secret:
        raise NotFound
    said = b".".join((name.encode(), moment.encode(), raw))
    return "v1," + b64encode(hmac.digest(secret.encode(), said, sha256)).decode()


def _is_timely(moment: str, now: datetime) -> bool:
    if not settings.current().inbound_secret or not (moment.isascii() and moment.isdigit()):
        return False
    return len(moment) < 12 and abs(int(moment) - now.timestamp()) <= WINDOW.total_seconds()
