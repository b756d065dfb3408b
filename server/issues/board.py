"""The issues of a list and one issue: what it says, what is wrong, who gets it, how far it is."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.issues import lint, queries, rules, service
from server.issues.forms import ApprovalForm, BeginForm, MomentForm, ReasonForm
from server.issues.states import ISSUE
from server.newsletters import audience
from server.newsletters import queries as lists
from server.rights import Area
from server.web.forms import whole
from server.web.pages import page, see_other
from server.web.policy import WITH_FRAME
from server.web.visitor import require_fresh, require_right
from tables.issues import DeliveryState

AnyRequest = Request[Any, Any, Any]
LONGEST_SEARCH = 100
FIRST_WORDS = "Beste {{name}},\n\n"
STEPS = ("draft", "tested", "approved", "scheduled", "sending")


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The issues of one list, and a form to begin one."""
    require_right(request, Area.newsletters)
    return await _overview(request, slug, BeginForm())


async def begin(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Begin an issue: on to its text."""
    actor = require_right(request, Area.newsletters, to_change=True)
    form = await BeginForm.read(request)
    if not form.validate():
        return await _overview(request, slug, form)
    values = {name: "" for name in rules.FIELDS}
    values |= {"subject_nl": form.subject_nl.data, "body_nl": FIRST_WORDS}
    issue_id = await service.create(actor, slug, values, now=clock.now())
    return see_other(f"/board/issues/{issue_id}/text")


async def show(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """One issue."""
    require_right(request, Area.newsletters)
    return await _page(request, issue_id)


async def test(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Send it to oneself."""
    actor = require_right(request, Area.newsletters, to_change=True)
    await service.test(actor, issue_id, now=clock.now())
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.tested")


async def approve(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Let it go, as somebody who did not write it and proved a moment ago who they are."""
    actor = require_right(request, Area.newsletters, to_change=True)
    require_fresh(request)
    form = await ApprovalForm.read(request)
    await service.approve(
        actor,
        issue_id,
        is_sure=form.sure.data,
        expected_revision=whole(form.revision.data),
        now=clock.now(),
    )
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.approved")


async def schedule(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Say when it goes."""
    actor = require_right(request, Area.newsletters, to_change=True)
    form, now = await MomentForm.read(request), clock.now()
    at = rules.in_amsterdam(form.at.data) if form.validate() else None
    if at is None and not form.problems:
        form.at.errors = ["issues.field.at.skipped"]
    elif at is not None and (problem := rules.problem_of_moment(at, now)):
        form.at.errors = [problem]
    if at is None or form.at.errors:
        return await _page(request, issue_id, moment=form)
    await service.schedule(actor, issue_id, at, now=now)
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.scheduled")


async def send_now(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """As soon as the worker looks."""
    actor = require_right(request, Area.newsletters, to_change=True)
    now = clock.now()
    await service.schedule(actor, issue_id, now, now=now)
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.scheduled")


async def unschedule(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Not at that moment."""
    actor = require_right(request, Area.newsletters, to_change=True)
    await service.unschedule(actor, issue_id)
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.unscheduled")


async def pause(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Send nobody more for now."""
    actor = require_right(request, Area.newsletters, to_change=True)
    await service.pause(actor, issue_id)
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.paused")


async def resume(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Go on."""
    actor = require_right(request, Area.newsletters, to_change=True)
    await service.resume(actor, issue_id, now=clock.now())
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.resumed")


async def cancel(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Never send it, or nobody more."""
    actor = require_right(request, Area.newsletters, to_change=True)
    form = await ReasonForm.read(request)
    if not form.validate():
        return await _page(request, issue_id, reason=form)
    await service.cancel(actor, issue_id, reason=form.reason.data, now=clock.now())
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.cancelled")


async def log(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """What became of it for each of them."""
    require_right(request, Area.newsletters)
    issue = await queries.get_issue(issue_id)
    search = request.query_params.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    state = request.query_params.get("state", "")
    state = state if state in [one.value for one in DeliveryState] else ""
    after = whole(request.query_params.get("after")) or 0
    found = await queries.deliveries(
        issue_id, search=search, state=state, after=after, limit=queries.PAGE + 1
    )
    return page(
        request,
        "issues/log.html",
        issue=issue,
        rows=found[: queries.PAGE],
        last=found[queries.PAGE - 1].id if len(found) > queries.PAGE else 0,
        after=after,
        search=search,
        wanted=state,
        states=[one.value for one in DeliveryState],
    )


async def _overview(request: AnyRequest, slug: str, form: BeginForm) -> Response[Any]:
    one = await lists.get_list(slug)
    return page(
        request,
        "issues/overview.html",
        status=422 if form.problems else 200,
        list=one,
        issues=await queries.of_list(one.id),
        form=form,
    )


async def _page(
    request: AnyRequest,
    issue_id: int,
    *,
    moment: MomentForm | None = None,
    reason: ReasonForm | None = None,
) -> Response[Any]:
    actor = require_right(request, Area.newsletters)
    now = clock.now()
    issue = await queries.get_issue(issue_id)
    at = service.tomorrow_morning(now).replace(tzinfo=None)
    wrong = (moment and moment.problems) or (reason and reason.problems)
    is_own = actor.person_id in issue.writers
    response = page(
        request,
        "issues/issue.html",
        status=422 if wrong else 200,
        issue=issue,
        allowed=ISSUE.allowed(issue.state) if actor.changes(Area.newsletters) else [],
        remarks=lint.remarks(issue.words),
        step=STEPS.index(issue.state) + 1 if issue.state in STEPS else len(STEPS),
        steps=STEPS,
        today=(await audience.counts(clock.today())).get(issue.list.id, {}),
        receipts=await queries.receipts(issue_id),
        progress=await queries.progress(issue_id),
        tests=await queries.tests(issue_id),
        is_own=is_own,
        is_alone=is_own and not await queries.somebody_else(issue.writers, clock.today()),
        moment=moment or MomentForm(data={"at": at}),
        reason=reason or ReasonForm(),
        approval=ApprovalForm(data={"revision": str(issue.revision)}),
    )
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response
