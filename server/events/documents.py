"""The documents of an event, and who may fetch which: asked at the moment of fetching."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.events import rules
from server.events.counting import IS_SEAT
from server.rights import Area

SHOWN = """d.id, d.event AS event_id, d.title AS title_nl, d.title_en, d.visibility, d.position,
  d.filename, d.kind, d.size_bytes, d.digest, d.version, d.uploaded_at, d.revision"""
IN_ORDER = "ORDER BY d.position, d.id"
# A seat of a registration `r`: of who is still known, of who has a place and does not wait for one.
HAS_SEAT = f"""EXISTS (SELECT 1 FROM registration r JOIN person p ON p.id = r.person
  JOIN registration_line l ON l.registration = r.id JOIN capacity_unit u ON u.id = l.unit
  WHERE {{which}} AND l.state = 'confirmed' AND {IS_SEAT} AND p.anonymised_at IS NULL)"""
OF_READER = f"""SELECT {SHOWN},
  {HAS_SEAT.format(which="r.event = d.event AND r.person = $2")} AS is_confirmed
  FROM event_document d WHERE d.event = $1 {IN_ORDER}"""
OF_HOLDER = f"""SELECT {SHOWN}, {HAS_SEAT.format(which="r.id = h.id")} AS is_confirmed
  FROM event_document d JOIN registration h ON h.event = d.event JOIN event e ON e.id = d.event
  WHERE h.code = $1 AND e.state <> ALL($2::text[]) {IN_ORDER}"""


NOBODY = rules.Reader()


@dataclass(frozen=True)
class DocumentView:
    """One document, without what stands in it."""

    id: int
    event_id: int
    title_nl: str
    title_en: str
    visibility: str
    position: int
    filename: str
    kind: str
    size_bytes: int
    digest: str
    version: int
    uploaded_at: datetime
    revision: int

    def title(self, language: str) -> str:
        """The title in a language; Dutch when there is no English one."""
        return (self.title_en if language == "en" else "") or self.title_nl

    @property
    def is_renewed(self) -> bool:
        """Whether it replaced an earlier version."""
        return self.version > 1


async def of_event(event_id: int) -> list[DocumentView]:
    """Every document of an event, in their order, for its organiser."""
    return _views(
        await execute(
            f"SELECT {SHOWN} FROM event_document d WHERE d.event = $1 {IN_ORDER}", event_id
        )
    )


async def for_reader(actor: Actor, event_id: int, group_id: int | None) -> list[DocumentView]:
    """What somebody who may know of an event may fetch of it, in their order: one statement."""
    is_organiser = actor.manages(group_id, Area.events) or actor.sees(Area.events)
    is_in_group = group_id is not None and group_id in actor.groups
    rows = await execute(OF_READER, event_id, actor.person_id)
    return _fetchable(rows, is_in_group=is_in_group, is_organiser=is_organiser)


async def for_everybody(event_id: int) -> list[DocumentView]:
    """What everybody who may know of an event may fetch of it, in their order."""
    return [one for one in await of_event(event_id) if rules.may_fetch(one.visibility, NOBODY)]


async def for_holder(code: str) -> list[DocumentView]:
    """What whoever holds the link of a registration may fetch, in their order: one statement."""
    return _fetchable(await execute(OF_HOLDER, code, list(rules.UNSEEN)))


def _fetchable(
    rows: Sequence[dict[str, Any]], *, is_in_group: bool = False, is_organiser: bool = False
) -> list[DocumentView]:
    found = []
    for row in rows:
        reader = rules.Reader(row.pop("is_confirmed"), is_in_group, is_organiser)
        if rules.may_fetch(row["visibility"], reader):
            found.append(DocumentView(**row))
    return found


def chosen(documents: Sequence[DocumentView], document_id: int) -> DocumentView:
    """One of these. Raises NotFound."""
    for one in documents:
        if one.id == document_id:
            return one
    raise NotFound


async def content(document: DocumentView) -> bytes:
    """What stands in it. Raises NotFound when it was replaced or removed since it was looked up."""
    rows = await execute(
        "SELECT content FROM event_document WHERE id = $1 AND digest = $2",
        *(document.id, document.digest),
    )
    if not rows:
        raise NotFound
    return bytes(rows[0]["content"])


def _views(rows: Sequence[dict[str, Any]]) -> list[DocumentView]:
    return [DocumentView(**row) for row in rows]
