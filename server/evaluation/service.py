"""Answering once, with nothing that joins the answer to who gave it; and adding it all up.

That somebody answered and what was answered are written in two transactions, without a moment or
a number that counts on. The worker writes all answers of an event anew, in another order and all
at once: so that not even the marks that the database keeps of each row say which came when.

Answers are shown five at a time. Who looks before and after somebody says that they answered would
otherwise see by the difference what they said. What is left is shown when nobody can answer any
more: by then nobody knows who came last.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.one_by_one import each
from server.registrations.queries import RegistrationView
from tables.events import EventState
from tables.registrations import LineState

DAYS_OPEN = 30
ENOUGH = 5  # fewer answers at once would say who gave them
SCORES = ("overall", "content", "organisation")
TEXTS = ("learned", "better")
LONGEST = 2000
COLUMNS = ", ".join((*SCORES, *TEXTS))
BALLOT = """INSERT INTO evaluation_ballot (id, event, person)
  VALUES (1 + (random() * 2147483645)::int, $1, $2)
  ON CONFLICT (event, person) DO NOTHING RETURNING id"""
SHOW = f"""UPDATE evaluation_answer SET is_held_back = false WHERE event = $1 AND is_held_back
  AND (SELECT count(*) FROM evaluation_answer WHERE event = $1 AND is_held_back) >= {ENOUGH}"""


class AlreadyAnswered(Refusal):
    """They answered before; which answer is theirs is known to nobody."""

    code = "evaluation.already_answered"


class EvaluationClosed(Refusal):
    """The event is not over yet, or it is too long ago."""

    code = "evaluation.closed"


@dataclass(frozen=True)
class Answer:
    """What somebody thought: scores from 1 to 5, and their own words, which may be empty."""

    overall: int
    content: int
    organisation: int
    learned: str = ""
    better: str = ""


@dataclass(frozen=True)
class Results:
    """How many could answer and did; averages and words of those that are shown: none, or five and
    more."""

    asked: int
    answered: int
    shown: int
    averages: dict[str, float]
    spread: dict[str, list[int]]
    words: dict[str, list[str]]

    @property
    def is_enough(self) -> bool:
        """Whether anything is shown."""
        return self.shown >= ENOUGH


def is_open(view: RegistrationView, now: datetime) -> bool:
    """Whether the holder of a registration may answer now, not having done so."""
    is_time = view.ends_at <= now < view.ends_at + timedelta(days=DAYS_OPEN)
    was_held = view.event_state != EventState.postponed
    return view.state == LineState.confirmed and was_held and is_time


async def has_answered(view: RegistrationView) -> bool:
    """Whether they answered before."""
    found = "SELECT 1 FROM evaluation_ballot WHERE event = $1 AND person = $2"
    return bool(await execute(found, view.event_id, view.person_id))


async def answer(view: RegistrationView, given: Answer, *, now: datetime) -> None:
    """Take an answer. Raises NotFound for who was not there. Refuses: EvaluationClosed,
    AlreadyAnswered.

    A process killed between the two transactions loses an answer rather than count one twice.
    """
    if view.state != LineState.confirmed:
        raise NotFound
    if not is_open(view, now):
        raise EvaluationClosed
    async with transaction():
        if not await execute(BALLOT, view.event_id, view.person_id):
            raise AlreadyAnswered
    scores = (given.overall, given.content, given.organisation)
    async with transaction():
        await _hold(view.event_id)
        await execute(
            f"INSERT INTO evaluation_answer (id, event, {COLUMNS}, is_held_back)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, true)",
            *(uuid4(), view.event_id, *scores, given.learned.strip(), given.better.strip()),
        )
        await execute(SHOW, view.event_id)


async def _hold(event_id: int) -> None:
    """One at a time, so that those who answer at the same moment are counted together."""
    await execute("SELECT 1 FROM event WHERE id = $1 FOR NO KEY UPDATE", event_id)


async def results(event_id: int) -> Results:
    """All answers of an event added up, words in no order."""
    rows = await execute(
        f"SELECT {COLUMNS}, is_held_back FROM evaluation_answer WHERE event = $1", event_id
    )
    asked = await execute(
        "SELECT count(DISTINCT r.person)::int AS n FROM registration r JOIN registration_line l"
        " ON l.registration = r.id WHERE r.event = $1 AND l.state = 'confirmed'",
        event_id,
    )
    free = [row for row in rows if not row["is_held_back"]]
    shown = free if len(free) >= ENOUGH else []
    words = {name: [row[name] for row in shown if row[name]] for name in TEXTS}
    for said in words.values():
        random.SystemRandom().shuffle(said)
    return Results(
        asked=asked[0]["n"],
        answered=len(rows),
        shown=len(shown),
        averages={n: sum(row[n] for row in shown) / len(shown) for n in SCORES} if shown else {},
        spread={n: [sum(row[n] == k for row in shown) for k in range(1, 6)] for n in SCORES},
        words=words,
    )


async def shuffle(now: datetime) -> int:
    """Write the answers of events of this month anew, all at once: of how many events.

    Those of an event about which nobody can answer any more are held back no longer.
    """
    closed = now - timedelta(days=DAYS_OPEN)
    rows = await execute(
        "SELECT DISTINCT a.event, e.ends_at <= $1 AS is_closed FROM evaluation_answer a"
        " JOIN event e ON e.id = a.event WHERE e.ends_at > $2 OR a.is_held_back",
        *(closed, closed - timedelta(days=7)),
    )
    return len(await each(rows, lambda row: _shuffle(row["event"], row["is_closed"])))


async def _shuffle(event_id: int, is_closed: bool) -> None:
    async with transaction():
        await _hold(event_id)
        await execute(
            f"WITH old AS (DELETE FROM evaluation_answer WHERE event = $1"
            f" RETURNING {COLUMNS}, is_held_back)"
            f" INSERT INTO evaluation_answer (id, event, {COLUMNS}, is_held_back)"
            f" SELECT gen_random_uuid(), $1, {COLUMNS}, is_held_back AND NOT $2::boolean"
            " FROM old ORDER BY random()",
            *(event_id, is_closed),
        )
        await execute("UPDATE evaluation_ballot SET person = person WHERE event = $1", event_id)
