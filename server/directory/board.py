"""The board's desk for profiles: what waits, what others see of it, and the decision."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import TextAreaField

from server import clock
from server.directory import deciding, queries, reading
from server.directory.queries import OwnProfile
from server.directory.rules import seen
from server.directory.states import PROFILE
from server.errors import NotFound
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_right
from tables.directory import ProfileState, Visibility

AnyRequest = Request[Any, Any, Any]


class ReasonForm(Form):
    """Why; the holder reads it."""

    reason = TextAreaField(
        "directory.field.reason",
        [required("directory.field.reason.needed"), at_most(2000)],
        filters=[stripped],
        description="directory.hint.reason",
        render_kw={"rows": 3},
    )


async def overview(request: AnyRequest) -> Response[Any]:
    """The profiles in one state."""
    require_right(request, Area.people)
    asked = request.query_params.get("state", ProfileState.submitted.value)
    states = [state.value for state in ProfileState]
    if asked not in states:
        raise NotFound
    found = await queries.in_state(ProfileState(asked))
    return page(
        request, "directory/board_list.html", profiles=found, state_asked=asked, states=states
    )


async def one(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One profile as everybody sees it, and what may be done with it."""
    require_right(request, Area.people)
    return await _desk(request, await queries.by_slug(slug, clock.today()), ReasonForm())


async def publish(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """From now on it is found."""
    actor = require_right(request, Area.people, to_change=True)
    own = await queries.by_slug(slug, clock.today())
    await deciding.publish(actor, own.whole.id, now=clock.now())
    return see_other(f"/board/profiles/{slug}", notice="directory.notice.published")


async def send_back(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Ask the holder to mend something."""
    actor = require_right(request, Area.people, to_change=True)
    own, form = await queries.by_slug(slug, clock.today()), await ReasonForm.read(request)
    if not form.validate():
        return await _desk(request, own, form)
    await deciding.send_back(actor, own.whole.id, form.reason.data, now=clock.now())
    return see_other(f"/board/profiles/{slug}", notice="directory.notice.sent_back")


async def hide(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Out of the directory."""
    actor = require_right(request, Area.people, to_change=True)
    own, form = await queries.by_slug(slug, clock.today()), await ReasonForm.read(request)
    if not form.validate():
        return await _desk(request, own, form)
    await deciding.hide(actor, own.whole.id, form.reason.data, now=clock.now())
    return see_other(f"/board/profiles/{slug}", notice="directory.notice.hidden")


async def _desk(request: AnyRequest, own: OwnProfile, form: ReasonForm) -> Response[Any]:
    directory = await reading.directory(clock.today())
    said = language_of(request)
    return page(
        request,
        "directory/board_one.html",
        status=422 if form.problems else 200,
        own=own,
        form=form,
        entry=seen(own.whole, Visibility.public, clock.today()),
        label=lambda facet, code: directory.label(facet, code, said),
        allowed=PROFILE.allowed(own.state),
        admin_row=admin_row("profile", own.whole.id, said),
    )
