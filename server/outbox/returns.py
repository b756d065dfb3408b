"""Where a message comes back to that nobody takes: an address that names the message (VERP).

Its Message-ID is random, so who does not have the message cannot make up that it came back.
"""

import re
from email.message import EmailMessage

from server import settings
from server.outbox.message import read_by_program

OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@")


def envelope_sender(message: EmailMessage) -> str:
    """The sender of the envelope (RFC 5321): whom the header names, where nothing is read."""
    comes_from = str(message["From"].addresses[0].addr_spec)
    name = OURS.match(str(message["Message-ID"]))
    if name is None or not settings.current().reads_mail:
        return comes_from
    local, _, host = read_by_program().rpartition("@")
    return f"{local}+b{name[1].replace('-', '')}@{host}"
