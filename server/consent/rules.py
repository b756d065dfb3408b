"""When an answer may be written down, and what the newest one means."""

import hashlib
import hmac

from server import settings
from server.errors import Refusal
from tables.consent import ConsentAction

YES = frozenset({ConsentAction.given, ConsentAction.confirmed, ConsentAction.imported})
NO = frozenset({ConsentAction.withdrawn, ConsentAction.objected})


class OnlyThePerson(Refusal):
    """A consent once withdrawn comes back only by the hand of the person who withdrew it."""

    code = "consent.only_the_person"


def is_yes(newest: ConsentAction | None) -> bool:
    """Whether the newest answer is a consent; no answer is none."""
    return newest in YES


def check(newest: ConsentAction | None, action: ConsentAction, *, by_the_person: bool) -> None:
    """Refuses OnlyThePerson when somebody else says yes after the person said no."""
    if newest in NO and action in YES and not (by_the_person and action != ConsentAction.imported):
        raise OnlyThePerson


def pepper() -> bytes:
    """What is mixed into the hash of an erased address; it hangs on SECRET_KEY."""
    secret = settings.current().lasting_key.encode()
    return hmac.new(secret, b"erased address", hashlib.sha256).digest()


def hidden(address_key: str) -> str:
    """An erased address as it stays: nobody reads it, but a no to our mail is still found."""
    return "#" + hashlib.sha256(pepper() + address_key.encode()).hexdigest()
