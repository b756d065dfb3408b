"""Pages that change several events of a series: their plan, their steps, and their end."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.errors import Invalid, NotFound
from server.events import board as managing
from server.events.queries import EventView
from server.registrations.event_form import fill_choices, shown, values
from server.series import changing, forms, queries, rooms, stepping
from server.series.changing import Plan
from server.series.queries import SeriesView
from server.series.rules import Scope
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
Handler = Callable[..., Awaitable[Any]]
ACTIONS = {**stepping.NOUNS, stepping.ENDS: "end"}


async def asked_change(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One event as a form, with the question for which others it counts."""
    event = await _in_series(request, slug)
    data = shown(await queries.row_of(event.id)) | {"scope": Scope.following.value}
    return await _change_page(request, event, forms.ChangeForm(data=data))


async def change(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Show what would become of which events; once that was seen, save it."""
    event, now = await _in_series(request, slug), clock.now()
    actor, row = require_signed_in(request), await queries.row_of(event.id)
    form: Any = await forms.ChangeForm.read(request)
    await _fill(request, form)
    plan: Plan | None = None
    if form.validate():
        try:
            if form.revision.data != str(row["revision"]):
                form.revision.data = str(row["revision"])
                raise Invalid(title="events.invalid.stale")
            asked, scope = values(form, row), Scope(form.scope.data)
            plan = await changing.plan(
                *(actor, event.id, asked, scope, language_of(request)), now=now
            )
            if plan.has_trouble:
                raise Invalid(scope="series.invalid.some")
            if form.told.data == plan.mark:
                await changing.change(actor, plan, now=now)
                return see_other(f"/board/series/{plan.series_id}", notice="series.notice.changed")
        except Invalid as invalid:
            form.blame(invalid)
    return await _change_page(request, event, form, plan)


async def _change_page(
    request: AnyRequest, event: EventView, form: Any, plan: Plan | None = None
) -> Response[Any]:
    await _fill(request, form)
    form.told.data = plan.mark if plan else ""
    return page(
        request,
        "series/change.html",
        status=422 if form.errors else 200,
        event=event,
        form=form,
        plan=plan,
        taken=_said(request, {one.id: one.clashes for one in plan.moves} if plan else {}),
    )


def _said(request: AnyRequest, found: rooms.Clashes) -> dict[int, list[str]]:
    return rooms.words(found, language_of(request), require_signed_in(request))


async def _fill(request: AnyRequest, form: Any) -> None:
    await fill_choices(form, require_signed_in(request), language_of(request))
    forms.fill_scope(form, language_of(request))


async def _in_series(request: AnyRequest, slug: str) -> EventView:
    event = await managing.managed(request, slug)
    if event.series_id is None:
        raise NotFound
    return event


def asking(noun: str) -> Handler:
    """The page before a step: which events, and who would hear of it."""

    async def ask_step(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
        return await _step_page(request, await _series(request, series_id), noun)

    return ask_step


def taking(noun: str) -> Handler:
    """The step itself, from its page."""
    action = ACTIONS[noun]

    async def take_step(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
        series, actor = await _series(request, series_id), require_signed_in(request)
        form: Any = await forms.StepForm.read(request)
        slugs, reason, now = set(form.slugs.data or ()), form.reason.data or "", clock.now()
        if form.validate():
            try:
                if action == "end":
                    await stepping.end(actor, series.id, slugs, reason=reason, now=now)
                elif not slugs:
                    raise Invalid(slugs="series.invalid.none")
                else:
                    await stepping.take(actor, series.id, action, slugs, reason=reason, now=now)
            except Invalid as invalid:
                form.blame(invalid)
        if form.errors:
            return await _step_page(request, series, noun, form)
        return see_other(f"/board/series/{series.id}", notice=f"series.notice.{action}")

    return take_step


async def _step_page(
    request: AnyRequest, series: SeriesView, noun: str, form: Any = None
) -> Response[Any]:
    actor, now, action = require_signed_in(request), clock.now(), ACTIONS[noun]
    found = stepping.possible(actor, await queries.occurrences(series.id), action, now=now)
    is_told = action in ("cancel", "end")
    involved = await queries.involved([one.id for one in found]) if is_told else {}
    shows = action in ("announce", "publish")
    clashes = await rooms.of_events([one.id for one in found]) if shows else {}
    if form is None:
        form = forms.StepForm(data={"slugs": _from(request, found)})
    return page(
        request,
        "series/step.html",
        status=422 if form.errors else 200,
        series=series,
        noun=noun,
        action=action,
        found=found,
        involved=involved,
        taken=_said(request, clashes),
        people=len(set[int]().union(*involved.values())),
        form=form,
    )


def _from(request: AnyRequest, found: list[queries.Occurrence]) -> list[str]:
    """Those that are ticked: all, or with `?from=` that one and the following."""
    first = request.query_params.get("from", "")
    begins = next((one.starts_at for one in found if one.slug == first), None)
    return [one.slug for one in found if begins is None or one.starts_at >= begins]


async def resume(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
    """Let a series that ended go on."""
    series = await _series(request, series_id)
    await stepping.resume(require_signed_in(request), series.id)
    return see_other(f"/board/series/{series.id}", notice="series.notice.resume")


async def _series(request: AnyRequest, series_id: int) -> SeriesView:
    return await queries.get(require_signed_in(request), series_id, now=clock.now())
