"""What the organiser does to an event that registered people must hear of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emails.letters import registrations as letters
from emails.letters.talks import ProposalEventChanged, ProposalEventPostponed
from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Stale
from server.events import rules as event_rules
from server.events import service as events
from server.events import timetable
from server.events.states import EVENT
from server.outbox import service as outbox
from server.questions import needs
from server.registrations import differences, line, queries, rules, seats
from server.registrations.refusals import NoNewDate
from server.registrations.states import LINE, LIVE
from server.registrations.telling import recipient
from server.talks import following
from server.talks.following import Words
from server.web import links
from tables.events import EventState

CHANGEABLE = (
    "kind",
    "title",
    "title_en",
    "summary",
    "summary_en",
    "description",
    "description_en",
    "starts_at",
    "ends_at",
    "all_day",
    "mode",
    "venue",
    "room",
    "online_url",
    "visibility",
    "group",
    "contact_email",
    "registration_opens_at",
    "registration_closes_at",
    "cancel_until_at",
    "members_only_registration",
)


async def change_event(
    actor: Actor,
    event_id: int,
    values: Mapping[str, object],
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """Change columns of an event; a new date, place or mode is told to everybody involved.

    The last moment to cancel moves along with the date, unless it is given as well.
    Raises Invalid with every problem. Refuses: Stale when somebody saved since, NoNewDate.
    """
    async with transaction():
        before = await line.lock(event_id)
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        after = {
            name: value
            for name, value in values.items()
            if name in CHANGEABLE and before[name] != value
        }
        if not after:
            return
        event_rules.check({**before, **after})
        shown = before["state"] not in (EventState.draft, EventState.archived)
        telling = shown and event_rules.is_telling(before, after)
        # a postponed event is told of when it is rescheduled, with the date it first had
        is_told = telling and before["state"] in (EventState.announced, EventState.published)
        if telling and "cancel_until_at" not in after:
            after |= _cancel_until(before, after, now)
        if is_told and before["starts_at"] > now >= {**before, **after}["starts_at"]:
            raise NoNewDate
        extra: dict[str, object] = {"changed_at": now, "revision": before["revision"] + 1}
        if telling:
            extra["sequence"] = before["sequence"] + 1
        if is_told and "starts_at" in after:
            extra["moved_from_at"] = before["starts_at"]
        await _save(event_id, after | extra)
        await timetable.follow(event_id, before, after, now=now)
        was = {name: before[name] for name in after}
        await audit.record(actor, "change", ("event", event_id), before=was, after=after)
        if is_told:
            await _after_a_change(actor, event_id, before, now)


def _cancel_until(
    before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> dict[str, object]:
    """The last moment to cancel where a change moves or lifts it; else nothing."""
    was = before["cancel_until_at"]
    moved = after.get("starts_at", before["starts_at"]) - before["starts_at"]
    becomes = rules.cancel_until(was, moved, now=now)
    return {} if becomes == was else {"cancel_until_at": becomes}


async def _after_a_change(
    actor: Actor, event_id: int, before: Mapping[str, Any], now: datetime
) -> None:
    await _tell_of_change(event_id, before)
    await line.shorten_offers(actor, event_id, now=now)
    await line.promote(event_id, now=now)


async def _save(event_id: int, values: Mapping[str, object]) -> None:
    assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(values, start=2))
    await execute(f"UPDATE event SET {assignments} WHERE id = $1", event_id, *values.values())


async def _tell_of_change(event_id: int, before: Mapping[str, Any]) -> None:
    event = (await execute("SELECT * FROM event WHERE id = $1", event_id))[0]
    was, becomes = await differences.with_places(before, event)

    def words(said: str) -> dict[str, str]:
        return {"changes": differences.in_words(was, becomes, said)}

    cause = f"event:{event_id}:changed:{event['sequence']}"
    speakers = await following.tell(event_id, ProposalEventChanged, words, cause=cause)
    for view in await queries.of_event(event_id, states=LIVE):
        if view.email and view.person_id not in speakers:
            said = view.language
            url = links.absolute(f"/registrations/{view.code}")
            letter = letters.EventChanged(event=view.title(said), url=url, **words(said))
            await outbox.post(letter, recipient(view), cause=f"{cause}:{view.person_id}")


async def publish_event(actor: Actor, event_id: int, *, now: datetime) -> None:
    """Show an event and offer what came free before it was shown. Refuses: WrongState."""
    async with transaction():
        await line.lock(event_id)
        await events.publish(actor, event_id, now=now)
        await line.promote(event_id, now=now)


async def cancel_event(actor: Actor, event_id: int, *, reason: str, now: datetime) -> None:
    """Cancel an event with everything that hangs on it, and tell everybody involved.

    Refuses: WrongState.
    """
    async with transaction():
        before = await line.lock(event_id)
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
                await _post(view, letters.EventCancelled, words, cause)
        await needs.forget_ended([view.id for view in views])


async def postpone_event(actor: Actor, event_id: int, *, reason: str = "") -> None:
    """Put an event off to a date not yet known; places are kept. Refuses: WrongState."""
    async with transaction():
        before = await line.lock(event_id)
        also = {"sequence": before["sequence"] + 1, "moved_from_at": before["starts_at"]}
        await EVENT.move(event_id, "postpone", actor=actor, reason=reason, set_also=also)
        cause, words = f"event:{event_id}:postponed:{also['sequence']}", _why(before, reason)
        speakers = await following.tell(event_id, ProposalEventPostponed, words, cause=cause)
        for view in await queries.of_event(event_id, states=LIVE):
            if view.person_id not in speakers:
                await _post(view, letters.EventPostponed, words, cause)


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
        await EVENT.move(event_id, "reschedule", actor=actor, set_also=also)
        if before["starts_at"] <= now:
            raise NoNewDate
        was = {**before, "starts_at": first}
        was["ends_at"] = was["starts_at"] + (before["ends_at"] - before["starts_at"])
        await _after_a_change(actor, event_id, was, now)


def _why(event: Mapping[str, Any], reason: str) -> Words:
    def words(said: str) -> dict[str, str]:
        when = language.span(event["starts_at"], event["ends_at"], said)
        return {"when": when, "reason": reason}

    return words


async def _post(
    view: queries.RegistrationView,
    kind: type[letters.EventCancelled] | type[letters.EventPostponed],
    words: Words,
    cause: str,
) -> None:
    if view.email:
        said = view.language
        letter = kind(event=view.title(said), **words(said))
        await outbox.post(letter, recipient(view), cause=f"{cause}:{view.person_id}")
