"""Whose calendar still shows the time that an event had, and one letter to exactly them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emails.letters.feeds import CalendarOutOfDate
from server import language
from server.actors import Actor
from server.audit import service as audit
from server.calendars.rules import days_of
from server.clock import day_of, within_python
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.language import LANGUAGES
from server.outbox import service as outbox
from server.registrations import line
from server.rights import Area
from server.standing import comes_in
from server.web import links

IN_USE = timedelta(days=30)  # an address that was not fetched for longer shows nobody a time
MOMENTS = ("e.starts_at", "e.ends_at", "m.was_starts_at", "m.was_ends_at")
# The last move of each event that is still to come and that feeds show on its new time.
HELD = {name: f"{within_python(name)} AS {name.partition('.')[2]}" for name in MOMENTS}
MOVES = f"""SELECT DISTINCT ON (m.event) m.id, m.event AS event_id, m.moved_at, m.mailed_at, e.slug,
    e.title AS title_nl, e.title_en, e.uid, {HELD["e.starts_at"]}, {HELD["e.ends_at"]}, e.all_day,
    e."group" AS group_id, {HELD["m.was_starts_at"]}, {HELD["m.was_ends_at"]}
  FROM event_move m JOIN event e ON e.id = m.event
  WHERE e.state = 'published' AND e.ends_at > $1 ORDER BY m.event, m.moved_at DESC, m.id DESC"""
# Who has the event in their calendar, and by which scope; as `entries.PERSONAL` shows it.
EXPECTED = """
  came AS (SELECT r.event, r.person, bool_or(l.state IN
      ('confirmed', 'waiting', 'offered', 'approval', 'unverified')) AS comes
    FROM registration r JOIN registration_line l ON l.registration = r.id
    JOIN latest ON latest.event_id = r.event GROUP BY r.event, r.person),
  expected AS (SELECT event, person, 'registrations' AS scope FROM came WHERE comes
    UNION ALL SELECT c.event, s.person, 'talks' FROM proposal_speaker s
      JOIN proposal p ON p.id = s.proposal JOIN call c ON c.id = p.call
      JOIN latest ON latest.event_id = c.event
      WHERE p.state IN ('accepted', 'confirmed', 'delivered')
    UNION ALL SELECT latest.event_id, g.person, 'meetings' FROM group_membership g
      JOIN latest ON latest.group_id = g."group"
      WHERE g.state IN ('active', 'on_leave') AND g.from_on <= $2
      AND (g.until_on IS NULL OR g.until_on >= $2) AND NOT EXISTS (SELECT 1 FROM came
        WHERE came.event = latest.event_id AND came.person = g.person AND NOT came.comes))"""
# The bytes that somebody was given name the event: what came by invitation, say, is not in them.
KEYS = ", ".join(f"'personal:' || p.id || ':{said}:' || own.scopes" for said in LANGUAGES)
HOLDS = f"""EXISTS (SELECT 1 FROM feed_state s,
    (SELECT string_agg(one, '+' ORDER BY one COLLATE "C") AS scopes FROM unnest(f.scopes) one) own
  WHERE s.key IN ({KEYS})
  AND position(convert_to('UID:event-' || latest.uid || '@', 'UTF8') IN s.body) > 0)"""
# Of each of them the address that is furthest behind; a move there and back is none.
BEHIND = f"""WITH latest AS ({MOVES}), {EXPECTED}
  SELECT DISTINCT ON (latest.id, p.id) latest.id AS move_id, p.id AS person_id, p.display_name,
    p.email, p.language, f.client, f.served_at, was.was_starts_at, was.was_ends_at,
    EXISTS (SELECT 1 FROM outbox_letter o
      WHERE o.cause = 'event_move:' || latest.id || ':' || p.id) AS is_mailed
  FROM latest JOIN expected x ON x.event = latest.event_id JOIN person p ON p.id = x.person
  JOIN feed_token f ON f.person = p.id AND x.scope = ANY(f.scopes) AND f.revoked_at IS NULL
    AND f.served_at < latest.moved_at AND f.fetched_on > latest.moved_at::date - $3::int
  JOIN LATERAL (SELECT {HELD["m.was_starts_at"]}, {HELD["m.was_ends_at"]} FROM event_move m
    WHERE m.event = latest.event_id AND m.moved_at > f.served_at
    ORDER BY m.moved_at, m.id LIMIT 1) was ON true
  WHERE {comes_in("p")} AND {HOLDS} AND (was.was_starts_at, was.was_ends_at)
    IS DISTINCT FROM (latest.starts_at, latest.ends_at)
  ORDER BY latest.id, p.id, f.served_at"""


class MovedAgain(Refusal):
    """The event got another time since the page was opened."""

    code = "calendars.moved_again"


class NobodyBehind(Refusal):
    """Everybody's calendar is right by now, or was written about."""

    code = "calendars.nobody_behind"


@dataclass(frozen=True)
class Behind:
    """Somebody whose calendar holds the old time; `was` is that which it shows."""

    person_id: int
    name: str
    email: str | None
    language: str
    client: str
    served_at: datetime
    was: tuple[datetime, datetime]
    is_mailed: bool

    @property
    def is_to_be_mailed(self) -> bool:
        """There is an address of mail, and no letter about this move yet."""
        return self.email is not None and not self.is_mailed


@dataclass(frozen=True)
class Move:
    """The last move of an event to come, with whose calendar does not show it yet."""

    id: int
    event_id: int
    slug: str
    title_nl: str
    title_en: str
    group_id: int | None
    was: tuple[datetime, datetime]
    becomes: tuple[datetime, datetime]
    all_day: bool
    moved_at: datetime
    mailed_at: datetime | None
    behind: list[Behind] = field(default_factory=list)

    def title(self, said: str) -> str:
        """Its title in a language."""
        return (self.title_en if said == "en" else "") or self.title_nl

    @property
    def to_mail(self) -> list[Behind]:
        """Those who would get a letter."""
        return [one for one in self.behind if one.is_to_be_mailed]


async def coming(now: datetime) -> list[Move]:
    """Every event to come that moved, the latest move first: two statements."""
    moves = {row["id"]: _move(row) for row in await execute(MOVES, now)}
    for row in await execute(BEHIND, now, day_of(now), IN_USE.days):
        if row["move_id"] in moves:
            moves[row["move_id"]].behind.append(_behind(row))
    return sorted(moves.values(), key=lambda one: one.moved_at, reverse=True)


async def one(actor: Actor, move_id: int, *, now: datetime) -> Move:
    """One move, for who manages its event. Raises NotFound; refuses: MovedAgain."""
    rows = await execute(
        'SELECT e.id, e."group" AS group_id FROM event_move m JOIN event e ON e.id = m.event'
        " WHERE m.id = $1",
        move_id,
    )
    if not rows or not actor.manages(rows[0]["group_id"], Area.events):
        raise NotFound
    for move in await coming(now):
        if move.id == move_id:
            return move
    raise MovedAgain


async def mail(actor: Actor, move_id: int, *, now: datetime) -> int:
    """One letter to everybody whose calendar still has the old time, once: how many.

    Raises NotFound; refuses: MovedAgain, NobodyBehind.
    """
    async with transaction():
        rows = await execute("SELECT event FROM event_move WHERE id = $1", move_id)
        if not rows:
            raise NotFound
        await line.lock(rows[0]["event"])  # nobody moves it, and nobody else writes, meanwhile
        move = await one(actor, move_id, now=now)
        if not move.to_mail:
            raise NobodyBehind
        for person in move.to_mail:
            to = outbox.Recipient(
                person.person_id, person.name, person.email or "", person.language
            )
            await outbox.post(
                letter(move, person), to, cause=f"event_move:{move_id}:{person.person_id}"
            )
        await execute("UPDATE event_move SET mailed_at = $2 WHERE id = $1", move_id, now)
        after = {"event": move.event_id, "people": len(move.to_mail)}
        await audit.record(actor, "write_to_outdated", ("event_move", move_id), after=after)
    return len(move.to_mail)


def letter(move: Move, person: Behind) -> CalendarOutOfDate:
    """The letter as somebody gets it."""
    said = person.language
    return CalendarOutOfDate(
        event=move.title(said),
        was=when(person.was, said, all_day=move.all_day),
        becomes=when(move.becomes, said, all_day=move.all_day),
        client=person.client,
        url=links.absolute(f"/events/{move.slug}"),
        calendars=links.absolute("/calendars"),
    )


def when(moments: tuple[datetime, datetime], said: str, *, all_day: bool) -> str:
    """From and to: days, or days with hours."""
    if all_day:
        return " – ".join(language.long_day(one, said) for one in days_of(*moments))
    return language.span(*moments, said)


async def forget(now: datetime, kept: timedelta) -> None:
    """Moves of long ago."""
    await execute("DELETE FROM event_move WHERE moved_at < $1", now - kept)


def _move(row: Mapping[str, Any]) -> Move:
    same = ("id", "event_id", "slug", "title_nl", "title_en", "group_id", "all_day")
    return Move(
        **{name: row[name] for name in same},
        was=(row["was_starts_at"], row["was_ends_at"]),
        becomes=(row["starts_at"], row["ends_at"]),
        moved_at=row["moved_at"],
        mailed_at=row["mailed_at"],
    )


def _behind(row: Mapping[str, Any]) -> Behind:
    return Behind(
        person_id=row["person_id"],
        name=row["display_name"],
        email=row["email"],
        language=row["language"],
        client=row["client"],
        served_at=row["served_at"],
        was=(row["was_starts_at"], row["was_ends_at"]),
        is_mailed=row["is_mailed"],
    )
