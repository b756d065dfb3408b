"""Passwords, for people with an office who prefer one: only ever together with the app's code.

Argon2id (RFC 9106) with OWASP's parameters, in two threads of their own: checking one never stops
the others. An unknown address costs as much as a known one.
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from server.accounts import factors, sessions, totp
from server.actors import ANONYMOUS, Actor
from server.audit import service as audit
from server.database import execute, transaction
from server.errors import Invalid, NotFound, Refusal
from server.people import rules as people_rules
from server.people import service as people
from server.web import rate_limit
from tables.accounts import Proof, SignedInBy
from tables.people import Person

SHORTEST, LONGEST = 12, 128
READ, STRONG = 72, 3
OUR_WORDS = (
    *(
        "welkom",
        "wachtwoord",
        "geheim",
        "pijnpsychologie",
        "pijn",
        "psycholoog",
        "psychologie",
        "netwerk",
        "praktijk",
    ),
    *("therapie", "nederland", "amsterdam", "rotterdam", "ajax", "feyenoord", "zomer", "winter"),
    *("lente", "herfst", "januari", "correct", "horse", "battery", "staple"),
)
TRIES, TRIES_OF_ALL, TRY_SECONDS = 10, 100, 15 * 60
AT_ONCE = 2
T = TypeVar("T")
_THREADS = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class WrongSignIn(Refusal):
    """Address, password or code is wrong: all read the same."""

    code = "accounts.wrong_sign_in"


class NeedsApp(Refusal):
    """A password counts only together with the code of an app."""

    code = "accounts.needs_app"


@cache
def _nobodys() -> str:
    """A hash that no password fits, for people who have none."""
    return HASHER.hash("nobody has this password")


def problem(password: str, *, about: tuple[str, ...] = ()) -> str | None:
    """Why a password is too weak, as a message key; `about`: words of the person and the site.

    Common and leaked passwords, names, dates, rows of the keyboard and their usual disguises are
    known to zxcvbn (30,000 of them); what it takes fewer than 10^8 guesses for is too easy.
    """
    if len(password) < SHORTEST:
        return "accounts.field.password.short"
    if len(password) > LONGEST:
        return "accounts.field.password.long"
    if zxcvbn(password[:READ], user_inputs=[*OUR_WORDS, *about])["score"] < STRONG:
        return "accounts.field.password.common"
    letters = _letters(password)
    is_theirs = letters == "" or any(letters == _letters(word) for word in about)
    return "accounts.field.password.yours" if is_theirs else None


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", people_rules.fold(text))


async def _in_thread(work: Callable[..., T], *arguments: str) -> T:
    """Two at a time, so that many at once leave the processor to the others."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work, *arguments)


async def fits(kept: str | None, password: str) -> bool:
    """Whether a password fits a kept hash; without one it takes as long and fits nothing."""
    try:
        await _in_thread(HASHER.verify, kept or _nobodys(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


async def choose(actor: Actor, password: str, *, now: datetime) -> None:
    """Set or change one's password. Raises Invalid, ProofNeeded, NotFound; refuses: NeedsApp."""
    factors.require_may_change(actor, now=now)
    if not actor.holds_office:
        raise NotFound
    person_id = actor.person_id or 0
    if (await factors.of_person(person_id)).app_since is None:
        raise NeedsApp
    who = await people.get(person_id)
    about = (who.surname, who.display_name, who.email or "", "netwerk", "pijnpsychologie")
    wrong = problem(password, about=about)
    if wrong:
        raise Invalid(password=wrong)
    hashed = await _in_thread(HASHER.hash, password)
    async with transaction():
        await execute(
            "INSERT INTO password (person, hash, changed_at) VALUES ($1, $2, $3)"
            " ON CONFLICT (person) DO UPDATE SET hash = excluded.hash,"
            " changed_at = excluded.changed_at",
            *(person_id, hashed, now),
        )
        await factors.changed(actor, "change_password", now)


async def remove(actor: Actor, *, now: datetime) -> None:
    """Do without a password again. Raises ProofNeeded, NotFound."""
    factors.require_may_change(actor, now=now)
    async with transaction():
        rows = await execute("DELETE FROM password WHERE person = $1 RETURNING id", actor.person_id)
        if not rows:
            raise NotFound
        await factors.changed(actor, "remove_password", now)


async def allow(email: str, address: str, *, now: datetime) -> None:
    """Count a try at an account, from one address on the network and from all. Refuses: TooMany.

    A stranger who guesses shuts themselves out, and not the holder.
    """
    key = people_rules.email_key(email)
    await rate_limit.allow(f"password:{key} {address}", TRIES, TRY_SECONDS, now)
    await rate_limit.allow(f"password-of:{key}", TRIES_OF_ALL, TRY_SECONDS, now)


async def sign_in(
    email: str,
    password: str,
    code: str,
    *,
    device: str,
    instead_of: int | None = None,
    now: datetime,
) -> str:
    """A session's token, proved at once. Refuses: WrongSignIn, which stays on record."""
    person = await people.find_by_email(email)
    person_id = int(person.id) if person is not None else 0
    rows = await execute("SELECT hash FROM password WHERE person = $1", person_id)
    is_right = await fits(rows[0]["hash"] if rows else None, password)
    if not is_right:
        await totp.look(person_id, code, now=now)  # takes as long as when it was right
        await _note_wrong(person, "wrong_password")
        raise WrongSignIn
    if not await totp.check(person_id, "".join(code.split()), now=now):
        await _note_wrong(person, "wrong_code")
        raise WrongSignIn
    async with transaction():
        try:
            token = await sessions.begin(
                person_id,
                device,
                by=SignedInBy.password,
                proof=Proof.totp,
                instead_of=instead_of,
                now=now,
            )
        except NotFound:
            raise WrongSignIn from None
        await _rehash(person_id, rows[0]["hash"], password)
    return token


async def _note_wrong(person: Person | None, what: str) -> None:
    """Its holder reads that somebody tries to come in; of unknown addresses nothing is kept."""
    if person is not None:
        async with transaction():
            await audit.record(ANONYMOUS, what, ("person", int(person.id)))


async def _rehash(person_id: int, kept: str, password: str) -> None:
    """Parameters have been raised since: hash it anew while we know it."""
    if HASHER.check_needs_rehash(kept):
        hashed = await _in_thread(HASHER.hash, password)
        await execute("UPDATE password SET hash = $2 WHERE person = $1", person_id, hashed)
