"""The board's side: on what terms each class registers, and invitation codes."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import IntegerField, RadioField, StringField

from server import clock, language
from server.admission import codes, terms
from server.errors import Invalid
from server.events.board import managed
from server.events.queries import EventView
from server.events.terms import Terms
from server.web import links
from server.web.forms import Form, at_most, optional, required, stripped
from server.web.moments import MomentField
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.registrations import TicketClass

AnyRequest = Request[Any, Any, Any]
CLASSES = tuple(one.value for one in TicketClass)
COLUMNS = ("price", "opens_at", "closes_at")


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in CLASSES:
        price = StringField(
            "admission.field.price", [at_most(12)], filters=[stripped],
            render_kw={"inputmode": "decimal"},
        )  # fmt: skip
        found[f"{name}_price"] = price
        for moment in ("opens_at", "closes_at"):
            found[f"{name}_{moment}"] = MomentField(f"admission.field.{moment}", [optional()])
    return found


TermsForm: Any = type("TermsForm", (Form,), {"__doc__": "The terms of each class.", **_fields()})


class CodeForm(Form):
    """One more invitation code."""

    label = StringField(
        "admission.field.label",
        [required(), at_most(80)],
        filters=[stripped],
        description="admission.hint.label",
    )
    ticket_class = RadioField("admission.field.class", [required("errors.field.choice")])
    uses = IntegerField("admission.field.uses", [optional()], description="admission.hint.uses")
    expires_at = MomentField("admission.field.expires_at", [optional()])


async def ask_terms(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The terms as they are."""
    event = await managed(request, slug)
    shown: dict[str, object] = {}
    for one in event.terms:
        shown[f"{one.ticket_class}_price"] = _euros(one.price_cents, language_of(request))
        shown[f"{one.ticket_class}_opens_at"] = one.opens_at
        shown[f"{one.ticket_class}_closes_at"] = one.closes_at
    return _terms_page(request, event, TermsForm(data=shown))


async def set_terms(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Save the terms of every class."""
    event = await managed(request, slug)
    form = await TermsForm.read(request)
    if form.validate():
        try:
            asked = [_asked(form, name) for name in CLASSES]
            await terms.set_all(require_signed_in(request), event.id, asked, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(f"/board/events/{slug}", notice="admission.notice.terms")
    return _terms_page(request, event, form)


def _asked(form: Any, name: str) -> Terms:
    return Terms(
        name,
        form[f"{name}_opens_at"].data,
        form[f"{name}_closes_at"].data,
        _cents(form[f"{name}_price"].data or "", f"{name}_price"),
    )


def _cents(typed: str, field: str) -> int:
    """`25`, `25,00`, `€ 25.50` in cents; nothing is nothing. Raises Invalid."""
    said = typed.replace("€", "").replace(" ", "").replace("\xa0", "").replace(",", ".") or "0"
    whole, _, rest = said.partition(".")
    digits = whole.isascii() and whole.isdigit() and len(whole) <= 6
    if not digits or (rest and not (rest.isascii() and rest.isdigit() and len(rest) <= 2)):
        raise Invalid(**{field: "admission.field.price.wrong"})
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)


def _euros(cents: int, said: str) -> str:
    return f"{cents / 100:.2f}".replace(".", "," if said == "nl" else ".") if cents else ""


def _terms_page(request: AnyRequest, event: EventView, form: Any) -> Response[Any]:
    return page(
        request,
        "admission/terms.html",
        status=422 if form.errors else 200,
        event=event,
        form=form,
        classes=CLASSES,
        columns=COLUMNS,
    )


async def codes_page(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The invitation codes of an event, and a form for one more."""
    event = await managed(request, slug)
    return await _codes(request, event, CodeForm(data={"ticket_class": "other"}))


async def make_code(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One more code."""
    event = await managed(request, slug)
    form: Any = await CodeForm.read(request)
    _choices(form, language_of(request))
    if form.validate():
        try:
            await codes.make(require_signed_in(request), event.id, form.data, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(f"/board/events/{slug}/codes", notice="admission.notice.code")
    return await _codes(request, event, form)


async def revoke_code(
    request: AnyRequest, slug: FromPath[str], code_id: FromPath[int]
) -> Response[Any]:
    """Let nobody more in with a code."""
    event = await managed(request, slug)
    await codes.revoke(require_signed_in(request), event.id, code_id, now=clock.now())
    return see_other(f"/board/events/{slug}/codes", notice="admission.notice.revoked")


def _choices(form: CodeForm, said: str) -> None:
    form.ticket_class.choices = [
        (name, language.text(said, f"admission.class.{name}")) for name in reversed(CLASSES)
    ]


async def _codes(request: AnyRequest, event: EventView, form: CodeForm) -> Response[Any]:
    _choices(form, language_of(request))
    return page(
        request,
        "admission/codes.html",
        status=422 if form.errors else 200,
        event=event,
        form=form,
        codes=await codes.of_event(event.id),
        link=links.absolute(f"/events/{event.slug}/registration?code="),
    )
