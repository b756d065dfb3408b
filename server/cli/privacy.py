"""`netwerk retention`: what has been kept long enough, counted; forgotten only when told."""

import argparse

from server import clock
from server.cli.saying import say
from server.language import text
from server.privacy import retention as keeping


async def retention(asked: argparse.Namespace) -> None:
    """Print what each rule would do; with `--go` do it. Of people the board decides."""
    now = clock.now()
    for one in await keeping.due(now):
        say(f"{one.rows:>8} {text('en', f'privacy.rule.{one.rule.name}')}")
    idle = await keeping.idle(now)
    say(f"{len(idle):>8} {text('en', 'privacy.rule.idle')}")
    if not asked.go:
        say("Nothing was forgotten. Add --go to forget it.")
        return
    say(f"Forgotten: {await keeping.apply(now)} rows. People are erased by the board, on its page.")
