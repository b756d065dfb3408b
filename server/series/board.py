"""Series as who manages events sees them: which there are, one of them, and more of it."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.errors import Invalid
from server.events import board as managing
from server.events.queries import EventView
from server.series import forms, laying_out, queries, rooms, rules, stepping
from server.series.queries import SeriesView
from server.series.rules import Layout, Turn
from server.web.admin_kit.links import admin_row
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]


async def overview(request: AnyRequest) -> Response[Any]:
    """Every series that the reader manages."""
    actor, said = require_signed_in(request), language_of(request)
    found = await queries.managed(actor, now=clock.now())
    words = {one.id: forms.in_words(one.rule, one.starts_at, said) for one in found}
    return page(request, "series/overview.html", series=found, words=words)


async def one(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
    """One series: its events, and what can be done with them."""
    return await _one_page(request, await _series(request, series_id), forms.OnceForm())


async def _one_page(request: AnyRequest, series: SeriesView, form: Any) -> Response[Any]:
    actor, now, said = require_signed_in(request), clock.now(), language_of(request)
    found = await queries.occurrences(series.id)
    nouns = [
        noun
        for noun, action in stepping.NOUNS.items()
        if stepping.possible(actor, found, action, now=now)
    ]
    return page(
        request,
        "series/series.html",
        status=422 if form.errors else 200,
        series=series,
        words=forms.in_words(series.rule, series.starts_at, said),
        last_on=clock.day_of(rules.last_of(series.rule)),
        coming=[one for one in found if one.ends_at > now],
        past=[one for one in found if one.ends_at <= now],
        nouns=nouns,
        form=form,
        admin_row=admin_row("event_series", series.id),
    )


async def asked_series(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """How often an event comes again; the series it is in, if there is one."""
    event = await managing.managed(request, slug)
    if event.series_id is not None:
        return see_other(f"/board/series/{event.series_id}")
    form = forms.RepeatForm(data={"every": rules.possible(event.starts_at)[0].value})
    return await _repeat_page(request, event, form)


async def create(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Show the days; once they were seen, make the series."""
    event = await managing.managed(request, slug)
    form: Any = await forms.RepeatForm.read(request)
    forms.fill_every(form, event.starts_at, language_of(request))
    turns: list[Turn] = []
    if form.validate():
        try:
            turns = await laying_out.look(event.id, form.layout(), now=clock.now())
            if form.seen.data == forms.mark(turns, event.revision):
                made = await laying_out.create(
                    *(require_signed_in(request), event.id, form.layout()),
                    left_out=forms.left_out(form, turns),
                    now=clock.now(),
                )
                return see_other(f"/board/series/{made}", notice="series.notice.made")
            forms.tick_all(form, turns)
        except Invalid as invalid:
            form.blame(invalid)
    return await _repeat_page(request, event, form, turns)


async def _repeat_page(
    request: AnyRequest, event: EventView, form: Any, turns: Sequence[Turn] = ()
) -> Response[Any]:
    forms.fill_every(form, event.starts_at, language_of(request))
    form.seen.data = forms.mark(turns, event.revision) if turns else ""
    return page(
        request,
        "series/repeat.html",
        status=422 if form.errors else 200,
        event=event,
        form=form,
        turns=turns,
        taken=await _taken(request, turns, event_id=event.id),
        most=rules.MOST,
        is_possible=event.state in rules.REPEATABLE,
    )


async def asked_more(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
    """How many times more."""
    return await _more_page(request, await _series(request, series_id), forms.MoreForm())


async def extend(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
    """Show the days; once they were seen, add them."""
    series, form = await _series(request, series_id), await forms.MoreForm.read(request)
    turns: list[Turn] = []
    if form.validate():
        layout = Layout(series.every, form.times.data, form.until.data)
        try:
            turns = await laying_out.look_further(series.id, layout, now=clock.now())
            if form.seen.data == forms.mark(turns, series.revision):
                await laying_out.extend(
                    *(require_signed_in(request), series, layout),
                    left_out=forms.left_out(form, turns),
                    now=clock.now(),
                )
                return see_other(f"/board/series/{series.id}", notice="series.notice.extended")
            forms.tick_all(form, turns)
        except Invalid as invalid:
            form.blame(invalid)
    return await _more_page(request, series, form, turns)


async def _more_page(
    request: AnyRequest, series: SeriesView, form: Any, turns: Sequence[Turn] = ()
) -> Response[Any]:
    form.seen.data = forms.mark(turns, series.revision) if turns else ""
    return page(
        request,
        "series/more.html",
        status=422 if form.errors else 200,
        series=series,
        words=forms.in_words(series.rule, series.starts_at, language_of(request)),
        last_on=clock.day_of(rules.last_of(series.rule)),
        form=form,
        turns=turns,
        taken=await _taken(request, turns, series_id=series.id),
        most=rules.MOST,
    )


async def _taken(request: AnyRequest, turns: Sequence[Turn], **of: int) -> dict[str, list[str]]:
    """Who else plans to be in the rooms of new times, in words."""
    found = await laying_out.clashes(turns, **of) if turns else {}
    return rooms.words(found, language_of(request), require_signed_in(request))


async def add(request: AnyRequest, series_id: FromPath[int]) -> Response[Any]:
    """One time more, on a day of its own."""
    series, form = await _series(request, series_id), await forms.OnceForm.read(request)
    if form.validate():
        begins: Any = form.starts_at.data
        try:
            await laying_out.add(require_signed_in(request), series.id, begins, now=clock.now())
        except Invalid as invalid:
            form.blame(invalid)
        else:
            return see_other(f"/board/series/{series.id}", notice="series.notice.added")
    return await _one_page(request, series, form)


async def _series(request: AnyRequest, series_id: int) -> SeriesView:
    return await queries.get(require_signed_in(request), series_id, now=clock.now())
