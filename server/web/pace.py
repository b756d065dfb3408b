"""Answers that take the same time whatever was found: a public form must not tell who is known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PUBLIC_FORM_SECONDS = 0.25


@asynccontextmanager
async def steady(seconds: float = PUBLIC_FORM_SECONDS) -> AsyncIterator[None]:
    """Whatever happens inside, leave no sooner than this."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - loop.time()))
