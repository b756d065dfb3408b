"""Many rows in turn, as every tick does: what is wrong with one is wrong with that one only."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def each(rows: Iterable[T], verb: Callable[[T], Awaitable[R]]) -> list[R]:
    """Do it for every row and answer with what came of each.

    A row that fails keeps none of the others waiting; all troubles are raised in the end, so that
    the run counts as failed. The verb opens its own transaction.
    """
    done: list[R] = []
    troubles: list[Exception] = []
    for row in rows:
        try:
            done.append(await verb(row))
        except Exception as trouble:
            troubles.append(trouble)
    if troubles:
        raise ExceptionGroup(f"{len(troubles)} of {len(troubles) + len(done)} failed", troubles)
    return done
