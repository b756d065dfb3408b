"""The desk for people who are in the register twice."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.duplicates import finding, merging, moving, queries, sides, undoing
from server.errors import Invalid
from server.rights import Area, may_read
from server.web.forms import sent
from server.web.pages import page, see_other
from server.web.visitor import require_fresh, require_right

AnyRequest = Request[Any, Any, Any]
HERE = "/board/duplicates"
FIELD = "field-"


async def overview(request: AnyRequest) -> Response[Any]:
    """Pairs that wait for an eye, and what was merged of late."""
    require_right(request, Area.people, to_change=True)
    return page(
        request,
        "duplicates/list.html",
        pairs=await queries.open_pairs(),
        merges=await queries.merges(),
    )


async def look(request: AnyRequest) -> Response[Any]:
    """Look through the register now instead of tonight."""
    require_right(request, Area.people, to_change=True)
    await finding.look(clock.now())
    return see_other(HERE, notice="duplicates.notice.looked")


async def name_pair(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Somebody of the board knows that two are one."""
    actor = require_right(request, Area.people, to_change=True)
    other = str((await sent(request)).get("other") or "")[:254]
    try:
        pair_id = await finding.name_pair(actor, person_id, other, now=clock.now())
    except Invalid:
        return see_other(f"/board/people/{person_id}", notice="duplicates.notice.nobody")
    return see_other(f"{HERE}/{pair_id}")


async def one(request: AnyRequest, pair_id: FromPath[int]) -> Response[Any]:
    """Two people beside each other."""
    require_right(request, Area.people, to_change=True)
    return await _page(request, await queries.pair(pair_id))


async def _page(request: AnyRequest, pair: queries.Pair, *, fault: str = "") -> Response[Any]:
    first, second = await queries.side(pair.first_id), await queries.side(pair.second_id)
    roles = require_right(request, Area.people).roles
    tables = [t for t in sorted({*first.counts, *second.counts}) if may_read(roles, t, "id")]
    return page(
        request,
        "duplicates/one.html",
        status=422 if fault else 200,
        fault=fault,
        pair=pair,
        sides=(first, second),
        fields=queries.FIELDS,
        field_name=FIELD,
        tables=tables,
    )


async def dismiss(request: AnyRequest, pair_id: FromPath[int]) -> Response[Any]:
    """These are two people."""
    actor = require_right(request, Area.people, to_change=True)
    await finding.dismiss(actor, pair_id, now=clock.now())
    return see_other(HERE, notice="duplicates.notice.dismissed")


async def merge(request: AnyRequest, pair_id: FromPath[int]) -> Response[Any]:
    """Make one of two, with the fields that were chosen."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    pair, given = await queries.pair(pair_id), await sent(request)
    both = {str(pair.first_id): pair.second_id, str(pair.second_id): pair.first_id}
    kept = str(given.get("kept") or "")
    if kept not in both:
        return await _page(request, pair, fault="duplicates.wrong.kept")
    chosen = {
        field: sides.KEPT if value == kept else sides.ABSORBED
        for field in queries.FIELDS
        if (value := str(given.get(f"{FIELD}{field}") or "")) in both
    }
    merged = await merging.merge(actor, int(kept), both[kept], chosen, now=clock.now())
    notice = "duplicates.notice.merged_partly" if merged.stayed else "duplicates.notice.merged"
    return see_other(f"/board/merges/{merged.id}", notice=notice)


async def merged(request: AnyRequest, merge_id: FromPath[int]) -> Response[Any]:
    """What was merged, and the way back."""
    require_right(request, Area.people, to_change=True)
    found = await queries.merge(merge_id)
    return page(
        request,
        "duplicates/merged.html",
        merge=found,
        stayed={
            table: count
            for table, count in (await queries.side(found.absorbed_id)).counts.items()
            if table not in moving.STAYS
        },
    )


async def undo(request: AnyRequest, merge_id: FromPath[int]) -> Response[Any]:
    """Two again."""
    actor = require_right(request, Area.people, to_change=True)
    require_fresh(request)
    left = await undoing.undo(actor, merge_id, now=clock.now())
    notice = "undone_partly" if left else "undone"
    if sides.ADDRESS in left:
        notice = "undone_without_address"
    return see_other(HERE, notice=f"duplicates.notice.{notice}")
