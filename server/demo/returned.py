"""Two letters came back: one from a mailbox that is gone, one from a server that distrusts us."""

from datetime import datetime, timedelta

from server.bounces.service import READER
from server.database import execute
from server.inbound import service as inbound

# Of people whom nobody signs in as: those have short addresses.
LETTER = """SELECT DISTINCT ON (p.id) l.message_id, l.address
  FROM outbox_letter l JOIN person p ON p.id = l.person
  WHERE p.email_key = lower(l.address) AND p.email_key LIKE '%.%@%'
    AND NOT EXISTS (SELECT 1 FROM role_grant g WHERE g.person = p.id)
  ORDER BY p.id DESC, l.id LIMIT 2"""
SAID = (
    ("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist."),
    (
        "5.7.26",
        "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy.",
    ),
)
REPORT = """\
From: Mail Delivery System <mailer-daemon@mx.example.net>
Subject: Undelivered Mail Returned to Sender
Message-ID: <{status}@mx.example.net>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="report"

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--report
Content-Type: message/rfc822

To: {address}
Message-ID: <{message_id}@localhost>

--report--
"""


async def come_back(now: datetime) -> None:
    """As their servers would have told us."""
    letters = await execute(LETTER)
    for ago, (letter, (status, words)) in enumerate(zip(letters, SAID, strict=True), 1):
        raw = REPORT.format(**letter, status=status, words=words).encode()
        await inbound.take(raw, [READER], now=now - timedelta(days=ago))
