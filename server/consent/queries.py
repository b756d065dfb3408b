"""What somebody's consent is now, and the words they were shown."""

from dataclasses import dataclass
from datetime import datetime

from server.consent import rules
from server.database import execute
from tables.consent import ConsentAction


@dataclass(frozen=True)
class Words:
    """One version of the words of a consent."""

    id: int
    code: str
    version: int
    text_nl: str
    text_en: str

    def text(self, language: str) -> str:
        """The words in the reader's language."""
        return self.text_en if language == "en" else self.text_nl


async def find_words(code: str, at: datetime) -> Words | None:
    """The version of these words that was shown at a moment; None when there was none yet."""
    rows = await execute(
        "SELECT id, code, version, text_nl, text_en FROM consent_text"
        " WHERE code = $1 AND valid_from <= $2 ORDER BY version DESC LIMIT 1",
        code,
        at,
    )
    return Words(**rows[0]) if rows else None


async def newest(address_key: str, purpose: str) -> ConsentAction | None:
    """The newest answer of an address, or of whom it belongs to; None when they never answered."""
    rows = await execute(
        "SELECT action FROM consent_event WHERE purpose = $3 AND (address_key IN ($1, $2)"
        " OR person = (SELECT id FROM person WHERE email_key = $1)) ORDER BY id DESC LIMIT 1",
        address_key,
        rules.hidden(address_key),
        purpose,
    )
    return ConsentAction(rows[0]["action"]) if rows else None
