"""The library: what to read, by kind and audience, and how to cite it."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath

from server.errors import NotFound
from server.knowledge import formats, queries
from server.web.admin_kit.links import admin_row
from server.web.pages import page
from server.web.visitor import actor_of, language_of
from tables.knowledge import ResourceKind

AnyRequest = Request[Any, Any, Any]
FORMATS = {
    "bib": (formats.bibtex, "application/x-bibtex"),
    "ris": (formats.ris, "application/x-research-info-systems"),
    "json": (formats.csl, "application/vnd.citationstyles.csl+json"),
}


async def library(request: AnyRequest) -> Response[Any]:
    """Every resource; `?kind=`, `?audience=` and `?q=` narrow it."""
    said, actor = language_of(request), actor_of(request)
    is_member = actor.is_member or actor.is_board
    audiences = await queries.audiences(said, is_member=is_member)
    kind = _one_of([one.value for one in ResourceKind], request.query_params.get("kind", ""))
    audience = _one_of([*audiences], request.query_params.get("audience", ""))
    asked = request.query_params.get("q", "").replace("\x00", "").strip()[:100]
    found = await queries.resources(is_member=is_member, kind=kind, audience=audience, asked=asked)
    return page(
        request,
        "knowledge/library.html",
        groups=queries.by_kind(found),
        count=len(found),
        kinds=[one.value for one in ResourceKind],
        kind=kind,
        audiences=audiences,
        audience=audience,
        q=asked,
        address=address,
    )


def address(q: str, kind: str, audience: str) -> str:
    """The list narrowed in this way; only what narrows it stands in its address."""
    asked = {"kind": kind, "audience": audience, "q": q}
    given = {name: value for name, value in asked.items() if value}
    return "/library" + (f"?{urlencode(given)}" if given else "")


async def show(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """One resource, its citation, and the same for a reference manager."""
    resource = await _get(request, code)
    return page(
        request,
        "knowledge/resource.html",
        resource=resource,
        citation=resource.cite(language_of(request)),
        audiences=await queries.labels("audience", language_of(request)),
        formats=[*FORMATS],
        admin_row=admin_row("resource", resource.id, language_of(request)),
    )


async def exported(request: AnyRequest, code: FromPath[str], file: FromPath[str]) -> Response[str]:
    """One resource as a file for a reference manager: citation.bib, citation.ris …"""
    name, _, ending = file.partition(".")
    if name != "citation" or ending not in FORMATS:
        raise NotFound
    resource = await _get(request, code)
    write, media_type = FORMATS[ending]
    text = write(resource.code, resource.kind, resource.work, resource.place)
    named = {"Content-Disposition": f'attachment; filename="{resource.code}.{ending}"'}
    return Response(text, media_type=f"{media_type}; charset=utf-8", headers=named)


async def _get(request: AnyRequest, code: str) -> queries.ResourceView:
    actor = actor_of(request)
    return await queries.get(code, is_member=actor.is_member or actor.is_board)


def _one_of(known: list[str], asked: str) -> str:
    return asked if asked in known else ""
