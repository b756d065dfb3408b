"""What was sent, what waits, what failed: never with what the letters said."""

import re
from dataclasses import dataclass
from datetime import datetime

from server.database import execute

NEWEST = 20


@dataclass(frozen=True)
class LetterView:
    """One letter on its way, or arrived."""

    id: int
    kind: str
    address: str
    language: str
    state: str
    attempts: int
    last_error: str
    created_at: datetime
    sent_at: datetime | None

    @property
    def why_key(self) -> str:
        """What went wrong in plain words, as a message key; `last_error` is for who operates.

        Reply codes of SMTP: 5 is a refusal for good, 4 asks to come back (RFC 5321 section 4.2.1).
        """
        code = re.search(r"\b([45])\d\d\b", self.last_error)
        if code is None:
            return "outbox.why.unreachable" if self.state == "retry" else "outbox.why.other"
        return "outbox.why.refused" if code[1] == "5" else "outbox.why.later"


COLUMNS = "id, kind, address, language, state, attempts, last_error, created_at, sent_at"


async def received_by(person_id: int) -> list[LetterView]:
    """The newest letters sent to one person."""
    rows = await execute(
        f"SELECT {COLUMNS} FROM outbox_letter WHERE person = $1 AND state = 'sent'"
        f" ORDER BY id DESC LIMIT {NEWEST}",
        person_id,
    )
    return [LetterView(**row) for row in rows]


async def troubled() -> list[LetterView]:
    """Letters that failed or are being tried again, the newest first."""
    rows = await execute(
        f"SELECT {COLUMNS} FROM outbox_letter WHERE state IN ('failed', 'retry')"
        " ORDER BY id DESC LIMIT 100"
    )
    return [LetterView(**row) for row in rows]


async def counts() -> dict[str, int]:
    """How many letters are in each state."""
    rows = await execute("SELECT state, count(*) AS n FROM outbox_letter GROUP BY state")
    return {row["state"]: row["n"] for row in rows}
