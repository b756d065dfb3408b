"""Calls and proposals as visitors, speakers and committees see them."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from server.actors import Actor
from server.database import execute
from server.errors import NotFound
from server.rights import Area
from server.talks import rules
from server.talks.states import HOPEFUL, PROPOSAL
from server.talks.views import CallView, ProposalView, Speaker, Step, Term

GOES_ON = "e.state NOT IN ('cancelled', 'archived')"
CALL = f"""
SELECT c.id, c.event AS event_id, c.committee AS committee_id, c.title AS title_nl, c.title_en,
  c.text AS text_nl, c.text_en, c.opens_at, c.closes_at, c.formats, c.proposals_per_person,
  c.confirm_days, c.is_published, e.slug, e.title AS event_nl, e.title_en AS event_en,
  e.starts_at, e.ends_at,
  e.visibility = 'public' AND e.state NOT IN ('draft', 'archived') AS event_is_public,
  {GOES_ON} AS event_goes_on
FROM call c JOIN event e ON e.id = c.event
"""
PROPOSALS = f"""
SELECT p.id, p.code, p.state, p.told_state, p.title, p.abstract, p.format, p.minutes, p.topics,
  p.language, p.remark, p.submitted_at, p.confirm_by, p.revision, p.created_at, p.changed_at,
  c.id AS call_id, c.title AS call_nl, c.title_en AS call_en, c.committee AS committee_id,
  c.closes_at, c.confirm_days, c.is_published AS call_is_published, e.slug, e.title AS event_nl,
  e.title_en AS event_en, e.starts_at, {GOES_ON} AS event_goes_on,
  (SELECT coalesce(json_agg(json_build_object('person_id', s.person, 'name', o.display_name,
     'email', o.email, 'language', o.language, 'affiliation', s.affiliation)
     ORDER BY s.position, s.id), '[]')
   FROM proposal_speaker s JOIN person o ON o.id = s.person WHERE s.proposal = p.id) AS speakers
FROM proposal p JOIN call c ON c.id = p.call JOIN event e ON e.id = c.event
"""
OWN = "EXISTS (SELECT 1 FROM proposal_speaker m WHERE m.proposal = p.id AND m.person = $1)"
TOPIC_VOCABULARIES = ("factor", "intervention", "setting")


async def published_calls() -> list[CallView]:
    """Every call that was made public, the nearest deadline first."""
    rows = await execute(f"{CALL} WHERE c.is_published ORDER BY c.closes_at, c.id")
    return [CallView(**row) for row in rows]


async def get_call(slug: str) -> CallView:
    """The public call of an event. Raises NotFound."""
    rows = await execute(f"{CALL} WHERE c.is_published AND e.slug = $1", slug)
    return _call(rows)


async def call_by_id(call_id: int) -> CallView:
    """One call by its key, for services: asks no rights. Raises NotFound."""
    return _call(await execute(f"{CALL} WHERE c.id = $1", call_id))


async def call_to_submit_to(call_id: int) -> CallView:
    """The same, of an event that nobody cancels before this transaction ends."""
    return _call(await execute(f"{CALL} WHERE c.id = $1 FOR SHARE OF e", call_id))


async def calls_of(actor: Actor) -> list[CallView]:
    """The calls whose proposals the actor may read, the latest event first."""
    rows = await execute(
        f"{CALL} WHERE $1 OR c.committee = ANY($2::int[]) ORDER BY e.starts_at DESC, c.id",
        actor.sees(Area.talks),
        sorted(actor.groups),
    )
    return [CallView(**row) for row in rows]


async def call_for_committee(actor: Actor, slug: str) -> CallView:
    """The call of an event, for board and committee. Raises NotFound for anybody else."""
    call = _call(await execute(f"{CALL} WHERE e.slug = $1", slug))
    if not actor.sees(Area.talks) and call.committee_id not in actor.groups:
        raise NotFound
    return call


async def of_call(call_id: int) -> list[ProposalView]:
    """What was submitted to a call: to be decided first, then accepted, reserve and the rest."""
    rows = await execute(
        f"{PROPOSALS} WHERE p.call = $1 AND p.state <> 'draft'"
        " ORDER BY array_position(ARRAY['submitted', 'revision', 'accepted', 'confirmed',"
        " 'reserve'], p.state::text) NULLS LAST, p.submitted_at, p.id",
        call_id,
    )
    return [_proposal(row) for row in rows]


async def in_call(call_id: int, code: str) -> ProposalView:
    """One submitted proposal of a call. Raises NotFound."""
    return _one(
        await execute(
            f"{PROPOSALS} WHERE p.call = $1 AND p.code = $2 AND p.state <> 'draft'", call_id, code
        )
    )


async def get_own(actor: Actor, code: str) -> ProposalView:
    """A proposal for one of its speakers. Raises NotFound for anybody else."""
    return _one(await execute(f"{PROPOSALS} WHERE {OWN} AND p.code = $2", actor.person_id, code))


async def by_id(proposal_id: int) -> ProposalView:
    """One proposal by its key, for services and letters: asks no rights. Raises NotFound."""
    return _one(await execute(f"{PROPOSALS} WHERE p.id = $1", proposal_id))


async def find(code: str) -> ProposalView | None:
    """One proposal by its code, for services: asks no rights."""
    rows = await execute(f"{PROPOSALS} WHERE p.code = $1", code)
    return _proposal(rows[0]) if rows else None


async def of_person(person_id: int) -> list[ProposalView]:
    """Somebody's proposals, the newest first."""
    rows = await execute(f"{PROPOSALS} WHERE {OWN} ORDER BY p.id DESC", person_id)
    return [_proposal(row) for row in rows]


async def hopeful(event_id: int) -> list[ProposalView]:
    """What was submitted for an event and has not come to an end, by id."""
    rows = await execute(
        f"{PROPOSALS} WHERE c.event = $1 AND p.state = ANY($2) ORDER BY p.id",
        event_id,
        [state.value for state in HOPEFUL],
    )
    return [_proposal(row) for row in rows]


async def untold() -> list[int]:
    """Proposals whose speakers were not yet told where they stand, and may be."""
    rows = await execute(
        "SELECT id FROM proposal WHERE told_state <> state AND staged IS NULL ORDER BY id"
    )
    return [row["id"] for row in rows]


async def to_be_confirmed(now: datetime, until: datetime) -> list[ProposalView]:
    """Accepted proposals that must be answered between two moments, of events that go on."""
    rows = await execute(
        f"{PROPOSALS} WHERE p.state = 'accepted' AND p.told_state = 'accepted'"
        " AND p.confirm_by > $1 AND p.confirm_by <= $2"
        f" AND {GOES_ON} ORDER BY p.confirm_by, p.id",
        now,
        until,
    )
    return [_proposal(row) for row in rows]


async def still_waits(proposal_id: int) -> bool:
    """Whether an answer is still awaited, which then cannot come before this transaction ends."""
    rows = await execute("SELECT state FROM proposal WHERE id = $1 FOR UPDATE", proposal_id)
    return bool(rows) and rows[0]["state"] == "accepted"


async def submitted_by(call_id: int, person_id: int) -> int:
    """How many proposals of somebody count for the limit of a call."""
    rows = await execute(
        f"SELECT count(*) AS n FROM proposal p WHERE {OWN} AND p.call = $2 AND p.state = ANY($3)",
        person_id,
        call_id,
        [state.value for state in rules.COUNTED],
    )
    return int(rows[0]["n"])


async def topics(today: date) -> list[Term]:
    """The terms of the field that a talk can be about."""
    rows = await execute(
        "SELECT vocabulary, vocabulary || ':' || code AS key, label_nl, label_en"
        " FROM vocabulary_term WHERE vocabulary = ANY($1) AND (valid_to IS NULL OR valid_to >= $2)"
        " AND length(vocabulary || ':' || code) <= 40"
        " ORDER BY array_position($1, vocabulary::text), position, id",
        list(TOPIC_VOCABULARIES),
        today,
    )
    return [Term(**row) for row in rows]


async def labels(keys: Sequence[str], language: str) -> list[str]:
    """The words for the topics of a proposal, retired ones included; a lost one is left out."""
    rows = await execute(
        "SELECT vocabulary, vocabulary || ':' || code AS key, label_nl, label_en"
        " FROM vocabulary_term WHERE vocabulary || ':' || code = ANY($1::text[])"
        " ORDER BY array_position($1::text[], vocabulary || ':' || code)",
        list(keys),
    )
    return [Term(**row).label(language) for row in rows]


async def unknown_topics(keys: Sequence[str]) -> list[str]:
    """Which of these keys name no topic; retired topics are known."""
    rows = await execute(
        "SELECT k AS key FROM unnest($1::text[]) AS k WHERE NOT EXISTS (SELECT 1"
        " FROM vocabulary_term WHERE vocabulary = ANY($2) AND vocabulary || ':' || code = k)",
        list(keys),
        list(TOPIC_VOCABULARIES),
    )
    return [row["key"] for row in rows]


async def history(proposal_id: int) -> list[Step]:
    """The moves of a proposal, the first one first; nobody's name."""
    rows = await execute(
        "SELECT action, at, reason FROM audit_entry WHERE entity = 'proposal' AND entity_id = $1"
        " AND action = ANY($2) ORDER BY id",
        proposal_id,
        list(PROPOSAL.moves),
    )
    return [Step(**row) for row in rows]


def _call(rows: Sequence[dict[str, Any]]) -> CallView:
    if not rows:
        raise NotFound
    return CallView(**rows[0])


def _one(rows: Sequence[dict[str, Any]]) -> ProposalView:
    if not rows:
        raise NotFound
    return _proposal(rows[0])


def _proposal(row: dict[str, Any]) -> ProposalView:
    speakers = tuple(Speaker(**one) for one in json.loads(row["speakers"]))
    return ProposalView(**{**row, "speakers": speakers})
