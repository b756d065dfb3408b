"""Checking a certificate, and one's own: by the link of a registration, or signed in."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server.certificates import paper, queries, rules
from server.errors import NotFound
from server.registrations import queries as registrations
from server.web.pages import page, secret, see_other
from server.web.visitor import require_signed_in

AnyRequest = Request[Any, Any, Any]
STATES = ("valid", "replaced", "revoked")


async def ask(request: AnyRequest) -> Response[Any]:
    """A form for the code; `?code=` leads to the answer."""
    typed = request.query_params.get("code", "")[:80]
    code = rules.read_code(typed)
    if code is not None:
        return see_other(f"/verify/{code}")
    return _page(request, typed=typed, state="unknown" if typed.strip() else "")


async def answer(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Valid, replaced, revoked or unknown: nothing else is told to anybody."""
    meant = rules.read_code(code[:80])
    state = await queries.state_of(meant or "")
    return _page(request, typed=rules.shown_code(meant) if meant else code[:80], state=state)


def _page(request: AnyRequest, *, typed: str, state: str) -> Response[Any]:
    return secret(page(request, "certificates/verify.html", typed=typed, state=state))


async def mine(request: AnyRequest) -> Response[Any]:
    """My certificates."""
    actor = require_signed_in(request)
    return page(
        request,
        "certificates/mine.html",
        certificates=await queries.of_person(actor.person_id or 0),
    )


async def my_paper(request: AnyRequest, certificate_id: FromPath[int]) -> Response[Any]:
    """One of mine. Raises NotFound for somebody else's, and for one that is no longer valid."""
    actor = require_signed_in(request)
    view = await queries.one(certificate_id)
    if view.holder_id != actor.person_id or not view.is_valid:
        raise NotFound
    return await download(view)


async def by_link(code: FromPath[str]) -> Response[Any]:
    """The certificate of a registration: whoever holds its link may fetch it."""
    view = await registrations.get(code)
    return await download(await queries.valid_one(view.event_id, view.person_id))


async def download(view: queries.CertificateView) -> Response[Any]:
    """The paper; made at once where the worker is not that far."""
    made = await queries.pdf(view.id)
    if made is None:
        made = await paper.certificate(await queries.printed(view.id))
    headers = {"Content-Disposition": f'attachment; filename="certificaat-{view.number}.pdf"'}
    return secret(Response(made, media_type="application/pdf", headers=headers))
