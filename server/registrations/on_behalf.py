"""Who manages an event registers somebody else: by name and address, also once it is closed."""

from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from server import clock
from server.events.board import managed
from server.events.queries import EventView
from server.people import service as people
from server.registrations import service, sorts
from server.registrations.register_form import NamedForm, blame_clash, offer
from server.registrations.wishes import RegistrationForm
from server.web.forms import required
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


class OnBehalfForm(NamedForm):
    """What a stranger is asked, and in which language we write to them."""

    language = RadioField(
        "people.field.language",
        [required()],
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        default="nl",
    )


async def ask(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The form."""
    event = await managed(request, slug)
    return await _page(request, event, OnBehalfForm(data={"key": str(uuid4()), "language": "nl"}))


async def register(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Register them: with no place free they wait like everybody, and hear so by mail."""
    event, now = await managed(request, slug), clock.now()
    asked: Any = await OnBehalfForm.read(request)
    units = await sorts.of_event(event.id, now=now)
    offer(asked, units, language_of(request))
    if not asked.validate() or not blame_clash(asked, units):
        return await _page(request, event, asked)
    actor = require_signed_in(request)
    person_id = await people.find_or_create_contact(
        actor, name=asked.name.data, email=asked.email.data, language=asked.language.data, now=now
    )
    wish = RegistrationForm(
        unit_id=asked.unit_id.data or None,
        extra_ids=tuple(asked.extra_ids.data or ()),
        remark=asked.remark.data or "",
        idempotency_key=_key(asked.key.data),
    )
    view = await service.register_for(actor, event.id, person_id, wish=wish, now=now)
    done = f"registrations.notice.for_{view.state}"
    return see_other(f"/board/events/{event.slug}", notice=done)


def _key(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


async def _page(request: AnyRequest, event: EventView, asked: Any) -> Response[Any]:
    units = await sorts.of_event(event.id, now=clock.now())
    offer(asked, units, language_of(request))
    if asked.unit_id.data is None and asked.unit_id.choices:
        asked.unit_id.data = asked.unit_id.choices[0][0]
    status = 422 if asked.errors else 200
    return page(request, "registrations/on_behalf.html", status=status, event=event, form=asked)
