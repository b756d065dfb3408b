"""The directory: 10,000 profiles over HTTP, and 100,000 against looking at everybody in turn."""

import random
import time
from collections.abc import Callable

import asyncpg

from server.directory.index import Asked, Index
from server.directory.rules import Entry, Place
from server.people.rules import searched

PEOPLE, MANY, QUESTIONS = 10_000, 100_000, 200
PATHS = (
    "/directory",
    "/directory?q=CGT",
    "/directory?intervention=cbt&intervention=act&province=UT",
    "/directory?target_group=adults&language=nl&page=3",
    "/directory?q=naam12&echelon=first",
)
FILL = """
WITH w AS (INSERT INTO person (surname, display_name, sort_key, email, email_key)
    SELECT 'Naam' || n, 'A. Naam' || n, 'naam' || n, n || '@bench.example', n || '@bench.example'
    FROM generate_series(1, $1::int) n RETURNING id),
  m AS (INSERT INTO membership (person, type, number, starts_on)
    SELECT w.id, t.id, 100000 + w.id, '2020-01-01' FROM w
    CROSS JOIN (SELECT id FROM membership_type WHERE in_directory ORDER BY id LIMIT 1) t),
  p AS (INSERT INTO profile (person, slug, headline, languages, state, confirmed_on)
    SELECT id, 'naam-' || id, 'Psycholoog bij pijn', '{nl}', 'published', current_date FROM w
    RETURNING id),
  f AS (INSERT INTO profile_field (profile, field, visibility)
    SELECT p.id, field, 'public' FROM p CROSS JOIN unnest(
      '{about,intervention,target_group,factor,languages,workplaces}'::text[]) field),
  o AS (INSERT INTO workplace (profile, name, city, setting, echelon, province)
    SELECT id, 'Praktijk ' || id, 'Stad' || id % 200,
      (ARRAY['gp_practice','general_hospital','rehabilitation_centre'])[1 + id % 3],
      (ARRAY['first','second','third'])[1 + id % 3],
      (ARRAY['GR','FR','DR','OV','FL','GE','UT','NH','ZH','ZE','NB','LI'])[1 + id % 12] FROM p)
INSERT INTO profile_term (profile, vocabulary, code)
SELECT p.id, t.vocabulary, t.code FROM p JOIN vocabulary_term t
  ON t.vocabulary IN ('intervention', 'target_group', 'factor') AND (p.id * 7 + t.id) % 5 = 0"""


async def fill(dsn: str) -> None:
    """Put 10,000 people into the directory of a running product."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(FILL.replace("$1::int", str(PEOPLE)))
    await connection.execute("ANALYZE")
    await connection.close()


def _person(chance: random.Random, number: int) -> Entry:
    name = f"naam{number}"
    terms = {("intervention", f"i{chance.randrange(8)}") for _ in range(3)}
    terms |= {("factor", f"f{chance.randrange(27)}") for _ in range(4)}
    where = Place(
        "", f"s{number % 12}", f"e{number % 4}", "", "", f"Stad{number % 900}", "", "", ""
    )
    return Entry(
        number, name, name, name, name, languages=("nl",), terms=frozenset(terms), places=(where,)
    )


def _questions(chance: random.Random) -> list[Asked]:
    words = ("", "stad12", "naam123", "stad7 naam1")
    return [
        Asked(
            chance.choice(words),
            {
                "intervention": (f"i{chance.randrange(8)}", f"i{chance.randrange(8)}"),
                "factor": (f"f{chance.randrange(27)}",),
            },
        )
        for _ in range(QUESTIONS)
    ]


def _in_turn(entries: list[Entry], asked: Asked) -> int:
    """The same question by looking at everybody, without any of the counts."""
    words = searched(asked.words).split()
    found = 0
    for entry in entries:
        fits = all(entry.codes(facet) & set(asked.chosen.get(facet, ())) for facet in asked.chosen)
        if fits and words:
            text = f"{entry.name_words} {entry.places[0].city.lower()}".split()
            fits = all(any(t.startswith(word) for t in text) for word in words)
        found += fits
    return found


def _p95(search: Callable[[Asked], object], questions: list[Asked]) -> float:
    times = []
    for asked in questions:
        began = time.perf_counter()
        search(asked)
        times.append(time.perf_counter() - began)
    return sorted(times)[int(len(times) * 0.95)]


def against_looking_at_everybody() -> dict[str, float]:
    """p95 in ms over 100,000 people: the index with all its counts beside a plain loop."""
    chance = random.Random(1)
    entries = [_person(chance, number) for number in range(MANY)]
    began = time.perf_counter()
    index = Index(entries, {})
    built = time.perf_counter() - began
    questions = _questions(chance)
    for asked in questions[:5]:
        if index.search(asked, start=0, size=20).total != _in_turn(entries, asked):
            raise RuntimeError("the index and the loop disagree")
    fast = _p95(lambda asked: index.search(asked, start=0, size=20), questions)
    slow = _p95(lambda asked: _in_turn(entries, asked), questions[:20])
    return {
        "directory index of 100,000 built in s": built,
        "directory p95 over 100,000 ms": fast * 1000,
        "directory p95 share of a loop (reach 0.25)": fast / slow,
    }
