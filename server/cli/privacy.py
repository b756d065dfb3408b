"""`netwerk retention`: what has been kept long enough, counted; forgotten only when told."""

import argparse

from server import clock
from server.actors import SYSTEM
from server.cli.saying import say
from server.language import text
from server.privacy import retention as keeping


async def retention(asked: argparse.Namespace) -> None:
    """Print what each rule would do; with `--go` do it, people of long ago included."""
    now = clock.now()
    for one in await keeping.due(now):
        say(f"{one.rows:>8} {text('en', f'privacy.rule.{one.rule.name}')}")
    idle = await keeping.idle(now)
    say(f"{len(idle):>8} {text('en', 'privacy.rule.idle')}")
    if not asked.go:
        say("Nothing was forgotten. Add --go to forget it.")
        return
    rows, people = await keeping.apply(now), await keeping.erase_idle(SYSTEM, now=now)
    say(f"Forgotten: {rows} rows, {people} people.")
