"""Every letter there is, for the outbox, the gallery page and the tests."""

import importlib
import pkgutil
from functools import cache

from emails import letters
from emails.letters import Letter


@cache
def all_letters() -> dict[str, type[Letter]]:
    """Kind → letter, in order of kind; what several letters merely share is left out."""
    for module in pkgutil.iter_modules(letters.__path__):
        importlib.import_module(f"emails.letters.{module.name}")
    found: dict[str, type[Letter]] = {}
    todo: list[type[Letter]] = [Letter]
    while todo:
        for one in todo.pop().__subclasses__():
            todo.append(one)
            if not one.is_only_shared():
                found[one.kind()] = one
    return dict(sorted(found.items()))


def answers_to(kind: str) -> str:
    """The field of a letter with the address to which an answer goes; "" for the sender."""
    return all_letters()[kind].answers_to if kind in all_letters() else ""


def drawn(kind: str) -> str:
    """The field of a letter that is drawn as a QR code; "" for none."""
    return all_letters()[kind].drawn if kind in all_letters() else ""


def forgets(kind: str) -> bool:
    """Whether the values of a letter are wiped once it has gone: it carries a secret."""
    return kind in all_letters() and all_letters()[kind].forgets
