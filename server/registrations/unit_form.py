"""One more sort of places at an event: seats, online, a workshop or lunch, with their number."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, SelectField, StringField

from server import language
from server.errors import Invalid
from server.events import service as events
from server.events.board import managed
from server.events.queries import EventView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in
from tables.registrations import UnitKind

AnyRequest = Request[Any, Any, Any]
LONGEST_NUMBER = 6


class UnitForm(Form):
    """What sort, how it is called, and how many; nothing typed is no maximum."""

    kind = SelectField("registrations.unit.kind", [required("errors.field.choice")])
    name_nl = StringField("registrations.unit.name_nl", [required(), at_most(80)], [stripped])
    name_en = StringField("registrations.unit.name_en", [at_most(80)], [stripped])
    capacity = StringField(
        "registrations.unit.capacity", [at_most(LONGEST_NUMBER)], [stripped],
        description="registrations.unit.no_maximum", render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    allows_overlap = BooleanField("registrations.unit.allows_overlap")

    def offer(self, said: str) -> None:
        """The sorts in the reader's words."""
        self.kind.choices = [
            (one.value, language.text(said, f"admin.choice.UnitKind.{one.value}"))
            for one in UnitKind
        ]

    @property
    def values(self) -> dict[str, Any]:
        """As the service takes them. Raises Invalid on `capacity`."""
        typed = str(self.capacity.data or "")
        if typed and not (typed.isascii() and typed.isdigit()):
            raise Invalid(capacity="registrations.field.capacity_wrong")
        return {
            "kind": self.kind.data,
            "name_nl": self.name_nl.data,
            "name_en": self.name_en.data or "",
            "capacity": int(typed) if typed else None,
            "allows_overlap": bool(self.allows_overlap.data),
        }


async def ask(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The empty form."""
    event = await managed(request, slug)
    return _form_page(request, event, UnitForm(data={"kind": UnitKind.seat}))


async def add(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Offer these places from now on."""
    event = await managed(request, slug)
    form = await UnitForm.read(request)
    form.offer(language_of(request))
    if form.validate():
        try:
            await events.add_unit(require_signed_in(request), event.id, form.values)
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(f"/board/events/{slug}", notice="registrations.notice.places_added")
    return _form_page(request, event, form, status=422)


def _form_page(
    request: AnyRequest, event: EventView, form: UnitForm, *, status: int = 200
) -> Response[Any]:
    form.offer(language_of(request))
    return page(request, "registrations/unit_form.html", status=status, event=event, form=form)
