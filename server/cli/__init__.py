"""The command line: `netwerk run` and what an operator needs beside it."""

from server.cli.program import main

__all__ = ["main"]
