"""Who is in a segment today. Filters by name, never SQL; nothing is stored but the choice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from server.database import execute
from server.people.rules import search_patterns
from server.standing import runs, suspended

# Members of day $1, in days of grace too: alive, not suspended, not erased and not merged, each by
# their newest period that runs. $2 types, $3 provinces, $4 only those who vote, $5 patterns for
# names and addresses; empty lists narrow nothing.
MEMBERS = f"""FROM person p
  JOIN LATERAL (SELECT * FROM membership m WHERE m.person = p.id AND {runs("$1")}
    ORDER BY m.starts_on DESC LIMIT 1) m ON true
  JOIN membership_type t ON t.id = m.type
  WHERE (p.deceased_on IS NULL OR p.deceased_on > $1)
  AND p.anonymised_at IS NULL AND p.merged_into IS NULL
  AND NOT {suspended("p.id", "$1")}
  AND ($2::text[] = '{{}}' OR t.code = ANY($2)) AND ($3::text[] = '{{}}' OR p.province = ANY($3))
  AND (NOT $4::boolean OR t.has_vote) AND p.search_key LIKE ALL($5::text[])"""


@dataclass(frozen=True)
class Filters:
    """Which members: of these types and provinces, only who votes, whose name fits `words`."""

    types: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    votes: bool = False
    words: str = ""

    def as_json(self) -> str:
        """As it is kept; what was typed to look for somebody is not."""
        return json.dumps({"types": self.types, "provinces": self.provinces, "votes": self.votes})

    @classmethod
    def from_json(cls, text: str) -> "Filters":
        """As it was kept."""
        kept = json.loads(text)
        return cls(tuple(kept["types"]), tuple(kept["provinces"]), bool(kept["votes"]))


@dataclass(frozen=True)
class Member:
    """One line of a segment."""

    person_id: int
    name: str
    email: str
    language: str
    number: int
    type_code: str
    type_nl: str
    type_en: str
    starts_on: date
    city: str
    province: str

    def type_name(self, language: str) -> str:
        """The name of the kind of membership."""
        return self.type_en if language == "en" else self.type_nl


@dataclass(frozen=True)
class Saved:
    """A segment that was given a name."""

    id: int
    name: str
    filters: Filters


async def members(filters: Filters, day: date, *, limit: int | None = None) -> list[Member]:
    """The people of a segment, in the order of their names."""
    rows = await execute(
        "SELECT p.id AS person_id, p.display_name AS name, coalesce(p.email, '') AS email,"
        " p.language, m.number, t.code AS type_code, t.name_nl AS type_nl, t.name_en AS type_en,"
        f" m.starts_on, p.city, p.province {MEMBERS} ORDER BY p.sort_key, p.id LIMIT $6",
        *(*_asked(filters, day), limit),
    )
    return [Member(**row) for row in rows]


async def counts(day: date) -> dict[str, int]:
    """How many members there are: "all", "votes", "type:…" and "province:…", in one statement."""
    rows = await execute(
        "WITH c AS (SELECT p.id, t.code, p.province, t.has_vote " + MEMBERS + ")"
        " SELECT 'all' AS what, count(*) AS n FROM c"
        " UNION ALL SELECT 'votes', count(*) FROM c WHERE has_vote"
        " UNION ALL SELECT 'type:' || code, count(*) FROM c GROUP BY code"
        " UNION ALL SELECT 'province:' || province, count(*) FROM c GROUP BY province",
        *_asked(Filters(), day),
    )
    return {row["what"]: row["n"] for row in rows}


async def count(filters: Filters, day: date) -> int:
    """How many people are in a segment."""
    rows = await execute(f"SELECT count(*) AS n {MEMBERS}", *_asked(filters, day))
    return int(rows[0]["n"])


def _asked(filters: Filters, day: date) -> tuple[object, ...]:
    return (
        *(day, list(filters.types), list(filters.provinces), filters.votes),
        search_patterns(filters.words),
    )


async def types() -> Mapping[str, tuple[str, str]]:
    """Code → Dutch and English name of every kind of membership there ever was."""
    rows = await execute("SELECT code, name_nl, name_en FROM membership_type ORDER BY id")
    return {row["code"]: (row["name_nl"], row["name_en"]) for row in rows}


async def saved() -> list[Saved]:
    """The segments with a name, by name."""
    rows = await execute("SELECT id, name, filters FROM segment ORDER BY lower(name), id")
    return [Saved(row["id"], row["name"], Filters.from_json(row["filters"])) for row in rows]
