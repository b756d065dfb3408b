"""Secrets that we must be able to read again, encrypted with the key of this installation.

Fernet (AES-128-CBC with HMAC-SHA256) under a key of its own for each purpose, made from
SECRET_KEY by HKDF (RFC 5869): a value sealed for one purpose opens nothing else.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server import settings

KEY_BYTES = 32


def seal(purpose: str, value: bytes) -> bytes:
    """Encrypt a value; `unseal` with the same purpose gives it back."""
    return _fernet(purpose).encrypt(value)


def unseal(purpose: str, sealed: bytes, *, seconds: int | None = None) -> bytes | None:
    """The value, or None if it was not sealed here, not for this, or too long ago."""
    try:
        return _fernet(purpose).decrypt(sealed, ttl=seconds)
    except InvalidToken:
        return None


def _fernet(purpose: str) -> Fernet:
    key = settings.current().secret_key.encode()
    derived = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(key)
    return Fernet(urlsafe_b64encode(derived))
