"""Codes for who lost the second factor: shown once, kept as hashes, each works once."""

import hashlib
import re
import secrets
from base64 import b32encode
from datetime import datetime

from server.database import execute

COUNT = 10
BYTES = 15  # 120 bits: no slow hash is needed against guessing (ASVS 6.5.2)
GROUP = 4


def new_codes() -> list[str]:
    """Ten fresh codes: `abcd-efgh-ijkl-mnop-qrst-uvwx`."""
    plain = (b32encode(secrets.token_bytes(BYTES)).decode().lower() for _ in range(COUNT))
    return ["-".join(code[n : n + GROUP] for n in range(0, len(code), GROUP)) for code in plain]


def hash_of(code: str) -> bytes:
    """What is kept of a code: SHA-256 of its letters, however it was typed."""
    return hashlib.sha256(re.sub(r"[^a-z2-7]", "", code.lower()).encode()).digest()


async def renew(person_id: int, *, now: datetime) -> list[str]:
    """Ten new codes instead of the old ones. This is the only time they can be read."""
    codes = new_codes()
    await execute("DELETE FROM recovery_code WHERE person = $1", person_id)
    await execute(
        "INSERT INTO recovery_code (person, code_hash, created_at)"
        " SELECT $1, hash, $3 FROM unnest($2::bytea[]) AS hash",
        *(person_id, [hash_of(code) for code in codes], now),
    )
    return codes


async def use(person_id: int, code: str, *, now: datetime) -> bool:
    """Whether this was an unused code of the person; now it is used, also in parallel."""
    rows = await execute(
        "UPDATE recovery_code SET used_at = $3 WHERE person = $1 AND code_hash = $2"
        " AND used_at IS NULL RETURNING id",
        *(person_id, hash_of(code), now),
    )
    return bool(rows)


async def left(person_id: int) -> int:
    """How many codes are unused."""
    rows = await execute(
        "SELECT count(*) AS n FROM recovery_code WHERE person = $1 AND used_at IS NULL", person_id
    )
    return int(rows[0]["n"])
