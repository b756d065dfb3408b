"""The desk at the door as a page: a code or a name, one button, what came of it.

The same page and the same answers for the board and for helpers with a link. A script may send
the same form for itself and asks for JSON; without one the page works as it is.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Request, Response

from server import clock, language
from server.actors import Actor
from server.attendance import in_person, queries, rules
from server.attendance.queries import ScanView
from server.attendance.service import Asked
from server.events import queries as events
from server.events import timetable
from server.registrations import codes
from server.web.forms import sent, whole
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of
from tables.attendance import Direction

AnyRequest = Request[Any, Any, Any]
CAMERA = "camera=(self), geolocation=(), microphone=()"


async def show(
    request: AnyRequest, event: events.EventView, base: str, *, manages: bool = False
) -> Response[Any]:
    """The desk: `?q=` looks for names, `?part=` is the part, `?direction=out` the way out.

    `manages`: whoever looks also manages the event, and goes on from here to helpers and its desk.
    """
    given = request.query_params
    every = await timetable.parts(event.id)
    parts = [part for part in every if part.is_content]
    part_id = _part(given.get("part", ""), parts)
    direction = _direction(given.get("direction", ""))
    scans = await queries.latest(event.id)
    since = _since(event, every)
    done = next((one for one in scans if str(one.id) == given.get("scan", "")), None)
    shown = page(
        request,
        "attendance/desk.html",
        event=event,
        base=base,
        manages=manages,
        parts=parts,
        part_id=part_id,
        direction=direction,
        asked=given.get("q", "")[:80],
        guests=await _guests(event.id, given, part_id, since),
        are_missing="missing" in given,
        numbers=await queries.numbers(event.id, part_id, since=since),
        scans=scans,
        done=done,
        nonce=uuid4(),
        device=uuid4(),
    )
    shown.headers["Permissions-Policy"] = CAMERA
    return secret(shown)


def _since(event: events.EventView, parts: list[timetable.PartView]) -> datetime:
    """When the day at this door began; of an event that is over, its last."""
    spans = [(part.starts_at, part.ends_at) for part in parts]
    nights = rules.nights_of(event.starts_at, event.ends_at, spans)
    return rules.day_began(min(clock.now(), event.ends_at), nights)


async def _guests(
    event_id: int, given: Mapping[str, str], part_id: int | None, since: datetime
) -> list[queries.Guest]:
    """By name; or, with `?missing`, who is expected and not in."""
    if "missing" in given:
        return await queries.missing(event_id, part_id, since=since)
    return await queries.found(event_id, given.get("q", "")[:80], part_id, since=since)


async def receive(
    request: AnyRequest, actor: Actor, event: events.EventView, base: str
) -> Response[Any]:
    """One scan: back to the desk with what came of it, or as JSON for the script."""
    form = await sent(request)
    given = {name: str(value)[:200] for name, value in form.items()}
    asked = _asked(given)
    wants_json = "application/json" in request.headers.get("accept", "")
    if not asked.code and asked.registration_id is None:
        return _to(base, given, q="")
    if asked.registration_id is None and codes.is_name(asked.code):
        return _to(base, given, q=given["code"])
    done = await in_person.scan(actor, event.id, asked, now=clock.now())
    if wants_json:
        return Response(told(done, language_of(request)))
    return _to(base, given, scan=str(done.id))


def told(scan: ScanView, said: str) -> dict[str, Any]:
    """What came of a scan, for programs: the reason by its name and in words."""
    words = language.text(said, f"attendance.result.{scan.outcome}", name=scan.name)
    return {**asdict(scan), "is_ok": scan.is_ok, "words": words}


def _to(base: str, given: dict[str, str], **more: str) -> Response[Any]:
    kept = {name: given.get(name, "") for name in ("part", "direction")}
    query = urlencode({k: v for k, v in {**kept, **more}.items() if v})
    return see_other(f"{base}?{query}" if query else base)


def _asked(given: dict[str, str]) -> Asked:
    return Asked(
        device=mark(given.get("device", "")),
        nonce=mark(given.get("nonce", "")),
        code=given.get("code", "").strip(),
        registration_id=whole(given.get("registration", "")),
        part_id=whole(given.get("part", "")),
        direction=_direction(given.get("direction", "")),
        at=_moment(given.get("at", "")),
        sent_at=_moment(given.get("sent", "")),
        in_person=bool(given.get("in_person")),
    )


def _part(text: str, parts: list[timetable.PartView]) -> int | None:
    return next((part.id for part in parts if str(part.id) == text), None)


def _direction(text: str) -> Direction:
    return Direction.out if text == Direction.out else Direction.in_


def mark(text: str) -> UUID:
    """The mark of a form, or a fresh one."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
