"""Making, changing and copying events without the admin."""

import hashlib
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.actors import Actor
from server.database import execute
from server.errors import Invalid, NotFound
from server.events import board as managing
from server.events import queries as events
from server.events import room_notes, rules
from server.events import service as making
from server.events.states import EVENT
from server.registrations import copying, organising
from server.registrations.event_form import EventForm, fill_choices, shown, values
from server.registrations.steps import NOUNS
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.forms import Form, required
from server.web.moments import MomentField
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class CopyForm(Form):
    """When it is held again."""

    starts_at = MomentField("events.field.starts_at", [required("errors.field.date")])


async def overview(request: AnyRequest) -> Response[Any]:
    """Every event that the reader manages, the last one first; `?before=` turns the page."""
    actor = _organiser(request)
    mark = rules.mark_in(request.query_params.get("before", ""))
    found = await events.managed(actor, now=clock.now(), before=mark)
    further = str(events.next_mark(found) or "")
    return page(request, "registrations/events.html", events=found, further=further)


async def new(request: AnyRequest) -> Response[Any]:
    """A form for one more event."""
    _organiser(request)
    return await _form_page(request, EventForm())


async def create(request: AnyRequest) -> Response[Any]:
    """Make a draft."""
    actor = _organiser(request)
    form = await _read(request)
    if form.validate():
        try:
            asked = values(form)
            _require_own_group(actor, asked)
            made = await making.create(actor, asked, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            notice = "events.notice.made"
            return see_other(f"/board/events/{await _slug(made)}/settings", notice=notice)
    return await _form_page(request, form)


async def settings(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One event as a form, with the steps it can take."""
    event = await managing.managed(request, slug)
    return await _form_page(request, EventForm(data=shown(await _row(event.id))), event)


async def change(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Save one event; what would be told to people is shown first."""
    event, now = await managing.managed(request, slug), clock.now()
    actor, row = require_signed_in(request), await _row(event.id)
    form = await _read(request)
    told: organising.Preview | None = None
    if form.validate():
        try:
            asked = values(form, row)
            _require_own_group(actor, asked)
            _require_newest(form, row)
            told = await organising.preview(event.id, asked, language_of(request), now=now)
            if not told.says_something or form.told.data == _mark(told):
                await organising.change_event(
                    actor, event.id, asked, expected_revision=row["revision"], now=now
                )
                how = "_and_told" if told.people else "_late" if told.outruns_calendars else ""
                return see_other(
                    f"/board/events/{slug}/settings", notice=f"events.notice.saved{how}"
                )
        except Invalid as invalid:
            form.blame(invalid)
    return await _form_page(request, form, event, told)


async def asked_copy(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """On which day it is held again."""
    return _copy_page(request, await managing.managed(request, slug), CopyForm())


async def copy(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Make a draft of the same plan on another day."""
    event = await managing.managed(request, slug)
    form: Any = await CopyForm.read(request)
    if form.validate():
        begins: datetime = form.starts_at.data
        try:
            made = await copying.copy(require_signed_in(request), event.id, begins, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            notice = "events.notice.copied"
            return see_other(f"/board/events/{await _slug(made)}/settings", notice=notice)
    return _copy_page(request, event, form)


def _organiser(request: AnyRequest) -> Actor:
    """Who may make events: an office that changes them, or a chair. Raises NotFound."""
    actor = require_signed_in(request)
    if not actor.changes(Area.events) and not actor.chairs:
        raise NotFound
    return actor


def _require_own_group(actor: Actor, asked: dict[str, Any]) -> None:
    if not actor.manages(asked["group"], Area.events):
        raise Invalid(group="errors.field.choice")


def _require_newest(form: EventForm, row: dict[str, Any]) -> None:
    """Who looked at an older version keeps what they typed, and saves over it knowingly."""
    if form.revision.data != str(row["revision"]):
        form.revision.data = str(row["revision"])
        raise Invalid(title="events.invalid.stale")


def _mark(told: organising.Preview) -> str:
    """What the board saw: with other lines, or other people, it looks again."""
    seen = "\n".join([*told.lines, *told.along, str(told.people)])
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


async def _read(request: AnyRequest) -> EventForm:
    form = await EventForm.read(request)
    await fill_choices(form, require_signed_in(request), language_of(request))
    return form


async def _row(event_id: int) -> dict[str, Any]:
    return (await execute("SELECT * FROM event WHERE id = $1", event_id))[0]


async def _slug(event_id: int) -> str:
    return str((await _row(event_id))["slug"])


async def _form_page(
    request: AnyRequest,
    form: EventForm,
    event: events.EventView | None = None,
    told: organising.Preview | None = None,
) -> Response[Any]:
    await fill_choices(form, require_signed_in(request), language_of(request))
    if told:
        form.told.data = _mark(told)
    possible = EVENT.allowed(event.state) if event else []
    said, actor = language_of(request), require_signed_in(request)
    return page(
        request,
        "registrations/event_form.html",
        status=422 if form.errors else 200,
        form=form,
        event=event,
        **(await room_notes.of_event(event.id, said, actor) if event else room_notes.NONE),
        told=told if told and told.says_something else None,
        steps=[(noun, action) for noun, action in NOUNS.items() if action in possible],
        admin_row=admin_row("event", event.id) if event else "",
    )


def _copy_page(request: AnyRequest, event: events.EventView, form: CopyForm) -> Response[Any]:
    status = 422 if form.errors else 200
    return page(request, "registrations/copy.html", status=status, event=event, form=form)
