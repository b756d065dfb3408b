"""The mailbox that invitations come from, with whom it is for: `agenda+12-<mac>@example.org`.

The same for one person for ever, so that a mail program learns to know it. It opens nothing: it
only lets us believe that an answer came from who was asked.
"""

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable

from server import settings
from server.outbox import message

MAC_CHARACTERS = 16
CODED = re.compile(r"\+(\d{1,9})-([a-z2-7]{16})@", re.IGNORECASE)


def of_person(person_id: int) -> str:
    """Where one person's calendar answers; with their code only where answers are read."""
    address = settings.current().agenda_address or message.sender()
    if settings.current().reads_mail:
        local, _, host = address.rpartition("@")
        address = f"{local}+{person_id}-{_mac(person_id)}@{host}"
    return address


def person_in(texts: Iterable[str]) -> int | None:
    """Whom the first genuine code in these addresses is for."""
    for text in texts:
        for number, mac in CODED.findall(text):
            if hmac.compare_digest(mac.lower(), _mac(int(number))):
                return int(number)
    return None


def _mac(person_id: int) -> str:
    key = settings.current().lasting_key.encode()
    whole = hmac.digest(key, f"calendar answers {person_id}".encode(), hashlib.sha256)
    return b32encode(whole).decode().lower()[:MAC_CHARACTERS]
