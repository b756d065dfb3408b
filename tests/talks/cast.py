"""Calls, proposals, people and letters for these tests."""

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from server.actors import Actor
from server.database import execute
from server.people import service as people
from server.talks import drafts, queries, service
from server.talks.rules import Text
from server.talks.views import CallView, ProposalView
from tables.accounts import Role, RoleGrant
from tables.events import Event, EventState
from tables.groups import GroupKind, GroupMembership, GroupRole, WorkingGroup
from tables.knowledge import VocabularyTerm
from tables.people import EmailState, Person
from tables.talks import Call, Proposal, ProposalSpeaker
from tests import clients
from tests.factories import NOON

TEXT = Text(title="Pijneducatie", abstract="Wat blijft er hangen?", affiliation="UMC Utrecht")


async def person(name: str, *, language: str = "nl") -> Actor:
    """Somebody with a proved address, signed in."""
    email = f"{name.lower()}@example.org"
    row = Person(
        surname=name,
        sort_key=name.lower(),
        display_name=name,
        email=email,
        email_key=email,
        email_state=EmailState.ok,
        language=language,
    )
    await row.save()
    return Actor(person_id=row.id, name=name, email=email, language=language)


async def board(name: str = "Carla") -> Actor:
    """Somebody with board rights."""
    who = await person(name)
    await RoleGrant(
        person=who.person_id, role=Role.board, from_on=NOON.date() - timedelta(900)
    ).save()
    return replace(who, roles=frozenset({"board"}))


async def committee() -> int:
    """A committee that reads proposals."""
    group = WorkingGroup(name="Programma", slug=f"programma-{uuid4().hex[:6]}")
    group.kind = GroupKind.committee
    await group.save()
    return int(group.id)


async def seat(name: str, group_id: int, *, chairs: bool = False) -> Actor:
    """Somebody with a seat in a committee."""
    who = await person(name)
    await GroupMembership(
        group=group_id,
        person=who.person_id,
        role=GroupRole.chair if chairs else GroupRole.member,
        from_on=NOON.date() - timedelta(900),
    ).save()
    groups = frozenset({group_id})
    return replace(who, groups=groups, chairs=groups if chairs else frozenset())


async def call(now: datetime = NOON, **values: object) -> CallView:
    """A public call, open since a week before `now` until 12 days after, for an event later."""
    event = Event(
        title="Pijncongres",
        title_en="Pain congress",
        slug=f"pijncongres-{uuid4().hex[:6]}",
        starts_at=now + timedelta(days=90),
        ends_at=now + timedelta(days=90, hours=6),
        state=EventState.published,
        uid=uuid4(),
    )
    await event.save()
    given: dict[str, Any] = {
        "event": event.id,
        "title": "Oproep congres",
        "title_en": "Congress call",
        "text": "Deel uw *werk*.",
        "opens_at": now - timedelta(days=7),
        "closes_at": now + timedelta(days=12),
        "is_published": True,
    }
    row = Call(**{**given, **values})
    await row.save()
    return await queries.call_by_id(row.id)


async def drafted(
    who: Actor, to: CallView, text: Text = TEXT, now: datetime = NOON
) -> ProposalView:
    """A draft of somebody."""
    return await drafts.draft(who, to.id, text, code=drafts.new_code(), opened_at=now, now=now)


async def submitted(
    who: Actor, to: CallView, text: Text = TEXT, now: datetime = NOON
) -> ProposalView:
    """A proposal that somebody handed in."""
    view = await drafted(who, to, text, now)
    return await service.submit(who, view.id, now=now)


async def in_state(state: str, who: Actor, to: CallView, now: datetime = NOON) -> ProposalView:
    """A proposal that simply is in a state, and whose speaker knows it."""
    row = Proposal(
        call=to.id,
        code=drafts.new_code(),
        state=state,
        told_state=state,
        title=TEXT.title,
        abstract=TEXT.abstract,
        submitted_at=now,
        confirm_by=now + timedelta(days=14) if state == "accepted" else None,
    )
    await row.save()
    await ProposalSpeaker(proposal=row.id, person=who.person_id).save()
    return await queries.by_id(row.id)


async def term(vocabulary: str, code: str, label: str, **values: object) -> None:
    """A topic that can be chosen."""
    given: dict[str, Any] = {"vocabulary": vocabulary, "code": code, "label_nl": label}
    await VocabularyTerm(**{**given, "label_en": f"{label} (en)", **values}).save()


async def trail(proposal_id: int) -> list[str]:
    """The audit lines of a proposal, in order."""
    rows = await execute(
        "SELECT action FROM audit_entry WHERE entity = 'proposal' AND entity_id = $1 ORDER BY id",
        proposal_id,
    )
    return [row["action"] for row in rows]


async def sign_in(browser: httpx.AsyncClient, who: Actor) -> None:
    """Give the browser a session of this person."""
    await clients.sign_in(browser, await people.get(who.person_id or 0))


def heading(page: str) -> str:
    """The one h1 of a page."""
    found = re.findall(r"<h1>(.*?)</h1>", page)
    assert len(found) == 1
    return html.unescape(found[0])
