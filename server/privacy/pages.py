"""One's own data: what it is, as JSON, on paper; and the processing register for everybody."""

from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.serialization import encode_json
from wtforms import TextAreaField

from server import clock
from server.actors import Actor
from server.people import service as people
from server.privacy import asking, handing, paper, register
from server.web.forms import Form, at_most, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_signed_in

AnyRequest = Request[Any, Any, Any]


class ErasureForm(Form):
    """Somebody asks to be erased; a reason is not needed."""

    reason = TextAreaField(
        "privacy.field.reason", [at_most(asking.LONGEST)], filters=[stripped], render_kw={"rows": 3}
    )


async def processing(request: AnyRequest) -> Response[Any]:
    """What we keep of whom, why, on what ground and how long (AVG art. 30)."""
    found = {purpose: register.entries(purpose) for purpose in register.PURPOSES}
    return page(
        request,
        "privacy/register.html",
        purposes={purpose: entries for purpose, entries in found.items() if entries},
    )


async def mine(request: AnyRequest) -> Response[Any]:
    """What we hold of me, and what I can do about it."""
    actor = require_signed_in(request)
    return await _page(request, actor, ErasureForm())


async def my_json(request: AnyRequest) -> Response[Any]:
    """All of it, for programs (AVG art. 20)."""
    actor = require_fresh(request)
    return await as_json(actor, actor.person_id or 0, now=clock.now())


async def my_pdf(request: AnyRequest) -> Response[Any]:
    """All of it, to read (AVG art. 15)."""
    actor = require_fresh(request)
    person_id, said = actor.person_id or 0, language_of(request)
    return await as_pdf(actor, person_id, actor.name, said=said, now=clock.now())


async def ask_erasure(request: AnyRequest) -> Response[Any]:
    """Ask to be erased."""
    actor = require_signed_in(request)
    form = await ErasureForm.read(request)
    if not form.validate():
        return await _page(request, actor, form)
    await asking.ask(actor, form.reason.data, now=clock.now())
    return see_other("/me/data", notice="privacy.notice.asked")


async def withdraw(request: AnyRequest) -> Response[Any]:
    """Take the question back."""
    await asking.withdraw(require_signed_in(request), now=clock.now())
    return see_other("/me/data", notice="privacy.notice.withdrawn")


async def _page(request: AnyRequest, actor: Actor, form: ErasureForm) -> Response[Any]:
    person_id = actor.person_id or 0
    return page(
        request,
        "privacy/mine.html",
        status=422 if form.errors else 200,
        counts=await register.counts(await people.family(person_id)),
        asked=await asking.newest(person_id),
        form=form,
    )


async def as_json(actor: Actor, person_id: int, *, now: datetime) -> Response[bytes]:
    """A download of everything, on record."""
    held = await handing.hand_out(actor, person_id)
    body = encode_json({"made_at": now, "person": person_id, "data": held})
    return _file(body, "application/json", f"data-{person_id}.json")


async def as_pdf(
    actor: Actor, person_id: int, name: str, *, said: str, now: datetime
) -> Response[bytes]:
    """A download of everything on paper, on record."""
    held = await handing.hand_out(actor, person_id)
    body = await paper.pdf(name, held, said=said, now=now)
    return _file(body, "application/pdf", f"data-{person_id}.pdf")


def _file(body: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=media_type, headers=headers)
