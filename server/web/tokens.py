"""Secrets in addresses: long, random, and kept only as a hash."""

import hashlib
import secrets
from base64 import urlsafe_b64encode

BYTES = 32


def new() -> str:
    """A fresh secret of 256 bits, as it stands in a link (43 characters)."""
    return urlsafe_b64encode(secrets.token_bytes(BYTES)).rstrip(b"=").decode()


def hash_of(token: str) -> bytes:
    """What a table keeps of a token: SHA-256. Never fails on whatever stood in an address."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
