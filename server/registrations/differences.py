"""What changed of an event, line by line: "Datum: was …, wordt …". What stayed is not named."""

from collections.abc import Mapping
from typing import Any

from server import language
from server.database import execute

Row = Mapping[str, Any]


async def with_places(before: Row, now: Row) -> tuple[Row, Row]:
    """Both with the name and town of their venue."""
    ids = [row["venue"] for row in (before, now) if row["venue"] is not None]
    rows = await execute("SELECT id, name, city FROM venue WHERE id = ANY($1::int[])", ids)
    venues = {row["id"]: row for row in rows}
    was, becomes = ({**row, "at": venues.get(row["venue"], {})} for row in (before, now))
    return was, becomes


def in_words(before: Row, now: Row, said: str) -> str:
    """The difference in a language; the date is always named, also when it stays."""
    found = []
    for name, words in WORDS.items():
        was, becomes = words(before, said), words(now, said)
        key = f"registrations.changed.{name}"
        if was != becomes:
            found.append(language.text(said, key, was=was or "–", becomes=becomes or "–"))
        elif name == "date":
            found.append(language.text(said, f"{key}_stays", date=was))
    return "\n".join(found)


def _span(row: Row, said: str) -> str:
    return language.span(row["starts_at"], row["ends_at"], said)


def _mode(row: Row, said: str) -> str:
    return language.text(said, f"events.mode.{row['mode']}")


def _place(row: Row, _said: str) -> str:
    at = row["at"]
    return ", ".join(part for part in (at.get("name"), row["room"], at.get("city")) if part)


WORDS = {"date": _span, "mode": _mode, "place": _place}
