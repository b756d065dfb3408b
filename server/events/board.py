"""The board's side of an event: its timetable."""

from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import HiddenField, SelectField, StringField

from server import clock, language
from server.errors import Invalid, NotFound
from server.events import queries, room_notes, rooms, timetable
from server.hours import Unclear
from server.rights import Area
from server.web.forms import Form, at_most, required, stripped
from server.web.moments import HourField
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.events import PartKind

AnyRequest = Request[Any, Any, Any]
DAYS_AT_MOST = 14


class PartForm(Form):
    """One part of the day. Days and kinds are filled when shown."""

    kind = SelectField("events.field.part_kind", [required("errors.field.choice")])
    title = StringField("events.field.title", [required(), at_most(200)], filters=[stripped])
    title_en = StringField("events.field.title_en", [at_most(200)], filters=[stripped])
    day = SelectField("events.field.day", [required("errors.field.choice")])
    starts = HourField("events.field.starts", [required()])
    ends = HourField("events.field.ends", [required()])
    booked_room = SelectField("events.field.booked_room", choices=[], default="")
    room = StringField(
        "events.field.room", [at_most(80)], filters=[stripped], description="events.hint.room"
    )
    room_reason = StringField(
        "events.field.room_reason",
        [at_most(300)],
        filters=[stripped],
        description="events.hint.room_reason",
    )
    unit = SelectField("events.field.part_unit", description="events.hint.part_unit")
    revision = HiddenField()


async def managed(request: AnyRequest, slug: str) -> queries.EventView:
    """The event, if the reader manages it; for anybody else it does not exist."""
    actor = require_signed_in(request)
    event = await queries.get(actor, slug, now=clock.now())
    if not actor.manages(event.group_id, Area.events):
        raise NotFound
    return event


async def programme(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The timetable, and a form for one more part."""
    event = await managed(request, slug)
    parts = await timetable.parts(event.id)
    begins = parts[-1].ends_at if parts else event.starts_at
    asked = PartForm(data={"day": clock.day_of(begins).isoformat(), "starts": begins})
    return await _programme(request, event, asked)


async def add_part(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more part."""
    event = await managed(request, slug)
    asked = await _read(request, event)
    if not asked.validate():
        return await _programme(request, event, asked)
    try:
        await timetable.add(require_signed_in(request), event.id, _values(asked), now=clock.now())
    except Invalid as invalid:
        _blame(asked, invalid)
        return await _programme(request, event, asked)
    return see_other(_path(event), notice="events.notice.part_added")


async def one_part(
    request: AnyRequest, slug: FromPath[str], part_id: FromPath[int]
) -> Response[Any]:
    """One part, to be changed."""
    event = await managed(request, slug)
    part = await _part(event, part_id)
    asked = PartForm(
        data={
            **{"kind": part.kind, "title": part.title_nl, "title_en": part.title_en},
            **{"day": clock.day_of(part.starts_at).isoformat()},
            **{"starts": part.starts_at, "ends": part.ends_at},
            **{"booked_room": str(part.booked_room or ""), "room_reason": part.room_reason},
            "room": "" if part.booked_room else part.room,
            **{"revision": str(part.revision), "unit": str(part.unit_id or "")},
        }
    )
    return await _part_page(request, event, part, asked)


async def change_part(
    request: AnyRequest, slug: FromPath[str], part_id: FromPath[int]
) -> Response[Any]:
    """Save one part."""
    event = await managed(request, slug)
    part = await _part(event, part_id)
    asked = await _read(request, event)
    if not asked.validate():
        return await _part_page(request, event, part, asked)
    given = asked.revision.data or ""
    revision = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else -1
    try:
        await timetable.change(
            require_signed_in(request),
            part_id,
            _values(asked),
            expected_revision=revision,
            now=clock.now(),
        )
    except Invalid as invalid:
        _blame(asked, invalid)
        return await _part_page(request, event, part, asked)
    return see_other(_path(event), notice="events.notice.part_saved")


async def remove_part(
    request: AnyRequest, slug: FromPath[str], part_id: FromPath[int]
) -> Response[Any]:
    """Take a part away."""
    event = await managed(request, slug)
    await _part(event, part_id)
    await timetable.remove(require_signed_in(request), part_id)
    return see_other(_path(event), notice="events.notice.part_removed")


def _path(event: queries.EventView) -> str:
    return f"/board/events/{event.slug}/programme"


async def _part(event: queries.EventView, part_id: int) -> timetable.PartView:
    for part in await timetable.parts(event.id):
        if part.id == part_id:
            return part
    raise NotFound


async def _read(request: AnyRequest, event: queries.EventView) -> PartForm:
    asked = await PartForm.read(request)
    await _choices(asked, event, language_of(request))
    return asked


async def _choices(asked: PartForm, event: queries.EventView, said: str) -> None:
    there = await rooms.of_event(event.id)
    first, last = (clock.day_of(moment) for moment in (event.starts_at, event.ends_at))
    days = [first + timedelta(days=n) for n in range(min((last - first).days + 1, DAYS_AT_MOST))]
    asked.day.choices = [(day.isoformat(), language.day(day, said)) for day in days]
    asked.booked_room.choices = [("", "–")] + [(str(one.id), one.name) for one in there]
    asked.kind.choices = [
        (one.value, language.text(said, f"events.part.{one}")) for one in PartKind
    ]
    units = await timetable.units(event.id, said)
    asked.unit.choices = [("", language.text(said, "events.part_unit.all")), *units]
    asked.unit.data = asked.unit.data or ""
    for hour in (asked.starts, asked.ends):
        hour.day = next((day for day in days if day.isoformat() == asked.day.data), None)


def _values(asked: PartForm) -> dict[str, Any]:
    return {
        **{"kind": asked.kind.data, "title": asked.title.data, "title_en": asked.title_en.data},
        **_moments(asked),
        **{"room": asked.room.data, "room_reason": asked.room_reason.data},
        "booked_room": int(asked.booked_room.data) if asked.booked_room.data else None,
        "unit": int(asked.unit.data) if asked.unit.data else None,
    }


def _moments(asked: PartForm) -> dict[str, datetime]:
    """Beginning and end on the day that was chosen. Raises Invalid, with every problem."""
    day, found, unclear = date.fromisoformat(asked.day.data), {}, {}
    for name, field in (("starts_at", asked.starts), ("ends_at", asked.ends)):
        try:
            found[name] = field.moment(day)
        except Unclear as one:
            unclear[name] = one.sentence
    if unclear:
        raise Invalid(**unclear)
    return found


def _blame(asked: PartForm, invalid: Invalid) -> None:
    names = {"starts_at": "starts", "ends_at": "ends"}
    asked.blame(Invalid(**{names.get(name, name): key for name, key in invalid.fields.items()}))


async def _programme(
    request: AnyRequest, event: queries.EventView, asked: PartForm
) -> Response[Any]:
    await _choices(asked, event, language_of(request))
    return page(
        request,
        "events/programme.html",
        status=422 if asked.errors else 200,
        event=event,
        parts=await timetable.parts(event.id),
        **await room_notes.of_event(event.id, language_of(request), require_signed_in(request)),
        form=asked,
    )


async def _part_page(
    request: AnyRequest, event: queries.EventView, part: timetable.PartView, asked: PartForm
) -> Response[Any]:
    await _choices(asked, event, language_of(request))
    status = 422 if asked.errors else 200
    return page(request, "events/part.html", status=status, event=event, part=part, form=asked)
