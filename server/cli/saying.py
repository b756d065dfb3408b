"""What the command line says, and how it says that it cannot go on."""

import sys


class CannotStart(Exception):
    """The command cannot be carried out; the text says why and what to do next."""


def say(text: str = "") -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
