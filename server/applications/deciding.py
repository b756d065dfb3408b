"""What the board does with an application: ask, admit, turn down."""

from datetime import date, datetime

from emails.letters.applications import WelcomeMember
from server import clock, language
from server.actors import Actor
from server.applications import queries, telling
from server.applications.queries import ApplicationView
from server.applications.states import APPLICATION
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.memberships import queries as memberships
from server.memberships import service as membership
from server.memberships import terms
from server.outbox import answer_address
from server.outbox import service as outbox
from server.people import numbers, rules
from server.people import service as people
from server.rights import Area
from server.web import links

FILLED_IF_EMPTY = ("initials", "first_name", "phone", "postcode", "city")


class AddressOfDeceased(Refusal):
    """The address of the applicant still stands with somebody who died."""

    code = "applications.address_of_deceased"


async def ask_more(actor: Actor, application_id: int, question: str, *, now: datetime) -> None:
    """Ask the applicant something. Raises Invalid, NotFound; refuses: WrongState."""
    if not question.strip():
        raise Invalid(question="applications.field.question.needed")
    async with transaction():
        _require(actor)
        kept = {"question": question.strip(), "answer": ""}
        await APPLICATION.move(application_id, "ask_more", actor=actor, set_also=kept)
        await telling.tell(await queries.by_id(application_id))


async def reject(actor: Actor, application_id: int, reason: str, *, now: datetime) -> None:
    """Turn the applicant down, with the reason that they read. Raises Invalid, NotFound."""
    if not reason.strip():
        raise Invalid(reason="applications.field.reason.needed")
    async with transaction():
        _require(actor)
        kept = {"reason": reason.strip(), "decided_at": now}
        await APPLICATION.move(application_id, "reject", actor=actor, set_also=kept, reason=reason)
        await telling.tell(await queries.by_id(application_id))


async def approve(
    actor: Actor,
    application_id: int,
    *,
    starts_on: date,
    person_id: int | None = None,
    type_id: int | None = None,
    now: datetime,
) -> int:
    """Admit the applicant: the membership's id. `person_id` names whom the board recognised.

    Else it is the person with this address, else a new one. What we know of somebody is never
    overwritten, only filled in. Refuses: WrongState, NoLongerHere, Overlap, EmailTaken,
    AddressOfDeceased. Raises Invalid, NotFound.
    """
    async with transaction():
        _require(actor)
        view = await queries.by_id(application_id)
        try:
            holder = await _person(actor, view, person_id, now)
        except people.EmailTaken:
            if await people.is_of_deceased(view.email):
                raise AddressOfDeceased from None
            raise
        if view.number:
            await numbers.claim(actor, holder, view.register, view.number, title=view.title)
        chosen = type_id or view.type_id
        await _check(holder, chosen, starts_on, clock.day_of(now))
        membership_id = await membership.start(actor, holder, chosen, starts_on=starts_on)
        kept = {"person": holder, "type": chosen, "membership": membership_id, "decided_at": now}
        await APPLICATION.move(application_id, "approve", actor=actor, set_also=kept)
        await _welcome(await queries.by_id(application_id), membership_id, starts_on)
    return membership_id


async def _check(holder: int, type_id: int, starts_on: date, today: date) -> None:
    """Whether this person can get this type from that day, and would be a member today."""
    kind = await membership.type_on(type_id, starts_on)
    await membership.require_number(holder, kind)
    last = terms.period_ends_on(kind["period_kind"], starts_on)
    if last is not None and last < today:
        raise Invalid(starts_on="applications.field.starts_on.over")


def _require(actor: Actor) -> None:
    if not actor.changes(Area.people):
        raise NotFound


async def _person(actor: Actor, view: ApplicationView, person_id: int | None, now: datetime) -> int:
    """Whose application it is; their address was confirmed when they applied."""
    known = person_id or view.person_id
    if known is None:
        found = await people.find_by_email(view.email)
        known = int(found.id) if found is not None else None
    names = ("initials", "first_name", "prefix", "surname", "phone", "postcode", "city")
    given = {name: getattr(view, name) for name in (*names, "email", "language")}
    if known is None:
        known = await people.create_from(actor, given, now=now)
    else:
        row = (await people.get(known)).to_dict()
        empty = {name: given[name] for name in FILLED_IF_EMPTY if given[name] and not row[name]}
        if not row["email"]:
            empty["email"] = view.email
        await people.change(actor, known, empty, now=now)
    await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", known)
    if rules.email_key(view.email) == (await people.get(known)).email_key:
        await people.confirm_email(known, now=now)
    return known


async def note_export(actor: Actor, rows: int) -> None:
    """Somebody took the waiting applications along."""
    async with transaction():
        await audit.record(actor, "export", ("membership_application", 0), after={"rows": rows})


async def _welcome(view: ApplicationView, membership_id: int, starts_on: date) -> None:
    said = view.language
    letter = WelcomeMember(
        wanted=view.type_name(said),
        number=await memberships.number_of(membership_id),
        first_day=language.long_day(starts_on, said),
        url=links.absolute("/me"),
        agenda=answer_address.of_person(view.person_id or 0),
    )
    to = telling.recipient(view)
    await outbox.post(letter, to, cause=f"application:{view.id}:welcome:{view.revision}")
