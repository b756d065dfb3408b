"""The command line: `netwerk run` and what an operator needs beside it."""

import gc

gc.disable()  # importing makes thousands of things and no garbage: looking for it costs 0.4 s

from server.cli.program import main  # noqa: E402

gc.freeze()
gc.enable()

__all__ = ["main"]
