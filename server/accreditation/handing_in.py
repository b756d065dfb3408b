"""The list for a register, to paste: after a fresh second step, kept with its fingerprint."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.accreditation import board, queries, rules, service
from server.errors import NotFound
from server.web.exports import disposition
from server.web.pages import page, secret, see_other
from server.web.visitor import require_fresh

AnyRequest = Request[Any, Any, Any]


async def export(
    request: AnyRequest, slug: FromPath[str], accreditation_id: FromPath[int]
) -> Response[Any]:
    """Hand in the list as it is now."""
    event, actor = await board.handled(request, slug)
    view = await board.of(event, accreditation_id)
    require_fresh(request)
    made = await service.export(actor, view.id, now=clock.now())
    return see_other(f"{board.path(event)}/{view.id}/exports/{made}")


async def one(
    request: AnyRequest,
    slug: FromPath[str],
    accreditation_id: FromPath[int],
    export_id: FromPath[int],
) -> Response[Any]:
    """What was handed in, and how it differs from what was before."""
    view, found, before = await _found(request, slug, accreditation_id, export_id)
    more, less = rules.difference(before.lines if before else [], found.lines)
    shown = page(
        request,
        "accreditation/export.html",
        accreditation=view,
        export=found,
        before=before,
        more=more,
        less=less,
    )
    return secret(shown)


async def as_text(
    request: AnyRequest,
    slug: FromPath[str],
    accreditation_id: FromPath[int],
    export_id: FromPath[int],
) -> Response[Any]:
    """The whole list as a file, a number on each line."""
    view, found, _ = await _found(request, slug, accreditation_id, export_id)
    name = f"{view.code}-{view.slug}-{found.id}.txt"
    headers = {"Content-Disposition": disposition(name)}
    body = "".join(f"{line}\r\n" for line in found.lines)
    return secret(Response(body, media_type="text/plain; charset=utf-8", headers=headers))


async def _found(
    request: AnyRequest, slug: str, accreditation_id: int, export_id: int
) -> tuple[queries.AccreditationView, queries.ExportView, queries.ExportView | None]:
    """An export and the one before it. Raises NotFound; asks for a fresh second step."""
    event, _ = await board.handled(request, slug)
    view = await board.of(event, accreditation_id)
    require_fresh(request)
    exports = await queries.exports(view.id)
    place = next((n for n, one in enumerate(exports) if one.id == export_id), None)
    if place is None:
        raise NotFound
    return view, exports[place], exports[place + 1] if place + 1 < len(exports) else None
