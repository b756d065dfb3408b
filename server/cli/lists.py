"""What the product consists of, as lists: addresses, state machines, letters."""

import importlib
import pkgutil
from pathlib import Path

import server
from emails import letters as all_letters
from emails.letters import Letter
from server.cli import product
from server.cli.saying import say
from server.settings import Settings
from server.workflow import Machine

STATES = Path("docs/states.md")
STATES_HEAD = """# States

Drawn from the state machines by `make states`; do not edit. Buttons, the admin and the API offer
exactly these moves, and every one of them is a line in the audit trail.
"""


def routes(settings: Settings) -> None:
    """Every address with its methods, in the order of the alphabet."""
    for route in sorted(product.application(settings).routes, key=lambda route: route.path):
        methods = ",".join(sorted({*getattr(route, "methods", ())} - {"OPTIONS"}))
        say(f"{methods:<10} {route.path}")


def write_states(_settings: Settings) -> None:
    """Write docs/states.md."""
    STATES.write_text(states_document())
    say(f"{STATES} is written.")


def states_document() -> str:
    """The diagram of every machine, by table; a machine stands in the `states` of its domain."""
    drawn = [
        f"## {machine.name}.{machine.column}\n\n```mermaid\n{machine.diagram()}\n```\n"
        for machine in sorted(machines(), key=lambda machine: (machine.name, machine.column))
    ]
    return "\n".join([STATES_HEAD, *drawn])


def machines() -> list[Machine]:
    """Every state machine of the product."""
    domains = [module.name for module in pkgutil.iter_modules(server.__path__) if module.ispkg]
    homes = [name for name in domains if Path(server.__path__[0], name, "states.py").exists()]
    modules = [importlib.import_module(f"server.{name}.states") for name in homes]
    return [
        found for home in modules for found in vars(home).values() if isinstance(found, Machine)
    ]


def letters(_settings: Settings) -> None:
    """Every letter by its folder, and the first line of when it is sent."""
    for letter in letter_kinds():
        sent = (letter.__doc__ or "").strip().partition("\n")[0]
        say(f"{letter.kind():<28} {sent}")


def letter_kinds() -> list[type[Letter]]:
    """Every letter that the product can send, by the name of its folder."""
    for module in pkgutil.iter_modules(all_letters.__path__):
        importlib.import_module(f"emails.letters.{module.name}")
    return sorted(_below(Letter), key=lambda letter: letter.kind())


def _below(letter: type[Letter]) -> list[type[Letter]]:
    found = [one for child in letter.__subclasses__() for one in (child, *_below(child))]
    return [
        one for one in found if Path(all_letters.__path__[0]).parent.joinpath(one.kind()).exists()
    ]
