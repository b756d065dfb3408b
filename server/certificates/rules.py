"""What a certificate says, its code, and when it no longer says what is so. Pure."""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from server import language
from server.attendance.presence import PartPresence, Sheet
from server.clock import day_of
from server.registrations.codes import ALPHABET, READ_AS

LENGTH = 26  # of five bits each: 130 bits, which nobody guesses
CODE = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def new_code() -> str:
    """A fresh code in Crockford's base 32."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """A code as it was meant, or None: capitals, without spaces and dashes, O is 0, I and L 1."""
    kept = "".join(c for c in text.upper() if c.isascii() and c.isalnum()).translate(READ_AS)
    return kept if CODE.fullmatch(kept) else None


def shown_code(code: str) -> str:
    """A code as people read and type it, in groups: `7KQ2M-4XD0P-…`."""
    return "-".join(code[n : n + 5] for n in range(0, LENGTH, 5))


def shown_number(year: int, number: int) -> str:
    """`2026-0042`."""
    return f"{year}-{number:04d}"


@dataclass(frozen=True)
class Facts:
    """What is known of the event that is printed, in both languages."""

    title_nl: str
    title_en: str
    place: str
    starts_at: datetime
    ends_at: datetime

    def in_language(self, said: str) -> dict[str, str]:
        """The event and when it was, in a language."""
        title = (self.title_en if said == "en" else "") or self.title_nl
        return {"event": title, "when": language.span(self.starts_at, self.ends_at, said)}

    def hours_of(self, part: PartPresence, said: str) -> str:
        """When a part was: its hours, with the day where the event had several."""
        is_one_day = day_of(self.starts_at) == day_of(self.ends_at)
        words = language.hours if is_one_day else language.span
        return words(part.starts_at, part.ends_at, said)


def lines(name: str, sheet: Sheet, facts: Facts, *, issued_on: date) -> dict[str, Any]:
    """What is printed: name, event, hours part by part and in all, in Dutch and English."""
    return {
        "name": name,
        "place": facts.place,
        "minutes": sheet.minutes,
        **{
            said: {
                **facts.in_language(said),
                "total": language.duration(sheet.minutes, said),
                "issued": language.day(issued_on, said),
                "parts": [
                    {
                        "title": part.title(said),
                        "when": facts.hours_of(part, said),
                        "there": language.duration(part.minutes, said),
                    }
                    for part in sheet.content
                    if part.minutes > 0 and part.part_id is not None
                ],
            }
            for said in language.LANGUAGES
        },
    }


def digest(sheet: Sheet) -> str:
    """A fingerprint of the attendance that a certificate rests on (SHA-256, hexadecimal).

    Whose it is stands beside it: somebody may become one with their double.
    """
    rests_on = [[one.part_id, one.minutes] for one in sheet.parts if one.span.is_content]
    return hashlib.sha256(json.dumps(rests_on).encode()).hexdigest()


def gets_one(sheet: Sheet) -> bool:
    """Who was there at all gets a certificate, of as long as they were there; not who was erased:
    nobody is left to give it to."""
    return sheet.was_there and not sheet.is_erased


def is_blank(printed: Mapping[str, Any]) -> bool:
    """Whether what was on it is gone, because its person was erased."""
    return not printed.get("name")
