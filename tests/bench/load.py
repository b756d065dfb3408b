"""A small load: a few kept-open connections to this machine, bounded in time."""

import asyncio
import time

CONNECTIONS = 8


async def rate(port: int, path: str, *, seconds: float, headers: str = "") -> float:
    """Answers per second of one GET on 127.0.0.1."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode()
    ends = time.perf_counter() + seconds
    began = time.perf_counter()
    counts = await asyncio.gather(*(_keep_asking(port, request, ends) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.perf_counter() - began)


async def _keep_asking(port: int, request: bytes, ends: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answered = 0
    while time.perf_counter() < ends:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        answered += 1
    writer.close()
    return answered


def _length(head: bytes) -> int:
    if head.split(b" ", 2)[1] not in (b"200", b"304"):
        raise RuntimeError(head.decode("latin-1"))
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return 0 if b" 304 " in head[:15] else int(line.split(b":")[1])
    return 0


async def first(port: int, path: str, *, headers: str = "") -> tuple[dict[str, str], bytes]:
    """One answer: its headers and its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    body = await reader.readexactly(_length(head))
    writer.close()
    lines = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")[1:] if line]
    return {name.lower(): value for name, value in lines}, body
