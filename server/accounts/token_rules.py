"""API tokens: how one looks, how long it lives, what it may be given."""

import re
import secrets
import string
from collections.abc import Sequence
from datetime import timedelta

from server.actors import Actor
from server.web import tokens
from server.web.scopes import Scope

EACH = 20
LABEL_CHARACTERS = 80
DAYS = (30, 90, 365)
WARN_BEFORE = timedelta(days=14)
KEPT = timedelta(days=90)  # after its end, so that a leaked one can be traced to its label
PREFIX_LENGTH = 8
LETTERS = string.ascii_lowercase + string.digits
# Always the same look, so that scanners for leaked secrets find it.
SHAPE = re.compile(rf"nwp_[a-z0-9]{{{PREFIX_LENGTH}}}_[A-Za-z0-9_-]{{43}}", re.ASCII)


def new() -> tuple[str, str]:
    """A fresh token: (its prefix, the whole of it)."""
    prefix = "".join(secrets.choice(LETTERS) for _ in range(PREFIX_LENGTH))
    return prefix, f"nwp_{prefix}_{tokens.new()}"


def offered(actor: Actor) -> list[Scope]:
    """The scopes that somebody may give: `board` with an office, `check-in` with a door to keep."""
    keeps_a_door = actor.holds_office or bool(actor.chairs or actor.checks_in)
    lacks = {Scope.board: not actor.holds_office, Scope.check_in: not keeps_a_door}
    return [scope for scope in Scope if not lacks.get(scope, False)]


def needs(label: str, scopes: Sequence[str], days: int, actor: Actor) -> dict[str, str]:
    """What is wrong with what was asked for: field → message key."""
    wrong = {}
    if not label.strip():
        wrong["label"] = "errors.field.required"
    elif len(label) > LABEL_CHARACTERS:
        wrong["label"] = "errors.field.too_long"
    if not scopes or not {*scopes} <= {scope.value for scope in offered(actor)}:
        wrong["scopes"] = "accounts.field.scopes.needed"
    if days not in DAYS:
        wrong["days"] = "errors.field.choice"
    return wrong
