"""What the organiser does with the documents of an event. Only the newest version is kept."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Stale
from server.events import documents
from server.rights import Area
from server.web.uploads import Upload
from tables.events import DocumentVisibility

COLUMNS = ("title", "title_en", "visibility")
OF_FILE = ("filename", "kind", "size_bytes", "digest")
MOST = 30  # documents of one event
MOST_BYTES = 100 * 1024 * 1024  # of all of them together


def check(values: Mapping[str, Any], group_id: int | None) -> None:
    """What is said of a document: a title that fits, and who may fetch it. Raises Invalid."""
    problems: dict[str, str] = {}
    for name in ("title", "title_en"):
        if len(str(values.get(name) or "")) > 200:
            problems[name] = "errors.field.too_long"
    if not str(values.get("title") or "").strip():
        problems["title"] = "errors.field.required"
    visibility = values.get("visibility")
    if visibility not in set(DocumentVisibility):
        problems["visibility"] = "errors.field.choice"
    elif visibility == DocumentVisibility.group and group_id is None:
        problems["visibility"] = "events.invalid.document_group"
    if problems:
        raise Invalid(**problems)


async def add(
    actor: Actor, event_id: int, values: Mapping[str, Any], file: Upload, *, now: datetime
) -> int:
    """One more document, behind the others: its id. Raises Invalid, NotFound."""
    async with transaction():
        event = await _event(actor, event_id)
        check(values, event["group"])
        await _require_space(event_id, file)
        kept = {name: values.get(name) or "" for name in COLUMNS} | _of(file)
        rows = await execute(
            "INSERT INTO event_document (event, title, title_en, visibility, filename, kind,"
            " size_bytes, digest, content, uploaded_at, created_at, changed_at, position)"
            " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10,"
            " coalesce(max(position), 0) + 1 FROM event_document WHERE event = $1 RETURNING id",
            *(event_id, *kept.values(), file.content, now),
        )
        await audit.record(actor, "create", ("event_document", rows[0]["id"]), after=kept)
    return int(rows[0]["id"])


async def change(
    actor: Actor,
    document_id: int,
    values: Mapping[str, Any],
    *,
    expected_revision: int | None = None,
    now: datetime,
) -> None:
    """Change what is said of a document. Raises Invalid, NotFound; refuses: Stale."""
    async with transaction():
        before, event = await _document(actor, document_id)
        if expected_revision is not None and before["revision"] != expected_revision:
            raise Stale
        after = {k: v for k, v in values.items() if k in COLUMNS and v != before[k]}
        if not after:
            return
        check({**before, **after}, event["group"])
        assignments = ", ".join(f"{name} = ${n}" for n, name in enumerate(after, start=3))
        await execute(
            f"UPDATE event_document SET {assignments}, changed_at = $2, revision = revision + 1"
            " WHERE id = $1",
            *(document_id, now, *after.values()),
        )
        was = {name: before[name] for name in after}
        await audit.record(
            actor, "change", ("event_document", document_id), before=was, after=after
        )


async def replace(actor: Actor, document_id: int, file: Upload, *, now: datetime) -> bool:
    """Put a new version in the place of the old one, which is gone; the same file changes nothing.

    Returns whether it is another file. Raises Invalid, NotFound.
    """
    async with transaction():
        before, _ = await _document(actor, document_id)
        if before["digest"] == file.digest:
            return False
        await _require_space(before["event"], file, instead_of=document_id)
        after = _of(file)
        await execute(
            "UPDATE event_document SET filename = $3, kind = $4, size_bytes = $5, digest = $6,"
            " content = $7, version = version + 1, uploaded_at = $2, changed_at = $2,"
            " revision = revision + 1 WHERE id = $1",
            *(document_id, now, *after.values(), file.content),
        )
        was = {name: before[name] for name in OF_FILE}
        subject = ("event_document", document_id)
        await audit.record(actor, "replace_file", subject, before=was, after=after)
    return True


async def move(actor: Actor, document_id: int, steps: int, *, now: datetime) -> None:
    """Move a document up (-1) or down (1) among the others; the ends stay ends. Raises NotFound."""
    async with transaction():
        row, _ = await _document(actor, document_id)
        order = [one.id for one in await documents.of_event(row["event"])]
        at = order.index(document_id)
        to = min(max(at + steps, 0), len(order) - 1)
        order.insert(to, order.pop(at))
        if to == at:
            return
        await execute(
            "UPDATE event_document d SET position = o.position, changed_at = $2,"
            " revision = revision + 1 FROM unnest($1::int[]) WITH ORDINALITY AS o(id, position)"
            " WHERE d.id = o.id AND d.position <> o.position",
            *(order, now),
        )
        was, after = {"position": at + 1}, {"position": to + 1}
        await audit.record(
            actor, "change", ("event_document", document_id), before=was, after=after
        )


async def remove(actor: Actor, document_id: int) -> None:
    """Take a document away for good. Raises NotFound."""
    async with transaction():
        before, _ = await _document(actor, document_id)
        await execute("DELETE FROM event_document WHERE id = $1", document_id)
        was = {name: before[name] for name in (*COLUMNS, *OF_FILE)}
        await audit.record(actor, "delete", ("event_document", document_id), before=was)


def _of(file: Upload) -> dict[str, Any]:
    values = (file.name, file.kind, len(file.content), file.digest)
    return dict(zip(OF_FILE, values, strict=True))


async def _require_space(event_id: int, file: Upload, *, instead_of: int = 0) -> None:
    """Raises Invalid when an event would have too many documents, or too much in them."""
    counted = await execute(
        "SELECT count(*)::int AS n, coalesce(sum(size_bytes), 0)::bigint AS bytes"
        " FROM event_document WHERE event = $1 AND id <> $2",
        *(event_id, instead_of),
    )
    if counted[0]["n"] >= MOST:
        raise Invalid(file="events.invalid.too_many_documents")
    if counted[0]["bytes"] + len(file.content) > MOST_BYTES:
        raise Invalid(file="events.invalid.too_much_in_documents")


async def _event(actor: Actor, event_id: int) -> dict[str, Any]:
    """The event, held against other changes of its documents. Raises NotFound."""
    rows = await execute('SELECT id, "group" FROM event WHERE id = $1 FOR NO KEY UPDATE', event_id)
    if not rows or not actor.manages(rows[0]["group"], Area.events):
        raise NotFound
    return rows[0]


async def _document(actor: Actor, document_id: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document as it is once its event is locked, and the event. Raises NotFound."""
    found = await execute("SELECT event FROM event_document WHERE id = $1", document_id)
    if not found:
        raise NotFound
    event = await _event(actor, found[0]["event"])
    rows = await execute(
        f"SELECT {documents.SHOWN}, d.event, d.title FROM event_document d WHERE d.id = $1",
        document_id,
    )
    if not rows:
        raise NotFound
    return rows[0], event
