"""Codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, thirty seconds)."""

import hmac
import secrets
import struct
from base64 import b32encode
from datetime import datetime
from urllib.parse import quote

from server.database import execute, transaction
from server.web import sealing

PURPOSE = "totp"
SECRET_BYTES = 20
STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1  # steps that a telephone's clock may be off


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, struct.pack(">Q", step), "sha1")
    start = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(now: datetime) -> int:
    """How many steps have passed since 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, code: str, now: datetime) -> int | None:
    """The step whose code this is, the telephone's clock being right within a step."""
    here = step_of(now)
    steps = range(here - DRIFT, here + DRIFT + 1)
    given = code.encode()
    found = [s for s in steps if hmac.compare_digest(code_at(secret, s).encode(), given)]
    return found[-1] if found else None


def new_secret() -> bytes:
    """A fresh secret of 160 bits, as RFC 4226 recommends."""
    return secrets.token_bytes(SECRET_BYTES)


def written(secret: bytes) -> str:
    """The secret for typing into an app: `ABCD EFGH …`."""
    text = b32encode(secret).decode()
    return " ".join(text[n : n + 4] for n in range(0, len(text), 4))


def address(secret: bytes, *, issuer: str, account: str) -> str:
    """What the QR code says (Key URI Format)."""
    label = f"{quote(issuer)}:{quote(account)}"
    text = b32encode(secret).decode()
    return f"otpauth://totp/{label}?secret={text}&issuer={quote(issuer)}"


async def keep(person_id: int, secret: bytes, step: int, *, now: datetime) -> None:
    """This app from now on, instead of an earlier one; the code of `step` is used up."""
    await execute(
        "INSERT INTO totp_secret (person, encrypted, last_step, created_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (person) DO UPDATE SET"
        " encrypted = excluded.encrypted, last_step = excluded.last_step,"
        " created_at = excluded.created_at",
        *(person_id, sealing.seal(PURPOSE, secret), step, now),
    )


async def look(person_id: int, code: str, *, now: datetime) -> int | None:
    """The step of the person's app whose code this is; it is not used up. None: wrong."""
    rows = await execute("SELECT encrypted FROM totp_secret WHERE person = $1", person_id)
    secret = sealing.unseal(PURPOSE, rows[0]["encrypted"]) if rows else None
    step = matching_step(secret or new_secret(), code, now)
    return step if secret is not None else None


async def check(person_id: int, code: str, *, now: datetime) -> bool:
    """Whether this is the code of the person's app. It works once, also in parallel."""
    step = await look(person_id, code, now=now)
    if step is None:
        return False
    used = await execute(
        "UPDATE totp_secret SET last_step = $2 WHERE person = $1 AND last_step < $2 RETURNING id",
        person_id,
        step,
    )
    return bool(used)


async def renew_seals() -> int:
    """Seal every app's secret with the newest key: how many."""
    async with transaction():
        rows = await execute("SELECT id, encrypted FROM totp_secret ORDER BY id FOR UPDATE")
        for row in rows:
            sealed = sealing.renewed(PURPOSE, row["encrypted"])
            await execute("UPDATE totp_secret SET encrypted = $2 WHERE id = $1", row["id"], sealed)
    return len(rows)
