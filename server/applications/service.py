"""What an applicant does: apply, confirm, answer, withdraw. Nobody learns who is known here."""

import secrets
from dataclasses import asdict
from datetime import datetime

from emails.letters.applications import AlreadyMember, ApplicationKnown, ApplicationToConfirm
from server import clock, language
from server.accounts import holders
from server.actors import SYSTEM, Actor
from server.applications import queries, rules, telling
from server.applications.rules import ApplicationForm
from server.applications.states import APPLICATION
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.memberships import queries as memberships
from server.one_by_one import each
from server.outbox import service as outbox
from server.people import rules as people
from server.rights import Area
from server.web import links, rate_limit, tokens
from tables.memberships import MembershipApplication, MembershipType

CODE_BYTES = 13


class LinkUsedUp(Refusal):
    """The link was used before, has expired, or never existed: all read the same."""

    code = "applications.link_used_up"


async def apply(actor: Actor, form: ApplicationForm, *, now: datetime) -> str | None:
    """Apply for membership: the code of the application if it reached the board at once.

    A stranger confirms by the letter first; who is signed in with this very address need not.
    Raises Invalid with every problem.
    """
    wrong = await problems(form)
    if wrong:
        raise Invalid(**wrong)
    kind, form = await _kind(form.type_id), rules.tidied(form)
    if kind is None:
        raise Invalid(type="errors.field.choice")
    key = people.email_key(form.email)
    proved = actor.is_signed_in and people.email_key(actor.email) == key
    may_mail = proved or await rate_limit.may_mail(key, now)
    async with transaction():
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"application:{key}")
        if await _is_known(key, form, may_mail, now):
            return None
        token, code = tokens.new(), secrets.token_hex(CODE_BYTES)
        row = MembershipApplication(
            **{k: v for k, v in asdict(form).items() if k != "type_id"},
            type=form.type_id,
            code=code,
            email_key=key,
            person=actor.person_id if proved else None,
            token_hash=tokens.hash_of(token),
            created_at=now,
            changed_at=now,
        )
        await row.save()
        await audit.record(actor, "create", ("membership_application", row.id))
        if proved:
            await _submit(actor, row.id, now)
            return code
        if may_mail:
            await _ask_to_confirm(row.id, kind, form, token, now)
    return None


async def problems(form: ApplicationForm) -> dict[str, str]:
    """Everything that is wrong with it: field → message key."""
    kind = await _kind(form.type_id)
    wrong = {} if kind is not None else {"type": "errors.field.choice"}
    return wrong | rules.problems(form, needs_register=kind is not None and kind.needs_register)


async def _kind(type_id: int) -> MembershipType | None:
    """A kind of membership that one can choose today."""
    today = clock.today()
    return await MembershipType.objects().get(
        (MembershipType.id == type_id)
        & (MembershipType.valid_from.is_null() | (MembershipType.valid_from <= today))
        & (MembershipType.valid_to.is_null() | (MembershipType.valid_to >= today))
    )


async def _is_known(key: str, form: ApplicationForm, may_mail: bool, now: datetime) -> bool:
    """Whether this address is a member, or has applied: then it is told so by mail only."""
    to = outbox.Recipient(None, form.surname, form.email, form.language)
    hour = f"{now:%Y-%m-%dT%H}"
    open_one = await queries.find_open(key)
    if open_one is not None:
        if may_mail:
            letter = ApplicationKnown(url=telling.status_url(open_one))
            cause = f"application:{open_one.id}:known:{hour}"
            await outbox.post(letter, telling.recipient(open_one), cause=cause)
        return True
    if not await memberships.is_member_by_address(key, clock.day_of(now)):
        return False
    if may_mail:
        url = links.absolute("/me/membership")
        await outbox.post(AlreadyMember(url=url), to, cause=f"application:member:{key}:{hour}")
    return True


async def _ask_to_confirm(
    row_id: int, kind: MembershipType, form: ApplicationForm, token: str, now: datetime
) -> None:
    until = now + rules.CONFIRM_WITHIN
    name = people.Name(
        surname=form.surname,
        initials=form.initials,
        first_name=form.first_name,
        prefix=form.prefix,
    )
    letter = ApplicationToConfirm(
        wanted=kind.name_en if form.language == "en" else kind.name_nl,
        until=language.moment(until, form.language),
        url=links.absolute(f"/join/confirm/{token}"),
    )
    to = outbox.Recipient(None, people.display_name(name), form.email, form.language)
    await outbox.post(letter, to, cause=f"application:{row_id}:confirm", expires_at=until)


async def asked_by(token: str, *, now: datetime) -> queries.ApplicationView:
    """The draft of a link in a letter; looking changes nothing. Refuses: LinkUsedUp."""
    rows = await execute(
        "SELECT id FROM membership_application WHERE token_hash = $1 AND state = 'draft'"
        " AND created_at > $2",
        tokens.hash_of(token),
        now - rules.CONFIRM_WITHIN,
    )
    if not rows:
        raise LinkUsedUp
    return await queries.by_id(rows[0]["id"])


async def confirm(token: str, *, now: datetime) -> str:
    """The address is the applicant's: to the board with it. Returns the code of its own page.

    Refuses: LinkUsedUp, also when another application of this address is open by now.
    """
    async with transaction():
        view = await asked_by(token, now=now)
        await execute("SELECT pg_advisory_xact_lock(hashtext($1))", f"application:{view.email_key}")
        if await queries.find_open(view.email_key) is not None:
            raise LinkUsedUp
        await _submit(Actor(name=view.name), view.id, now)
    return view.code


async def _submit(actor: Actor, row_id: int, now: datetime) -> None:
    await APPLICATION.move(row_id, "submit", actor=actor, set_also={"submitted_at": now})
    await _arrived(row_id)


async def _arrived(row_id: int) -> None:
    view = await queries.by_id(row_id)
    await telling.tell(view)
    await telling.tell_board(view, await holders.recipients(Area.people))


async def answer(code: str, words: str) -> None:
    """The applicant answers what the board asked, and keeps their place.

    Raises Invalid; refuses: WrongState.
    """
    if not words.strip():
        raise Invalid(answer="errors.field.required")
    async with transaction():
        view = await queries.get(code)
        holder = Actor(person_id=view.person_id, name=view.name)
        kept = {"answer": words.strip()[: rules.MOTIVATION_LENGTH]}
        await APPLICATION.move(view.id, "answer", actor=holder, set_also=kept)
        await _arrived(view.id)


async def withdraw(code: str, *, now: datetime) -> None:
    """The applicant takes it back. Refuses: WrongState."""
    async with transaction():
        view = await queries.get(code)
        holder = Actor(person_id=view.person_id, name=view.name)
        await APPLICATION.move(view.id, "withdraw", actor=holder, set_also={"decided_at": now})
        await telling.tell(await queries.by_id(view.id))


async def tick(now: datetime) -> int:
    """Forget drafts that nobody confirmed in time: how many. Safe to do late or twice."""
    rows = await execute(
        "SELECT id FROM membership_application WHERE state = 'draft' AND created_at <= $1"
        " ORDER BY id",
        now - rules.CONFIRM_WITHIN,
    )
    return sum(await each(rows, lambda row: _forget(row["id"])))


async def _forget(draft_id: int) -> bool:
    """A draft; False for one that was confirmed meanwhile."""
    gone = "DELETE FROM membership_application WHERE id = $1 AND state = 'draft' RETURNING id"
    async with transaction():
        rows = await execute(gone, draft_id)
        for row in rows:
            await audit.record(SYSTEM, "forget", ("membership_application", row["id"]))
    return bool(rows)


async def find(code: str) -> queries.ApplicationView:
    """The applicant's own page. A draft has none yet. Raises NotFound."""
    view = await queries.get(code)
    if view.state == "draft":
        raise NotFound
    return view
