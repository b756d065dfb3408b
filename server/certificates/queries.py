"""Certificates as the board, their holders and whoever checks one see them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.certificates import rules
from server.database import execute
from server.errors import NotFound

VIEW = """SELECT c.id, c.event AS event_id, c.person AS person_id,
  coalesce(w.merged_into, w.id) AS holder_id, w.display_name, c.year,
  c.number AS serial, c.code, c.state, c.reason, c.digest, c.created_at, c.made_at, e.slug,
  e.title AS title_nl, e.title_en, e.starts_at, e.ends_at
  FROM certificate c JOIN person w ON w.id = c.person JOIN event e ON e.id = c.event"""


@dataclass(frozen=True)
class CertificateView:
    """One certificate, without what is printed on it."""

    id: int
    event_id: int
    person_id: int
    holder_id: int  # who it is of by now: somebody may have become one with their double
    display_name: str
    year: int
    serial: int
    code: str
    state: str
    reason: str
    digest: str
    created_at: datetime
    made_at: datetime | None
    slug: str
    title_nl: str
    title_en: str
    starts_at: datetime
    ends_at: datetime

    @property
    def number(self) -> str:
        """`2026-0042`."""
        return rules.shown_number(self.year, self.serial)

    @property
    def is_valid(self) -> bool:
        """Whether it still says what is so."""
        return self.state == "valid"

    def title(self, language: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl


@dataclass(frozen=True)
class Progress:
    """How many certificates of an event there are, and of how many the paper is made."""

    issued: int
    made: int

    @property
    def is_done(self) -> bool:
        """Nothing waits for the worker."""
        return self.made >= self.issued


async def of_event(event_id: int) -> list[CertificateView]:
    """The certificates of an event by name, the newest of each person first."""
    rows = await execute(f"{VIEW} WHERE c.event = $1 ORDER BY w.sort_key, c.id DESC", event_id)
    return [CertificateView(**row) for row in rows]


async def of_person(person_id: int) -> list[CertificateView]:
    """Somebody's valid certificates, the newest first."""
    rows = await execute(
        f"{VIEW} WHERE $1 IN (w.id, w.merged_into) AND c.state = 'valid'"
        " ORDER BY e.starts_at DESC, c.id DESC",
        person_id,
    )
    return [CertificateView(**row) for row in rows]


async def valid_one(event_id: int, person_id: int) -> CertificateView:
    """Somebody's certificate of an event, by who they are now. Raises NotFound."""
    rows = await execute(
        f"{VIEW} WHERE c.event = $1 AND c.state = 'valid' AND coalesce(w.merged_into, w.id) ="
        " (SELECT coalesce(merged_into, id) FROM person WHERE id = $2)"
        " ORDER BY c.person <> $2, c.id DESC",
        *(event_id, person_id),
    )
    if not rows:
        raise NotFound
    return CertificateView(**rows[0])


async def one(certificate_id: int) -> CertificateView:
    """One certificate. Raises NotFound."""
    rows = await execute(f"{VIEW} WHERE c.id = $1", certificate_id)
    if not rows:
        raise NotFound
    return CertificateView(**rows[0])


async def state_of(code: str) -> str:
    """`valid`, `replaced`, `revoked` or `unknown`: all that anybody is told."""
    rows = await execute("SELECT state FROM certificate WHERE code = $1", code)
    return str(rows[0]["state"]) if rows else "unknown"


async def several(ids: list[int]) -> list[CertificateView]:
    """Some certificates, in the order of their numbers."""
    rows = await execute(f"{VIEW} WHERE c.id = ANY($1::int[]) ORDER BY c.id", ids)
    return [CertificateView(**row) for row in rows]


async def printed(certificate_id: int) -> dict[str, Any]:
    """What is printed on it, with its number and code. Raises NotFound once it is blank."""
    rows = await execute(
        "SELECT year, number, code, lines FROM certificate WHERE id = $1", certificate_id
    )
    found = as_printed(rows[0]) if rows else {}
    if rules.is_blank(found):
        raise NotFound
    return found


def as_printed(row: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a row of the table; without a name once it is blank."""
    number = rules.shown_number(row["year"], row["number"])
    return {**json.loads(row["lines"]), "number": number, "code": row["code"]}


async def pdf(certificate_id: int) -> bytes | None:
    """The paper, when it is made."""
    rows = await execute("SELECT pdf FROM certificate WHERE id = $1", certificate_id)
    return rows[0]["pdf"] if rows else None


async def progress(event_id: int) -> Progress:
    """How far the worker is; of one taken back before it was made, no paper is made."""
    rows = await execute(
        "SELECT count(*)::int AS issued, count(made_at)::int AS made FROM certificate"
        " WHERE event = $1 AND (state = 'valid' OR made_at IS NOT NULL)",
        event_id,
    )
    return Progress(**rows[0])
