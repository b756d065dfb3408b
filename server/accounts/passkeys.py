"""Passkeys (WebAuthn level 2): a device that knows its holder is both steps at once.

Every question (challenge) is answered once, within minutes, in the browser that got it; user
verification is required, attestation is not asked. Origin and relying party are the site's own.
"""

import hmac
import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server import settings
from server.accounts import factors, sessions
from server.actors import Actor
from server.database import execute, transaction
from server.errors import NotFound, Refusal
from server.web import tokens
from tables.accounts import Passkey, PasskeyChallenge, Proof, SignedInBy

ANSWER_WITHIN = timedelta(minutes=5)
MOST = 10
LABEL_LENGTH = 60
REQUIRED = UserVerificationRequirement.REQUIRED
# What reading a bent answer comes to; RecursionError: nested deeper than any device answers.
UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


class PasskeyRefused(Refusal):
    """The answer does not fit the question, the device or the person: all read the same."""

    code = "accounts.passkey_refused"


class TooManyPasskeys(Refusal):
    """Nobody needs more than ten."""

    code = "accounts.too_many_passkeys"


def _host() -> str:
    return urlsplit(settings.current().base_url).hostname or ""


def _handle(person_id: int) -> bytes:
    """How devices know the person: it says nothing of who that is (WebAuthn 14.6.1)."""
    key = settings.current().lasting_key.encode()
    return hmac.digest(key, f"passkey:{person_id}".encode(), "sha256")


async def _challenge(person_id: int | None, browser: str, challenge: bytes, now: datetime) -> None:
    await execute("DELETE FROM passkey_challenge WHERE expires_at <= $1", now)
    await PasskeyChallenge(
        person=person_id,
        challenge=challenge,
        browser_hash=tokens.hash_of(browser),
        expires_at=now + ANSWER_WITHIN,
    ).save()


async def to_add(actor: Actor, browser: str, *, site_name: str, now: datetime) -> str:
    """The question that makes a new passkey, as JSON for the browser.

    Raises ProofNeeded; refuses: TooManyPasskeys.
    """
    factors.require_may_change(actor, now=now)
    known = await execute("SELECT credential_id FROM passkey WHERE person = $1", actor.person_id)
    if len(known) >= MOST:
        raise TooManyPasskeys
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=site_name,
        user_id=_handle(actor.person_id or 0),
        user_name=actor.email,
        user_display_name=actor.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(row["credential_id"]) for row in known],
    )
    await _challenge(actor.person_id, browser, options.challenge, now)
    return webauthn.options_to_json(options)


async def add(
    actor: Actor, browser: str, answer: str, *, label: str, now: datetime
) -> tuple[str, list[str]]:
    """Keep a new passkey: (the session's new token, recovery codes if they are new).

    Raises ProofNeeded; refuses: PasskeyRefused, TooManyPasskeys.
    """
    factors.require_may_change(actor, now=now)
    sent = _parsed(answer)
    challenge = await _used_up(sent, actor.person_id, browser, now)
    try:
        made = webauthn.verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings.current().base_url,
            require_user_verification=True,
        )
    except UNREADABLE:
        raise PasskeyRefused from None
    async with transaction():
        person_id = actor.person_id or 0
        await execute("SELECT 1 FROM person WHERE id = $1 FOR UPDATE", person_id)
        rows = await execute("SELECT count(*) AS n FROM passkey WHERE person = $1", person_id)
        if rows[0]["n"] >= MOST:
            raise TooManyPasskeys
        kept = await execute(
            "INSERT INTO passkey (person, credential_id, public_key, sign_count, label, created_at)"
            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (credential_id) DO NOTHING RETURNING id",
            *(person_id, made.credential_id, made.credential_public_key, made.sign_count),
            *(label[:LABEL_LENGTH], now),
        )
        if not kept:
            raise PasskeyRefused
        return await factors.added(actor, "passkey", Proof.passkey, now=now)


async def to_use(actor: Actor, browser: str, *, now: datetime) -> str:
    """The question that any passkey here may answer, as JSON for the browser."""
    options = webauthn.generate_authentication_options(rp_id=_host(), user_verification=REQUIRED)
    await _challenge(actor.person_id, browser, options.challenge, now)
    return webauthn.options_to_json(options)


async def prove(actor: Actor, browser: str, answer: str, *, now: datetime) -> str:
    """Give the second step by passkey: the session's new token. Refuses: PasskeyRefused."""
    person_id = await _answered(answer, actor.person_id, browser, now)
    if person_id != actor.person_id:
        raise PasskeyRefused
    async with transaction():
        return await factors.renew_session(actor, Proof.passkey, now=now)


async def sign_in(
    browser: str, answer: str, *, device: str, instead_of: int | None = None, now: datetime
) -> str:
    """Sign in by passkey alone: a session's token, proved at once. Refuses: PasskeyRefused."""
    person_id = await _answered(answer, None, browser, now)
    async with transaction():
        try:
            return await sessions.begin(
                person_id,
                device,
                by=SignedInBy.passkey,
                proof=Proof.passkey,
                instead_of=instead_of,
                now=now,
            )
        except NotFound:  # suspended, merged or gone: the device need not learn which
            raise PasskeyRefused from None


async def _answered(answer: str, person_id: int | None, browser: str, now: datetime) -> int:
    """Whose passkey answered the question; its counter goes up, or the answer is refused."""
    sent = _parsed(answer)
    challenge = await _used_up(sent, person_id, browser, now)
    known = await Passkey.objects().get(Passkey.credential_id == _bytes(sent.get("rawId")))
    if known is None:
        raise PasskeyRefused
    try:
        used = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings.current().base_url,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE:
        raise PasskeyRefused from None
    counted = await execute(
        "UPDATE passkey SET sign_count = $2, last_used_at = $3 WHERE id = $1"
        " AND (sign_count < $2 OR (sign_count = 0 AND $2 = 0)) RETURNING person",
        *(known.id, used.new_sign_count, now),
    )
    if not counted:
        raise PasskeyRefused
    return int(counted[0]["person"])


async def _used_up(
    sent: dict[str, Any], person_id: int | None, browser: str, now: datetime
) -> bytes:
    """The question that was asked of this browser and person; from now on it is answered."""
    response = sent.get("response")
    said = response.get("clientDataJSON") if isinstance(response, dict) else None
    challenge = _bytes(_parsed(_bytes(said)).get("challenge"))
    rows = await execute(
        "DELETE FROM passkey_challenge WHERE challenge = $1 AND browser_hash = $2"
        " AND person IS NOT DISTINCT FROM $3 AND expires_at > $4 RETURNING id",
        *(challenge, tokens.hash_of(browser), person_id, now),
    )
    if not rows:
        raise PasskeyRefused
    return challenge


def _parsed(answer: str | bytes) -> dict[str, Any]:
    try:
        sent = json.loads(answer)
    except UNREADABLE:
        raise PasskeyRefused from None
    if not isinstance(sent, dict):
        raise PasskeyRefused
    return sent


def _bytes(text: object) -> bytes:
    """Base64url without padding, as WebAuthn writes it; b"" if it is not."""
    if not isinstance(text, str) or not text.isascii():
        return b""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return b""
