"""The board's lists of members: choose, look, keep the choice, take it along."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import StringField

from server import clock, language
from server.errors import Invalid
from server.knowledge import queries as knowledge
from server.rights import Area
from server.segments import queries, service
from server.segments.queries import Filters
from server.web.exports import Cell, csv_response, xlsx_response
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
Export = Callable[[str, Sequence[str], Sequence[Sequence[Cell]]], Response[Any]]
HERE = "/board/members"
SHOWN = 100
LONGEST_SEARCH = 100
COLUMNS = ("number", "name", "email", "type", "starts_on", "city", "province", "language")


class NameForm(Form):
    """What the choice is called."""

    name = StringField("segments.field.name", [required(), at_most(80)], filters=[stripped])


async def overview(request: AnyRequest) -> Response[Any]:
    """The members who fit, and the choices that have a name."""
    require_right(request, Area.people)
    return await _page(request, _filters(request), NameForm())


async def save(request: AnyRequest) -> Response[Any]:
    """Keep the choice of this page under a name."""
    actor, filters = require_right(request, Area.people, to_change=True), _filters(request)
    form = await NameForm.read(request)
    if form.validate():
        try:
            await service.save(actor, form.name.data, filters, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _page(request, filters, form)
    return see_other(address(filters), notice="segments.notice.saved")


async def remove(request: AnyRequest, segment_id: FromPath[int]) -> Response[Any]:
    """Forget a choice."""
    actor = require_right(request, Area.people, to_change=True)
    await service.remove(actor, segment_id)
    return see_other(HERE, notice="segments.notice.removed")


async def as_csv(request: AnyRequest) -> Response[Any]:
    """Exactly the people shown, as CSV."""
    return await _export(request, "csv", csv_response)


async def as_xlsx(request: AnyRequest) -> Response[Any]:
    """Exactly the people shown, as XLSX."""
    return await _export(request, "xlsx", xlsx_response)


async def _export(request: AnyRequest, kind: str, export: Export) -> Response[Any]:
    actor, filters = require_right(request, Area.people), _filters(request)
    require_fresh(request)
    said = language_of(request)
    provinces = await knowledge.labels("province", said)
    found = await queries.members(filters, clock.today())
    await service.note_export(actor, filters, kind, len(found))
    rows = [
        (
            *(one.number, one.name, one.email, one.type_name(said), one.starts_on, one.city),
            *(provinces.get(one.province, one.province), one.language),
        )
        for one in found
    ]
    header = [language.text(said, f"segments.column.{name}") for name in COLUMNS]
    stem = language.text(said, "segments.export.name")
    return export(f"{stem}-{clock.today().isoformat()}.{kind}", header, rows)


def address(filters: Filters, path: str = HERE) -> str:
    """The same choice as an address."""
    pairs = [("type", code) for code in filters.types]
    pairs += [("province", code) for code in filters.provinces]
    pairs += [("votes", "1")] if filters.votes else []
    pairs += [("q", filters.words)] if filters.words else []
    return path + (f"?{urlencode(pairs)}" if pairs else "")


def _filters(request: AnyRequest) -> Filters:
    params = request.query_params

    def codes(name: str) -> tuple[str, ...]:
        """As given: a code that there is not fits nobody, rather than everybody."""
        given = (code.replace("\x00", "") for code in params.getall(name, []))
        return tuple(dict.fromkeys(code for code in given if code))

    words = params.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    return Filters(codes("type"), codes("province"), "votes" in params, words)


async def _page(request: AnyRequest, filters: Filters, form: NameForm) -> Response[Any]:
    said, day = language_of(request), clock.today()
    names = await queries.types()
    return page(
        request,
        "segments/members.html",
        status=422 if form.problems else 200,
        form=form,
        filters=filters,
        members=await queries.members(filters, day, limit=SHOWN),
        number=await queries.count(filters, day),
        counts=await queries.counts(day),
        saved=await queries.saved(),
        types={code: en if said == "en" else nl for code, (nl, en) in names.items()},
        provinces=await knowledge.labels("province", said),
        address=address,
    )
