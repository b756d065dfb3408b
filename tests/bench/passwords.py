"""Thirty people who mistype their password at once, and whether anybody else notices."""

import asyncio
import time
from urllib.parse import urlencode

from tests.bench import load

AT_ONCE = 30
LOOKS = 40


async def beside_health(port: int) -> dict[str, float]:
    """How long /health takes (ms), idle and while passwords are checked."""
    idle = [await _look(port) for _ in range(LOOKS)]
    began = time.perf_counter()
    checks = asyncio.gather(*(_try(port, n) for n in range(AT_ONCE)))
    busy = [await _look(port)]
    while not checks.done():
        busy.append(await _look(port))
    await checks
    return {
        "30 password checks s": time.perf_counter() - began,
        "health idle, median ms": sorted(idle)[LOOKS // 2],
        "health meanwhile, median ms": sorted(busy)[len(busy) // 2],
        "health meanwhile, worst ms (below 300)": max(busy),
    }


async def _look(port: int) -> float:
    began = time.perf_counter()
    await load.first(port, "/health")
    return (time.perf_counter() - began) * 1000


async def _try(port: int, number: int) -> None:
    form = {"email": f"x{number}@example.org", "password": "nee nee nee nee", "code": "000000"}
    body = urlencode(form)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /sign-in/password HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        f"{body}".encode()
    )
    answer = await reader.read()
    writer.close()
    if b" 422 " not in answer[:20]:
        raise RuntimeError(answer[:200].decode("latin-1"))
