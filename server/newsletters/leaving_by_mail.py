"""Who leaves a list by writing a letter: the `mailto:` beside one-click, read by the program.

The token in the subject decides who, as it does in a link; who wrote the letter does not matter.
"""

import re
from datetime import datetime

from server.errors import NotFound
from server.inbound.reading import Inbound, subject
from server.inbound.service import Reader
from server.newsletters import service

ASKED = re.compile(r"\bunsubscribe\s+([\w-]{22})(?![\w-])", re.IGNORECASE)


async def read(inbound: Inbound, now: datetime) -> str | None:
    """Take the holder of the token off its list; None for what asks no such thing."""
    found = ASKED.search(subject(inbound.message))
    if found is None:
        return None
    try:
        await service.unsubscribe(found[1], channel="mailto", now=now)
    except NotFound:
        return None
    return "left"


READER = Reader("newsletters", read)
