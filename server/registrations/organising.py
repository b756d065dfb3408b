"""What the organiser does to an event that registered people must hear of."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emails.letters import registrations as letters
from emails.letters.talks import ProposalEventPostponed
from server import language
from server.actors import Actor
from server.admission import terms
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import NotFound, Stale
from server.events import held, rooms, timetable
from server.events import rules as event_rules
from server.events import service as events
from server.events.states import EVENT
from server.outbox import service as outbox
from server.questions import needs
from server.registrations import difference, line, queries, rules, seats
from server.registrations.refusals import NoNewDate
from server.registrations.states import LINE, LIVE
from server.registrations.telling import recipient
from server.talks import following
from server.talks.following import Words
from server.web.calendar_links import SLOWEST
from tables.events import EventState

CHANGEABLE = (
    *("kind", "title", "title_en", "summary", "summary_en", "description", "description_en"),
    *("starts_at", "ends_at", "all_day", "mode", "venue", "room", "booked_room", "room_reason"),
    *("online_url", "visibility", "group", "contact_email", "registration_opens_at"),
    *("registration_closes_at", "cancel_until_at", "members_only_registration", "needs_approval"),
)
Off = type[letters.EventCancelled] | type[letters.EventPostponed]
Post = Callable[[queries.RegistrationView, Off, Words, str], Awaitable[None]]
UNSEEN = (EventState.draft, EventState.archived)


async def change_event(
    actor: Actor,
    event_id: int,
    values: Mapping[str, object],
    *,
    expected_revision: int | None = None,
    tell: difference.Tell = difference.tell,
    now: datetime,
) -> None:
    """Change columns of an event; a new date, place or mode is told to everybody involved.

    The last moment to cancel moves along with the date, unless it is given as well. `tell` is how
    people hear of it where it is one change of several.
    Raises Invalid with every problem. Refuses: Stale when somebody saved since, NoNewDate, WasHeld.
    """
    async with transaction():
        before = await line.lock(event_id)
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        after = _changed(before, await rooms.fitted(before, values))
        if not after:
            return
        change = await _weigh(before, after, now)
        is_moved = before["state"] not in UNSEEN and event_rules.is_telling(before, after)
        if is_moved and "cancel_until_at" not in after:
            after |= _cancel_until(before, after, now)
        extra: dict[str, object] = {"changed_at": now, "revision": before["revision"] + 1}
        if is_moved:
            extra["sequence"] = before["sequence"] + 1
        if change.is_told and "starts_at" in after:
            extra["moved_from_at"] = before["starts_at"]
        await _save(event_id, after | extra)
        await timetable.follow(event_id, before, after, now=now)
        await rooms.follow(actor, event_id, after, now=now)
        await terms.follow(actor, event_id, before, after, now=now)
        was = event_rules.for_the_trail({name: before[name] for name in after})
        becomes = event_rules.for_the_trail(after)
        await audit.record(actor, "change", ("event", event_id), before=was, after=becomes)
        await tell(event_id, change, revision=before["revision"] + 1)
        if change.is_told:
            await _pass_on(actor, event_id, now)


@dataclass(frozen=True)
class Preview:
    """What a change would tell, before it is saved: its lines in a language, to how many, whom.

    `outruns_calendars`: it begins, or began, before the slowest program has fetched the new time.
    `along` is what moves with it that nobody is told of: who has a place needs no window any more.
    """

    lines: list[str]
    people: int
    whom: frozenset[int] = field(default=frozenset(), compare=False)
    outruns_calendars: bool = field(default=False, compare=False)
    along: list[str] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """Whether there is something to look at before it is saved."""
        return bool(self.people or self.along)


async def preview(
    event_id: int, values: Mapping[str, object], said: str, *, now: datetime
) -> Preview:
    """The letter that `change_event` would send. Raises Invalid, NotFound; refuses: NoNewDate."""
    rows = await execute("SELECT * FROM event WHERE id = $1", event_id)
    if not rows:
        raise NotFound
    after = _changed(rows[0], await rooms.fitted(rows[0], values))
    change = await _weigh(rows[0], after, now)
    told = change.words(said, sees_link=True)
    whom = await difference.whom(event_id, change) if told else frozenset[int]()
    late = _outruns_calendars(rows[0], after, now)
    moved = await terms.moved(event_id, rows[0], after, now=now)
    return Preview(told, len(whom), whom, late, terms.in_words(moved, said))


def _outruns_calendars(
    before: Mapping[str, Any], after: Mapping[str, object], now: datetime
) -> bool:
    """Whether feeds show it, and one of its two times comes sooner than Google."""
    is_shown = before["state"] in (EventState.published, EventState.postponed)
    becomes = {**before, **after}
    is_moved = any(becomes[name] != before[name] for name in ("starts_at", "ends_at"))
    first = min(before["starts_at"], becomes["starts_at"])
    return is_shown and is_moved and now - SLOWEST < first < now + SLOWEST


def _changed(before: Mapping[str, Any], values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value
        for name, value in values.items()
        if name in CHANGEABLE and before[name] != value
    }


async def _weigh(
    before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> difference.Change:
    """What must be told of a change. Raises Invalid; refuses: NoNewDate, WasHeld."""
    becomes = {**before, **after}
    event_rules.check(becomes)
    await held.require_stays(before["id"], before, after, now=now)
    # a postponed event is told of when it is rescheduled, with the date it first had
    is_shown = before["state"] in (EventState.announced, EventState.published)
    is_told = is_shown and event_rules.is_telling(before, after)
    if is_told and before["starts_at"] > now >= becomes["starts_at"]:
        raise NoNewDate
    links = (before["online_url"], becomes["online_url"])
    return difference.Change(
        was=await difference.facts(before),
        becomes=await difference.facts(becomes),
        is_told=is_told,
        has_new_link=is_shown and all(links) and links[0] != links[1],
    )


def _cancel_until(
    before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> dict[str, object]:
    """The last moment to cancel where a change moves or lifts it; else nothing."""
    was = before["cancel_until_at"]
    starts = after.get("starts_at", before["starts_at"])
    becomes = rules.cancel_until(was, before["starts_at"], starts, now=now)
    return {} if becomes == was else {"cancel_until_at": becomes}


async def _pass_on(actor: Actor, event_id: int, now: datetime) -> None:
    await line.shorten_offers(actor, event_id, now=now)
    await line.promote(event_id, now=now)


async def _save(event_id: int, values: Mapping[str, object]) -> None:
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(values, start=2))
    await execute(f"UPDATE event SET {assignments} WHERE id = $1", event_id, *values.values())


async def publish_event(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Show an event and offer what came free before it was shown. Refuses: WrongState."""
    async with transaction():
        await line.lock(event_id)
        await events.publish(actor, event_id, now=now)
        await line.promote(event_id, now=now)


async def post_off(view: queries.RegistrationView, kind: Off, words: Words, cause: str) -> None:
    """Owe who has a place the letter that an event does not go on, or not yet."""
    if view.email:
        said = view.language
        letter = kind(event=view.title(said), **words(said))
        its = f"{cause}:{view.person_id}"
        await outbox.post_about(view.event_id, letter, recipient(view), cause=its)


async def cancel_event(
    actor: Actor, event_id: int, *, reason: str, post: Post = post_off, now: datetime
) -> None:
    """Cancel an event with everything that hangs on it, and tell everybody involved.

    `post` is how who has a place hears of it where several are cancelled. Refuses: WasHeld,
    WrongState.
    """
    async with transaction():
        before = await line.lock(event_id)
        await held.require_not_listed(event_id)
        also = {"cancel_reason": reason, "cancelled_at": now, "sequence": before["sequence"] + 1}
        await EVENT.move(event_id, "cancel", actor=actor, reason=reason, set_also=also)
        cause, words = f"event:{event_id}:cancelled", _why(before, reason)
        speakers = await following.lapse(actor, event_id, words, cause=cause, reason=reason)
        views = await queries.of_event(event_id, states=LIVE)
        for view in views:
            await LINE.move(
                view.line_id,
                "cancel_by_organiser",
                actor=actor,
                reason=reason,
                set_also={"expires_at": None},
            )
            rest = await seats.live(view.id)
            await seats.end(actor, rest, action="cancel_by_organiser", reason=reason)
            if view.person_id not in speakers:
                await post(view, letters.EventCancelled, words, cause)
        await needs.forget_ended([view.id for view in views])


async def postpone_event(actor: Actor, event_id: int, *, reason: str = "") -> None:
    """Put an event off to a date not yet known; places are kept. Refuses: WasHeld, WrongState."""
    async with transaction():
        before = await line.lock(event_id)
        await held.require_not_listed(event_id)
        also = {"sequence": before["sequence"] + 1, "moved_from_at": before["starts_at"]}
        await EVENT.move(event_id, "postpone", actor=actor, reason=reason, set_also=also)
        cause, words = f"event:{event_id}:postponed:{also['sequence']}", _why(before, reason)
        speakers = await following.tell(event_id, ProposalEventPostponed, words, cause=cause)
        for view in await queries.of_event(event_id, states=LIVE):
            if view.person_id not in speakers:
                await post_off(view, letters.EventPostponed, words, cause)


async def reschedule_event(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Show a postponed event on its new date; change the date first.

    On the date that it first had, it has not moved. Refuses: NoNewDate, WrongState.
    """
    async with transaction():
        before = await line.lock(event_id)
        first = before["moved_from_at"] or before["starts_at"]
        also = {
            "sequence": before["sequence"] + 1,
            "moved_from_at": first if first != before["starts_at"] else None,
            **_cancel_until(before, {}, now),
        }
        row = await EVENT.move(event_id, "reschedule", actor=actor, set_also=also)
        if before["starts_at"] <= now:
            raise NoNewDate
        await rooms.require_free(event_id)
        was = {**before, "starts_at": first}
        was["ends_at"] = was["starts_at"] + (before["ends_at"] - before["starts_at"])
        change = difference.Change(
            was=await difference.facts(was),
            becomes=await difference.facts(before),
            is_told=True,
            was_put_off=True,
        )
        await difference.tell(event_id, change, revision=row["revision"])
        await _pass_on(actor, event_id, now)


def _why(event: Mapping[str, Any], reason: str) -> Words:
    def words(said: str) -> dict[str, str]:
        when = language.span(event["starts_at"], event["ends_at"], said)
        return {"when": when, "reason": reason}

    return words
