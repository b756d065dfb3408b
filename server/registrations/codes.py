"""Codes of tickets: how one looks, and how it is read. Pure."""

import secrets

# Crockford's base 32: nothing that is read as something else.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")
LENGTH = 8
CERTAIN = frozenset("23456789")  # digits that nobody reads as letters


def new_code() -> str:
    """A fresh code of nearly 40 bits, with a digit that tells it from a name: `7KQ2M4XD`."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not CERTAIN.isdisjoint(code):
            return code


def is_name(typed: str) -> bool:
    """Whether what was typed is a name: every code holds a digit, no name does."""
    return not any(sign.isdigit() for sign in typed)


def read_code(text: str) -> str:
    """A code as it was meant: capitals, no spaces or dashes, O is 0, I and L are 1."""
    kept = "".join(c for c in text.upper() if c.isascii() and c.isalnum())
    return kept.translate(READ_AS)[:12]


def shown(code: str) -> str:
    """A code as people read it: `7KQ2 M4XD`."""
    return f"{code[:4]} {code[4:]}"
