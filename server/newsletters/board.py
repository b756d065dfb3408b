"""The board's lists: who receives them, who does not and why, and the way out as CSV and XLSX."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath

from server import clock, language
from server.actors import Actor
from server.newsletters import audience, queries, reasons, service
from server.newsletters.audience import PAGE_SIZE, Candidate, Exclusion, Filter
from server.newsletters.views import MailingList
from server.people.rules import email_key, valid_email
from server.rights import Area
from server.web.exports import Cell, download
from server.web.forms import whole
from server.web.pages import page
from server.web.visitor import language_of, require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
STATUSES = ("all", "receives", *Exclusion)
COLUMNS = ("email", "name", "language", "status", "asked_at", "confirmed_at", "ended_at")
SUPPRESSED_COLUMNS = ("email", "scope", "since")
LONGEST_SEARCH = 100
LONGEST_ADDRESS = 254


async def overview(request: AnyRequest) -> Response[Any]:
    """Every list with how many it reaches."""
    require_right(request, Area.newsletters)
    counts = await audience.counts(clock.today())
    rows = [
        {
            "list": one,
            "receives": counts.get(one.id, {}).get("", 0),
            "excluded": sum(n for reason, n in counts.get(one.id, {}).items() if reason),
        }
        for one in await queries.lists()
    ]
    return page(request, "newsletters/board_lists.html", rows=rows)


async def subscribers(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One list: search, status, pages by key."""
    require_right(request, Area.newsletters)
    one = await queries.get_list(slug)
    wanted = _filter(request)
    found = await audience.matching(
        one.id, clock.today(), wanted, after=_after(request), limit=PAGE_SIZE + 1
    )
    return page(
        request,
        "newsletters/board_list.html",
        list=one,
        rows=found[:PAGE_SIZE],
        older=_address(wanted, after=found[PAGE_SIZE - 1].key) if len(found) > PAGE_SIZE else "",
        newer=_address(wanted) if _after(request) else "",
        query=_address(wanted),
        wanted=wanted,
        statuses=STATUSES,
        counts=(await audience.counts(clock.today())).get(one.id, {}),
    )


async def why(request: AnyRequest) -> Response[Any]:
    """Why an address is mailed or not: each list, with the event that decided it."""
    require_right(request, Area.newsletters)
    asked = request.query_params.get("email", "").replace("\x00", "").strip()[:LONGEST_ADDRESS]
    found: list[reasons.Why] = []
    if asked and valid_email(asked):
        key = email_key(asked)
        people = await audience.person_of(key)
        found = await reasons.of_address(await queries.lists(), key, people, clock.today())
    return page(
        request,
        "newsletters/why.html",
        asked=asked,
        is_wrong=bool(asked) and not found,
        found=found,
    )


async def subscribers_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Exactly the people shown, as CSV."""
    return await _subscribers(request, slug, "csv")


async def subscribers_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Exactly the people shown, as XLSX."""
    return await _subscribers(request, slug, "xlsx")


async def suppressed_csv(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The addresses that said no, as CSV, to load beside the list."""
    return await _suppressed(request, slug, "csv")


async def suppressed_xlsx(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The addresses that said no, as XLSX, to load beside the list."""
    return await _suppressed(request, slug, "xlsx")


async def _subscribers(request: AnyRequest, slug: str, kind: str) -> Response[Any]:
    actor, one, said = await _to_take_out(request, slug)
    found = await audience.matching(one.id, clock.today(), _filter(request), limit=None)
    await service.note_export(actor, one.id, f"subscribers.{kind}", len(found))
    rows = [_row(candidate, said) for candidate in found]
    return download(f"{_stem(one)}.{kind}", _header(said, COLUMNS), rows)


async def _suppressed(request: AnyRequest, slug: str, kind: str) -> Response[Any]:
    actor, one, said = await _to_take_out(request, slug)
    found = await audience.suppressed(one.id)
    await service.note_export(actor, one.id, f"suppressed.{kind}", len(found))
    everything, this = (
        language.text(said, f"newsletters.scope.{scope}") for scope in ("everything", "list")
    )
    rows = [(row.address, everything if row.everything else this, row.since) for row in found]
    name = language.text(said, "newsletters.export.suppressed")
    return download(f"{_stem(one)}-{name}.{kind}", _header(said, SUPPRESSED_COLUMNS), rows)


async def _to_take_out(request: AnyRequest, slug: str) -> tuple[Actor, MailingList, str]:
    require_right(request, Area.newsletters)
    one = await queries.get_list(slug)
    return require_fresh(request), one, language_of(request)


def _row(candidate: Candidate, said: str) -> Sequence[Cell]:
    return (
        candidate.email,
        candidate.name,
        candidate.language,
        language.text(said, f"newsletters.status.{candidate.reason or 'receives'}"),
        candidate.asked_at,
        candidate.confirmed_at,
        candidate.ended_at,
    )


def _header(said: str, columns: Sequence[str]) -> list[str]:
    return [language.text(said, f"newsletters.column.{name}") for name in columns]


def _stem(one: MailingList) -> str:
    return f"{one.slug}-{clock.today().isoformat()}"


def _filter(request: AnyRequest) -> Filter:
    status = request.query_params.get("status", "all")
    search = request.query_params.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    return Filter(search=search, status=status if status in STATUSES else "all")


def _address(wanted: Filter, *, after: int | None = None) -> str:
    """The query of this page's own address, with what is searched for."""
    asked: dict[str, str | int] = {"q": wanted.search, "status": wanted.status}
    return "?" + urlencode(asked if after is None else {**asked, "after": after})


def _after(request: AnyRequest) -> int:
    return whole(request.query_params.get("after")) or 0
