"""How the product says no. One handler turns these into a page or problem+json."""

from collections.abc import Mapping
from typing import ClassVar, Self


class Sentence(str):
    """A message key that brings along what its sentence is filled with, in any language."""

    values: Mapping[str, object]

    def __new__(cls, key: str, **values: object) -> Self:
        """A key with its values: plain ones, days and hours."""
        made = super().__new__(cls, key)
        made.values = values
        return made


class Refusal(Exception):
    """A rule said no; `values` fill its sentence.

    A code `domain.name` has the message key `domain.refusal.name`; one without a domain belongs
    to everybody and stands under `errors`.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, **values: object) -> None:
        super().__init__(self.code)
        self.values = values

    @property
    def message_key(self) -> str:
        """The key of the sentence that explains it."""
        domain, _, name = self.code.rpartition(".")
        return f"{domain or 'errors'}.refusal.{name}"


class WrongState(Refusal):
    """The thing is not in a state from which this can be done."""

    code = "wrong_state"


class Stale(Refusal):
    """Somebody else saved in between."""

    code = "stale"


class TooMany(Refusal):
    """Asked too often; `seconds` says when to try again."""

    code = "too_many"


class NotFound(Exception):
    """It does not exist, or not for this reader: both read the same."""


class NotAllowed(Exception):
    """Known to exist, but not open to this reader."""


class SignInNeeded(Exception):
    """The page is for people who are signed in."""


class ProofNeeded(Exception):
    """Open to this reader once they show again who they are: the second factor, or a new link."""


class ScopeNeeded(Exception):
    """A program's token is good, but was not given this scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


class TokenRefused(Exception):
    """A program's token is wrong, has expired or was revoked: all read the same."""


class Invalid(Exception):
    """Input that cannot be used: every problem at once, field → message key with values."""

    def __init__(self, **fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
