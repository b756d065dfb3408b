"""Offices: given, ended, invited to. Each change is told to the holder and ends their sessions.

Nobody changes their own office here, and somebody who may change offices always remains.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server import clock, locks
from server.accounts import api_tokens, holders, service, sessions, telling
from server.accounts.rules import INVITATION_LIFE
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.people import service as people
from server.rights import Area
from server.web.scopes import Scope
from tables.accounts import Role

GIVABLE = tuple(role for role in Role if role != Role.system)
FARTHEST = timedelta(days=3653)  # nobody is elected for longer than ten years


class OwnAccount(Refusal):
    """Somebody else of the board changes one's own office or account."""

    code = "accounts.own_account"


class LastOfTheBoard(Refusal):
    """Then nobody would be left who may change offices."""

    code = "accounts.last_of_the_board"


class AlreadyHolds(Refusal):
    """The person holds this very office in that time already."""

    code = "accounts.already_holds"


class OfficeIsOver(Refusal):
    """Nobody is invited to what has ended."""

    code = "accounts.office_is_over"


@dataclass(frozen=True)
class InvitationForm:
    """Whom to invite to what. The name is used only when we do not know the address."""

    email: str
    role: Role
    from_on: date
    until_on: date | None = None
    initials: str = ""
    prefix: str = ""
    surname: str = ""
    event_id: int | None = None
    language: str = "nl"


async def invite(actor: Actor, form: InvitationForm, *, now: datetime) -> int:
    """Give an office to the person with this address, made if need be: the grant's id.

    Raises Invalid, NotFound; refuses: OwnAccount, AlreadyHolds.
    """
    async with transaction():
        require(actor)
        _check(form, clock.day_of(now))
        return await _give(actor, await _person(actor, form, now), form, now)


async def appoint(actor: Actor, email: str, role: Role, *, now: datetime) -> str:
    """Give somebody who is known an office from today, that of the system too: their name.

    For operators. Raises NotFound; refuses: OwnAccount, AlreadyHolds.
    """
    async with transaction():
        require(actor)
        person = await people.find_by_email(email)
        if person is None:
            raise NotFound
        form = InvitationForm(email=email, role=role, from_on=clock.day_of(now))
        await _give(actor, int(person.id), form, now)
    return str(person.display_name)


async def _give(actor: Actor, person_id: int, form: InvitationForm, now: datetime) -> int:
    """The grant, with what follows from it: sessions end, and the person is told."""
    refuse_own(actor, person_id)
    await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
    asked = (form.role.value, form.from_on, form.until_on, form.event_id)
    if await holders.holds(person_id, *asked):
        raise AlreadyHolds
    grant_id = await service.grant(
        actor,
        person_id,
        form.role,
        from_on=form.from_on,
        until_on=form.until_on,
        event_id=form.event_id,
    )
    await _end_what_is_open(actor, person_id, now)
    await telling.given(grant_id, now)
    return grant_id


def _check(form: InvitationForm, today: date) -> None:
    problems: dict[str, str] = {}
    if form.role not in GIVABLE:
        problems["role"] = "errors.field.choice"
    if form.until_on is not None and form.until_on < form.from_on:
        problems["until_on"] = "accounts.field.until_on.before"
    elif form.until_on is not None and form.until_on < today:
        problems["until_on"] = "accounts.field.until_on.past"
    if form.role == Role.check_in and form.event_id is None:
        problems["event"] = "accounts.field.event.needed"
    if form.role != Role.check_in and form.event_id is not None:
        problems["event"] = "accounts.field.event.not_here"
    if problems:
        raise Invalid(**problems)


async def _person(actor: Actor, form: InvitationForm, now: datetime) -> int:
    found = await people.find_by_email(form.email)
    if found is not None:
        return int(found.id)
    if not form.surname.strip():
        raise Invalid(surname="accounts.field.surname.needed")
    person = people.PersonForm(
        surname=form.surname,
        initials=form.initials,
        prefix=form.prefix,
        email=form.email,
        language=form.language,
    )
    return await people.create(actor, person, now=now)


async def invite_again(actor: Actor, grant_id: int, *, now: datetime) -> None:
    """Mail a fresh link to who has not come yet; earlier ones stop working.

    Raises NotFound; refuses: OfficeIsOver.
    """
    async with transaction():
        require(actor)
        if (await holders.grant(grant_id)).is_over(clock.day_of(now)):
            raise OfficeIsOver
        await telling.given(grant_id, now)
        await audit.record(actor, "invite", ("role_grant", grant_id))


async def end(actor: Actor, grant_id: int, *, last_on: date | None, now: datetime) -> None:
    """End an office after a day; None: at this very moment. One not begun yet never begins.

    Raises Invalid, NotFound; refuses: OwnAccount, LastOfTheBoard.
    """
    today = clock.day_of(now)
    last = last_on if last_on is not None else today - timedelta(days=1)
    async with transaction():
        require(actor)
        await _lock()
        grant = await holders.grant(grant_id)
        refuse_own(actor, grant.person_id)
        if last_on is not None and last_on < today:
            raise Invalid(last_on="accounts.field.last_on.past")
        if last == grant.until_on:
            return  # the same form again
        if grant.until_on is not None and last > grant.until_on:
            raise Invalid(last_on="accounts.field.last_on.late")
        if last > today + FARTHEST:
            raise Invalid(last_on="accounts.field.last_on.far")
        async with somebody_stays(last + timedelta(days=1)):
            if last < grant.from_on:
                await execute("DELETE FROM role_grant WHERE id = $1", grant_id)
            else:
                await execute("UPDATE role_grant SET until_on = $2 WHERE id = $1", grant_id, last)
        before = {"role": grant.role, "until_on": grant.until_on}
        subject = ("person", grant.person_id)
        await audit.record(actor, "end_role", subject, before=before, after={"until_on": last})
        await _end_what_is_open(actor, grant.person_id, now)
        await telling.ended(grant, last, now)


async def _end_what_is_open(actor: Actor, person_id: int, now: datetime) -> None:
    """Neither a session nor a program of before goes on with other rights."""
    await sessions.end_all(actor, person_id)
    await api_tokens.end_all(actor, person_id, only=Scope.board, now=now)


async def _lock() -> None:
    """Two who each shut the other out, in whatever way, must not both succeed."""
    await execute("SELECT pg_advisory_xact_lock($1)", locks.OFFICES)


@asynccontextmanager
async def somebody_stays(day: date) -> AsyncIterator[None]:
    """What happens inside does not take away the last who may change offices on this day, or in
    the days after it that somebody who is invited has to come in.

    To be opened first in a transaction, before anything of a person is locked. Refuses:
    LastOfTheBoard.
    """
    await _lock()
    days = (day, day + INVITATION_LIFE)
    without = await holders.days_without(Area.offices, *days)
    yield
    if await holders.days_without(Area.offices, *days) - without:
        raise LastOfTheBoard


def require(actor: Actor) -> None:
    """Who may change offices and accounts of others. Raises NotFound."""
    if not actor.changes(Area.offices):
        raise NotFound


def refuse_own(actor: Actor, person_id: int) -> None:
    """Refuses: OwnAccount."""
    if actor.person_id == person_id:
        raise OwnAccount
