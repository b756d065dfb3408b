"""The second factor: proving it in a session, adding one, taking one away.

Every change is audited, told by letter, and ends the person's other sessions. A proof gives the
session a new token, so that one stolen before it is worth nothing after it.
"""

from dataclasses import dataclass
from datetime import datetime

from emails.letters.accounts import FactorChanged, RecoveryCodeUsed
from server import clock, language
from server.accounts import api_tokens, recovery, sessions, totp
from server.actors import FRESH, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, ProofNeeded, Refusal
from server.outbox import service as outbox
from server.people import service as people
from server.web import links, rate_limit, tokens
from server.web.scopes import Scope
from tables.accounts import Proof

TRIES, TRY_SECONDS = 10, 15 * 60
LAST_FACTOR = """SELECT (SELECT count(*) FROM passkey WHERE person = $1)
  + (SELECT count(*) FROM totp_secret WHERE person = $1) AS n"""


class WrongCode(Refusal):
    """The code is wrong, was used already, or is too old: all read the same."""

    code = "accounts.wrong_code"


class LastFactor(Refusal):
    """Who holds an office cannot do without a second factor."""

    code = "accounts.last_factor"


@dataclass(frozen=True)
class PasskeyView:
    """One passkey as its holder knows it."""

    id: int
    label: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """What somebody has set up; `app_since` None: no authenticator app."""

    app_since: datetime | None
    passkeys: list[PasskeyView]
    codes_left: int
    password_since: datetime | None

    @property
    def is_set_up(self) -> bool:
        """Has a second factor."""
        return self.app_since is not None or bool(self.passkeys)


async def of_person(person_id: int) -> Factors:
    """What somebody has set up."""
    app = await execute("SELECT created_at FROM totp_secret WHERE person = $1", person_id)
    keys = await execute(
        "SELECT id, label, created_at, last_used_at FROM passkey WHERE person = $1 ORDER BY id",
        person_id,
    )
    password = await execute("SELECT changed_at FROM password WHERE person = $1", person_id)
    return Factors(
        app_since=app[0]["created_at"] if app else None,
        passkeys=[PasskeyView(**row) for row in keys],
        codes_left=await recovery.left(person_id),
        password_since=password[0]["changed_at"] if password else None,
    )


async def prove(actor: Actor, code: str, *, now: datetime) -> str:
    """Give the second factor by a code of the app, or a recovery code: the session's new token.

    Refuses: WrongCode, TooMany.
    """
    person_id = actor.person_id or 0
    await rate_limit.allow(f"second-step:{person_id}", TRIES, TRY_SECONDS, now)
    plain = "".join(code.split())
    async with transaction():
        if await totp.check(person_id, plain, now=now):
            return await renew_session(actor, Proof.totp, now=now)
        if await recovery.use(person_id, code, now=now):
            token = await renew_session(actor, Proof.recovery, now=now)
            left = await recovery.left(person_id)
            await _tell(person_id, RecoveryCodeUsed(left=left, url=_security()), now)
            return token
    async with transaction():
        await audit.record(actor, "wrong_code", ("person", person_id))
    raise WrongCode


async def renew_session(actor: Actor, proof: Proof, *, now: datetime) -> str:
    """Mark the actor's session as proved, under a new token. Raises NotFound."""
    token = tokens.new()
    rows = await execute(
        "UPDATE session SET token_hash = $2, proved_at = $3, proved_by = $4, last_used_at = $3"
        " WHERE id = $1 RETURNING id",
        *(actor.session_id, tokens.hash_of(token), now, proof.value),
    )
    if not rows:
        raise NotFound
    subject = ("person", actor.person_id or 0)
    await audit.record(actor, "prove", subject, after={"by": proof.value})
    return token


def require_may_change(actor: Actor, *, now: datetime) -> None:
    """Whether a factor may be added or taken away in this session. Raises ProofNeeded.

    Who has a factor gives it first; who has none must have signed in within minutes, so that an
    old stolen session cannot make itself at home.
    """
    shown = actor.proved_at if actor.has_factor else (actor.proved_at or actor.signed_in_at)
    if shown is None or now - shown >= FRESH:
        raise ProofNeeded


async def add_app(
    actor: Actor, secret: bytes, code: str, *, now: datetime
) -> tuple[str, list[str]]:
    """Connect an authenticator app: (the session's new token, recovery codes if they are new).

    Raises Invalid on `code`, ProofNeeded; refuses: TooMany.
    """
    require_may_change(actor, now=now)
    person_id = actor.person_id or 0
    await rate_limit.allow(f"second-step:{person_id}", TRIES, TRY_SECONDS, now)
    step = totp.matching_step(secret, "".join(code.split()), now)
    if step is None:
        raise Invalid(code="accounts.refusal.wrong_code")
    async with transaction():
        await totp.keep(person_id, secret, step, now=now)
        return await added(actor, "app", Proof.totp, now=now)


async def added(actor: Actor, what: str, proof: Proof, *, now: datetime) -> tuple[str, list[str]]:
    """What follows from a new factor, inside its transaction: (new token, new recovery codes)."""
    person_id = actor.person_id or 0
    first = await recovery.left(person_id) == 0
    codes = await recovery.renew(person_id, now=now) if first else []
    await changed(actor, f"add_{what}", now)
    return await renew_session(actor, proof, now=now), codes


async def remove_app(actor: Actor, *, now: datetime) -> None:
    """Disconnect the app. Raises ProofNeeded, NotFound; refuses: LastFactor."""
    require_may_change(actor, now=now)
    async with transaction():
        await _lock(actor)
        rows = await execute(
            "DELETE FROM totp_secret WHERE person = $1 RETURNING id", actor.person_id
        )
        if not rows:
            raise NotFound
        await require_one_left(actor)
        await changed(actor, "remove_app", now)


async def remove_passkey(actor: Actor, passkey_id: int, *, now: datetime) -> None:
    """Forget one of one's own passkeys. Raises ProofNeeded, NotFound; refuses: LastFactor."""
    require_may_change(actor, now=now)
    async with transaction():
        await _lock(actor)
        rows = await execute(
            "DELETE FROM passkey WHERE id = $1 AND person = $2 RETURNING id",
            *(passkey_id, actor.person_id),
        )
        if not rows:
            raise NotFound
        await require_one_left(actor)
        await changed(actor, "remove_passkey", now)


async def renew_codes(actor: Actor, *, now: datetime) -> list[str]:
    """New recovery codes instead of the old ones. Raises ProofNeeded."""
    require_may_change(actor, now=now)
    if not actor.has_factor:
        raise NotFound
    async with transaction():
        codes = await recovery.renew(actor.person_id or 0, now=now)
        await changed(actor, "renew_codes", now)
    return codes


async def require_one_left(actor: Actor) -> None:
    """Refuses: LastFactor, for who holds an office. Without a factor recovery codes go too."""
    person_id = actor.person_id or 0
    if (await execute(LAST_FACTOR, person_id))[0]["n"]:
        return
    if actor.holds_office:
        raise LastFactor
    await execute("DELETE FROM recovery_code WHERE person = $1", person_id)


async def _lock(actor: Actor) -> None:
    """Two tabs that each remove the last but one must not both succeed."""
    await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", actor.person_id)


async def reset(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Take every factor away, for who lost them; all sessions end. The caller checked the right."""
    async with transaction():
        for table in ("passkey", "totp_secret", "recovery_code", "password"):
            await execute(f"DELETE FROM {table} WHERE person = $1", person_id)
        await sessions.end_all(actor, person_id)
        await api_tokens.end_all(actor, person_id, only=Scope.board, now=now)
        await audit.record(actor, "reset_factor", ("person", person_id))
        await _tell_change(person_id, "reset_factor", now)


async def changed(actor: Actor, action: str, now: datetime) -> None:
    """What follows from a change: other sessions end, it is on record, and the person is told."""
    person_id = actor.person_id or 0
    await sessions.end_all(actor, person_id, but=actor.session_id)
    await audit.record(actor, action, ("person", person_id))
    await _tell_change(person_id, action, now)


async def _tell_change(person_id: int, action: str, now: datetime) -> None:
    said = (await people.get(person_id)).language
    what = language.text(said, f"accounts.factor.{action}")
    letter = FactorChanged(what=what, moment=language.moment(now, said), url=_security())
    await _tell(person_id, letter, now)


async def _tell(person_id: int, letter: FactorChanged | RecoveryCodeUsed, now: datetime) -> None:
    who = await people.get(person_id)
    if who.email:
        to = outbox.Recipient(person_id, who.display_name, who.email, who.language)
        cause = f"factor:{person_id}:{letter.kind()}:{clock.now().timestamp()}"
        await outbox.post(letter, to, cause=cause)


def _security() -> str:
    return links.absolute("/me/security")
