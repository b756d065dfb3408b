"""The board at the door: the desk, who walks in, links for helpers, and the sheet to sign."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import EmailField, HiddenField, RadioField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from server import clock
from server.actors import Actor
from server.attendance import desk, helpers, queries, service, walking_in
from server.attendance.walking_in import WalkIn
from server.errors import Invalid
from server.events import queries as events
from server.people import rules as people_rules
from server.registrations import sorts
from server.registrations.refusals import Full
from server.web import links
from server.web.forms import Form, at_most, optional, required, sent, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of, require_signed_in
from tables.registrations import UnitKind

AnyRequest = Request[Any, Any, Any]


class HelperForm(Form):
    """Who helps."""

    label = StringField(
        "attendance.field.label", [required(), at_most(helpers.LONGEST)], filters=[stripped]
    )


class WalkInForm(Form):
    """Somebody at the door without a place."""

    name = StringField(
        "attendance.field.walk_in.name", [required(), at_most(120)], filters=[stripped]
    )
    email = EmailField(
        "attendance.field.walk_in.email",
        [required("errors.field.email"), at_most(254)],
        description="attendance.hint.walk_in_email",
        filters=[stripped],
    )
    language = RadioField(
        "attendance.field.walk_in.language",
        [required()],
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        default="nl",
    )
    unit_id = RadioField("registrations.field.unit", [optional()], coerce=int, choices=[])
    reason = StringField(
        "attendance.field.walk_in",
        [at_most(200)],
        description="attendance.hint.walk_in",
        filters=[stripped],
    )
    key = HiddenField()

    def validate_email(self, field: Any) -> None:
        """One address, nothing else."""
        if not people_rules.valid_email(field.data):
            raise ValidationError("errors.field.email")


async def show(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The desk."""
    event, actor = await _at_the_desk(request, slug)
    manages = await helpers.may_give(actor, event.id)
    return await desk.show(request, event, _base(event), manages=manages)


async def scan(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One scan."""
    event, actor = await _at_the_desk(request, slug)
    return await desk.receive(request, actor, event, _base(event))


async def undo(request: AnyRequest, slug: FromPath[str], scan_id: FromPath[int]) -> Response[Any]:
    """Take a scan back."""
    event, actor = await _at_the_desk(request, slug)
    await service.undo(actor, scan_id, event_id=event.id, now=clock.now())
    return see_other(_base(event), notice="attendance.notice.undone")


async def asked_walk_in(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The form for somebody without a place."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    return await _walk_in(request, event, WalkInForm(data={"key": str(uuid4()), "language": "nl"}))


async def walk_in(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Give them a place and let them in."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    asked: Any = await WalkInForm.read(request)
    await _offer(asked, event, language_of(request))
    if not asked.validate():
        return await _walk_in(request, event, asked)
    try:
        done = await walking_in.walk_in(actor, event.id, _walker(asked), now=clock.now())
    except Full:
        asked.blame(Invalid(reason="attendance.field.walk_in.full"))
        return await _walk_in(request, event, asked)
    return see_other(f"{_base(event)}?scan={done.id}")


async def admit(
    request: AnyRequest, slug: FromPath[str], registration_id: FromPath[int]
) -> Response[Any]:
    """Give somebody who waits a place and let them in."""
    event, actor = await _at_the_desk(request, slug)
    key = desk.mark((await sent(request)).get("nonce", ""))
    done = await walking_in.admit(actor, event.id, registration_id, key=key, now=clock.now())
    return see_other(f"{_base(event)}?scan={done.id}")


def _walker(asked: Any) -> WalkIn:
    return WalkIn(
        key=desk.mark(asked.key.data or ""),
        name=asked.name.data,
        email=asked.email.data,
        language=asked.language.data,
        unit_id=asked.unit_id.data or None,
        reason=asked.reason.data or "",
    )


async def _offer(asked: Any, event: events.EventView, said: str) -> list[sorts.Unit]:
    seats = [one for one in await sorts.of_event(event.id, now=clock.now()) if one.is_seat]
    units = [one for one in seats if one.kind == UnitKind.seat] or seats
    asked.unit_id.choices = [SelectChoice(one.id, one.name(said)) for one in units]
    if asked.unit_id.data is None and units:
        asked.unit_id.data = units[0].id
    return units


async def _walk_in(request: AnyRequest, event: events.EventView, asked: Any) -> Response[Any]:
    units = await _offer(asked, event, language_of(request))
    status = 422 if asked.errors else 200
    return page(
        request, "attendance/walk_in.html", status=status, event=event, form=asked, units=units
    )


async def sheet(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The sheet to sign, for paper."""
    event, _ = await _at_the_desk(request, slug)
    return page(
        request, "attendance/sheet.html", event=event, guests=await queries.expected(event.id)
    )


async def helping(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The links that work now, and a form for one more."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    return await _helping(request, event, HelperForm())


async def give(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more link, shown once."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.require(actor, event.id)
    asked = await HelperForm.read(request)
    if not asked.validate():
        return await _helping(request, event, asked)
    try:
        token = await helpers.give(actor, event.id, asked.label.data, now=clock.now())
    except Invalid as invalid:
        asked.blame(invalid)
        return await _helping(request, event, asked)
    address = links.absolute(f"/check-in/{token}")
    return await _helping(request, event, HelperForm(), address=address)


async def revoke(request: AnyRequest, slug: FromPath[str], link_id: FromPath[int]) -> Response[Any]:
    """End a link."""
    event, actor = await _at_the_desk(request, slug)
    await helpers.revoke(actor, link_id, now=clock.now())
    return see_other(f"{_base(event)}/helpers", notice="attendance.notice.revoked")


async def _helping(
    request: AnyRequest, event: events.EventView, asked: HelperForm, *, address: str = ""
) -> Response[Any]:
    shown = page(
        request,
        "attendance/helpers.html",
        status=422 if asked.errors else 200,
        event=event,
        links=await helpers.open_ones(event.id, now=clock.now()),
        form=asked,
        address=address,
    )
    return secret(shown)


async def _at_the_desk(request: AnyRequest, slug: str) -> tuple[events.EventView, Actor]:
    """The event and who is at its desk; for anybody else there is none."""
    actor = require_signed_in(request)
    event = await events.get(actor, slug, now=clock.now())
    await service.require_desk(actor, event.id)
    return event, actor


def _base(event: events.EventView) -> str:
    return f"/board/events/{event.slug}/check-in"
