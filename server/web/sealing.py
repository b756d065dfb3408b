"""Secrets that we must be able to read again, encrypted with the key of this installation.

Fernet (AES-128-CBC with HMAC-SHA256) under a key of its own for each purpose, made from
SECRET_KEY by HKDF (RFC 5869): a value sealed for one purpose opens nothing else.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server import settings

KEY_BYTES = 32


def seal(purpose: str, value: bytes) -> bytes:
    """Encrypt a value with the newest key; `unseal` with the same purpose gives it back."""
    return _keys(purpose).encrypt(value)


def renewed(purpose: str, sealed: bytes) -> bytes:
    """The same value under the newest key. Raises InvalidToken for what neither key opens."""
    return _keys(purpose).rotate(sealed)


def unseal(purpose: str, sealed: bytes, *, seconds: int | None = None) -> bytes | None:
    """The value, or None if it was not sealed here, not for this, or too long ago."""
    try:
        return _keys(purpose).decrypt(sealed, ttl=seconds)
    except InvalidToken:
        return None


def _keys(purpose: str) -> MultiFernet:
    """The newest key seals; the one before it still opens."""
    using = settings.current()
    return MultiFernet(
        [_fernet(purpose, key) for key in (using.secret_key, using.secret_key_before) if key]
    )


def _fernet(purpose: str, key: str) -> Fernet:
    hkdf = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode())
    return Fernet(urlsafe_b64encode(hkdf.derive(key.encode())))
