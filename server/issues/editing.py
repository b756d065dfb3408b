"""The editor of an issue, with a preview beside it. What somebody typed is never lost."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.enums import MediaType
from litestar.params import FromPath

from emails.issues import Words, as_text
from server import clock, language
from server.errors import Stale
from server.issues import filling, lint, previewing, queries, rules, service
from server.issues.filling import Fresh
from server.issues.forms import TextForm
from server.issues.views import Issue
from server.news import Source
from server.rights import Area
from server.web.forms import sent, whole
from server.web.pages import page, see_other
from server.web.policy import FRAMED_MAIL, WITH_FRAME
from server.web.visitor import language_of, require_right

AnyRequest = Request[Any, Any, Any]


async def edit(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """The words as they are."""
    actor = require_right(request, Area.newsletters, to_change=True)
    issue = await queries.get_issue(issue_id)
    if not issue.may_be_written:
        raise rules.Underway
    words = {name: getattr(issue, name) for name in rules.FIELDS}
    form = TextForm(data={**words, "revision": str(issue.revision), "reader": actor.email})
    return await _editor(request, issue, form)


async def save(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """Keep the words, or put what is new in them first.

    When somebody else saved since, both texts are shown and saving again is a choice.
    """
    actor = require_right(request, Area.newsletters, to_change=True)
    issue, form = await queries.get_issue(issue_id), await TextForm.read(request)
    posted = await sent(request)
    if posted.get("do") == "fill":
        picked = {value for value in posted.getall("items", []) if isinstance(value, str)}
        return await _filled(request, issue, form, picked)
    if not form.validate():
        return await _editor(request, issue, form, status=422)
    if not issue.may_be_written:
        return await _editor(request, issue, form, status=409, trouble="issues.edit.underway")
    expected = whole(form.revision.data)
    try:
        await service.write(
            actor, issue_id, form.values, expected_revision=expected, now=clock.now()
        )
    except rules.Underway:
        return await _editor(request, issue, form, status=409, trouble="issues.edit.underway")
    except Stale:
        form.revision.data = str((await queries.get_issue(issue_id)).revision)
        return await _editor(request, issue, form, status=409, trouble="issues.edit.stale")
    return see_other(f"/board/issues/{issue_id}", notice="issues.notice.saved")


async def preview(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """The saved words as somebody would get them."""
    require_right(request, Area.newsletters)
    issue = await queries.get_issue(issue_id)
    asked = request.query_params
    return await _preview(
        request,
        issue,
        issue.words,
        asked.get("reader", "").replace("\x00", "")[:254].strip(),
        _one_of(asked.get("said", ""), language.LANGUAGES),
        _one_of(asked.get("shape", ""), ("html", "text")),
    )


async def preview_typed(request: AnyRequest, issue_id: FromPath[int]) -> Response[Any]:
    """The words as typed, saved or not; nothing is kept."""
    require_right(request, Area.newsletters)
    issue, form = await queries.get_issue(issue_id), await TextForm.read(request)
    values = form.values
    words = {said: Words(values[f"subject_{said}"], values[f"body_{said}"][: rules.BODY_AT_MOST])
             for said in language.LANGUAGES}  # fmt: skip
    return await _preview(
        request,
        issue,
        words,
        (form.reader.data or "")[:254],
        _one_of(form.said.data, language.LANGUAGES),
        _one_of(form.shape.data, ("html", "text")),
    )


async def _preview(
    request: AnyRequest, issue: Issue, words: dict[str, Words], reader: str, asked: str, shape: str
) -> Response[Any]:
    seen = await previewing.preview(issue, words, reader, asked, clock.today())
    html = seen.rendered.html
    if shape == "text" or seen.reason:
        said = language_of(request)
        why = language.text(said, f"issues.reason.{seen.reason}") if seen.reason else ""
        notice = language.text(said, "issues.preview.gets_nothing", reader=reader, reason=why)
        html = as_text(seen.rendered, seen.language, notice if why else "")
    return Response(
        html,
        media_type=MediaType.HTML,
        headers={"Content-Security-Policy": FRAMED_MAIL, "Cache-Control": "no-store"},
    )


async def _filled(
    request: AnyRequest, issue: Issue, form: TextForm, picked: set[str]
) -> Response[Any]:
    """The words with what was picked; English only where English was begun. Not saved yet."""
    found = await _fresh(request, issue, form)
    items = [one.item for one in found if one.item.path in picked]
    form.body_nl.data = filling.fill(form.body_nl.data or "", items, "nl")
    if (form.body_en.data or "").strip() or (form.subject_en.data or "").strip():
        form.body_en.data = filling.fill(form.body_en.data or "", items, "en")
    return await _editor(request, issue, form, trouble="issues.edit.filled" if items else "")


async def _fresh(request: AnyRequest, issue: Issue, form: TextForm) -> list[Fresh]:
    sources: Sequence[Source] = request.app.state.news
    bodies = [form.body_nl.data or "", form.body_en.data or ""]
    return await filling.fresh(issue, bodies, sources, clock.now())


async def _editor(
    request: AnyRequest, issue: Issue, form: TextForm, *, status: int = 200, trouble: str = ""
) -> Response[Any]:
    said = language_of(request)
    form.offer({name: language.text(said, f"issues.shape.{name}") for name in ("html", "text")})
    values = form.values
    words = {one: Words(values[f"subject_{one}"], values[f"body_{one}"]) for one in ("nl", "en")}
    response = page(
        request,
        "issues/edit.html",
        status=status,
        issue=await queries.get_issue(issue.id) if status == 409 else issue,
        form=form,
        fresh=await _fresh(request, issue, form),
        remarks=lint.remarks(words),
        trouble=trouble,
        is_stale=status == 409,
    )
    response.headers["Content-Security-Policy"] = WITH_FRAME
    return response


def _one_of(asked: str | None, choices: Sequence[str]) -> str:
    return asked if asked is not None and asked in choices else choices[0]
