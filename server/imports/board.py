"""The desk for files of people: bring, say what is what, look, take in, undo."""

import asyncio
from typing import Any

from litestar import Request, Response
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.params import FromPath
from wtforms import StringField

from server import clock, language
from server.actors import Actor
from server.errors import Invalid, NotFound
from server.imports import fields, queries, service, undoing
from server.imports.queries import Batch
from server.imports.recognising import OTHER
from server.imports.states import AT_WORK
from server.rights import Area
from server.web.exports import csv_response
from server.web.forms import Form, at_most, sent, stripped, whole
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right
from tables.people import BatchState, RowOutcome

AnyRequest = Request[Any, Any, Any]
HERE = "/board/import"
SAMPLES = 3
DECISION = "line-"
REASONS = "duplicates.reason.{}"
LOOKS, SECONDS_BETWEEN_LOOKS = 16, 0.25


class FileForm(Form):
    """Where the file comes from; the file itself stands beside it."""

    source = StringField(
        "imports.field.source",
        [at_most(80)],
        filters=[stripped],
        description="imports.hint.source",
    )
    file = StringField("imports.field.file")


async def overview(request: AnyRequest) -> Response[Any]:
    """The files of late, and a form for another."""
    _board(request)
    return await _overview(request, FileForm())


async def bring(request: AnyRequest) -> Response[Any]:
    """Bring a file."""
    actor = _board(request)
    file = (await sent(request)).get("file")
    form = await FileForm.read(request)
    if not isinstance(file, UploadFile) or not file.filename:
        form.blame(Invalid(file="imports.file.missing"))
        return await _overview(request, form)
    try:
        batch_id = await service.bring(
            actor, file.filename, await file.read(), source=form.source.data, now=clock.now()
        )
    except Invalid as invalid:
        form.blame(invalid)
        return await _overview(request, form)
    return see_other(f"{HERE}/{batch_id}")


async def one(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """One file: its columns, its lines, or how far the work is."""
    _board(request)
    return await _page(request, await queries.batch(batch_id))


async def choose(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """Say which field each column is."""
    actor, batch = _board(request), await queries.batch(batch_id)
    given = await sent(request)
    chosen = {n: str(given.get(f"column-{n}") or "") for n in range(len(batch.headers))}
    source = str(given.get("source") or "")
    try:
        await service.choose(actor, batch_id, chosen, source=source, now=clock.now())
    except Invalid as invalid:
        return await _page(request, batch, chosen=chosen, fault=invalid.fields["fields"])
    return await _when_done(batch_id)


async def decide(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """Say who are the same, and whether proposals are taken."""
    actor, given = _board(request), await sent(request)
    decided = {
        int(name.removeprefix(DECISION)): str(value)
        for name, value in given.items()
        if name.startswith(DECISION) and name.removeprefix(DECISION).isdecimal()
    }
    await service.decide(
        actor,
        batch_id,
        decided,
        take_proposals=bool(given.get("takes_proposals")),
        expected_revision=_revision(given),
    )
    return await _when_done(batch_id)


async def take_in(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """Take in what is new and changed, as the page showed it."""
    actor = _board(request)
    require_fresh(request)
    shown = _revision(await sent(request))
    await service.ask_to_take_in(actor, batch_id, expected_revision=shown)
    return await _when_done(batch_id)


async def before_undoing(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """What undoing the file would leave behind."""
    actor = _board(request)
    left = await undoing.try_to_undo(actor, batch_id, now=clock.now())
    return page(request, "imports/undo.html", batch=await queries.batch(batch_id), left=left)


async def undo(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """Undo the file."""
    actor = _board(request)
    require_fresh(request)
    left = await undoing.undo(actor, batch_id, now=clock.now())
    notice = "imports.notice.undone_partly" if left else "imports.notice.undone"
    return see_other(f"{HERE}/{batch_id}", notice=notice)


async def errors(request: AnyRequest, batch_id: FromPath[int]) -> Response[Any]:
    """The lines that are not taken in, to be mended and brought again."""
    actor = _board(request)
    require_fresh(request)
    batch, said = await queries.batch(batch_id), language_of(request)
    rows = [
        row
        for row in await queries.rows(batch_id, limit=None)
        if row.outcome in (RowOutcome.error, RowOutcome.duplicate)
    ]
    await service.note_export(actor, batch.id, len(rows))
    columns = list(batch.fields.items())
    header = [batch.headers[n] for n, _ in columns]
    why = language.text(said, "imports.column.problem")
    return csv_response(
        f"{language.text(said, 'imports.errors_file')}-{batch.id}.csv",
        [*header, why],
        ([*(row.said.get(field, "") for _, field in columns), reasons(row, said)] for row in rows),
    )


def reasons(row: queries.Row, said: str) -> str:
    """What is wrong with a line, in a sentence for each thing."""
    return " ".join(dict.fromkeys(reason(problem, said) for problem in row.problems))


def reason(problem: dict[str, Any], said: str) -> str:
    """One thing that is wrong, in a sentence, with the proposal if there is one."""
    if "of_line" in problem:
        return language.text(said, "imports.duplicate.line", line=problem["of_line"])
    if "person" in problem:
        kinds = [language.text(said, REASONS.format(one)) for one in problem["reasons"]]
        key = "imports.duplicate.sure" if problem["is_sure"] else "imports.duplicate.person"
        return language.text(said, key, reasons=", ".join(kinds))
    field = language.text(said, f"imports.name.{problem['field'].replace(':', '_')}")
    words = language.text(said, problem["key"], line=problem["proposal"])
    proposal = problem["proposal"] if problem["key"].startswith("people.number") else ""
    offer = language.text(said, "imports.proposal", number=proposal) if proposal else ""
    return f"{field}: {words} {offer}".strip()


def _revision(given: FormMultiDict) -> int:
    """Which version of the file the page showed."""
    return whole(given.get("revision")) or 0


async def _when_done(batch_id: int) -> Response[Any]:
    """To the page of the file; a small one is done by then, a large one shows how far it is."""
    for _ in range(LOOKS):
        if (await queries.batch(batch_id)).state not in AT_WORK:
            break
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
    return see_other(f"{HERE}/{batch_id}")


def _board(request: AnyRequest) -> Actor:
    return require_right(request, Area.people, to_change=True)


async def _overview(request: AnyRequest, form: FileForm) -> Response[Any]:
    return page(
        request,
        "imports/list.html",
        status=422 if form.errors else 200,
        form=form,
        batches=await queries.batches(),
        sources=await queries.sources(),
    )


async def _page(
    request: AnyRequest, batch: Batch, *, chosen: dict[int, str] | None = None, fault: str = ""
) -> Response[Any]:
    outcome = request.query_params.get("outcome", "")
    if outcome and outcome not in list(RowOutcome):
        raise NotFound
    said = language_of(request)
    is_kept = batch.is_kept and batch.state in (BatchState.uploaded, BatchState.checked)
    sheet = await queries.sheet(batch.id) if is_kept else None
    rows = await queries.rows(batch.id, outcome)
    candidates = {one["person"] for row in rows for one in row.candidates}
    return page(
        request,
        "imports/one.html",
        status=422 if fault else 200,
        batch=batch,
        chosen=chosen or batch.fields,
        fault=fault,
        names=[name for name in fields.HEADERS],
        samples=[line for line in sheet.lines[:SAMPLES]] if sheet else [],
        rows=rows,
        outcome=outcome,
        outcomes=[one.value for one in RowOutcome],
        reason=lambda problem: reason(problem, said),
        people=await queries.names(candidates),
        other=OTHER,
        decision=DECISION,
    )
