"""Start the product and a bare application side by side, measure both in turn, print ratios."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from server import database, migrating, postgres, settings
from tests.bench import calendars, certificates, directory, imports, load, passwords, registering

ROUNDS = 3
SECONDS = 1.5
START_SECONDS = 60
PAGE = "/events"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


async def until_it_answers(port: int, path: str, process: subprocess.Popen[bytes]) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < START_SECONDS:
        if process.poll() is not None:
            raise RuntimeError("a server stopped while starting")
        try:
            await load.first(port, path)
        except (OSError, RuntimeError, asyncio.IncompleteReadError):
            await asyncio.sleep(0.02)
        else:
            return time.perf_counter() - began
    raise RuntimeError(f"nothing answered on port {port}")


def start_product(port: int, var_dir: Path, **settings: str) -> subprocess.Popen[bytes]:
    given = {**os.environ, "PORT": str(port), "VAR_DIR": str(var_dir), "DEMO": "1"}
    given.pop("DATABASE_URL", None)
    given |= settings
    command = [sys.executable, "-m", "server", "run"]
    return subprocess.Popen(
        command, env=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def start_bare(port: int, size: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.bench.bare", str(port), str(size)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(30)


async def over_http(var_dir: Path) -> dict[str, float]:
    """Feed, 304 and event page as shares of the bare application, medians of a few rounds."""
    port = free_port()
    stop_first = start_product(port, var_dir)
    cold = await until_it_answers(port, "/health", stop_first)
    stop(stop_first)
    product = start_product(port, var_dir)
    try:
        again = await until_it_answers(port, "/health", product)
        headers, body = await load.first(port, "/calendars/public.ics")
        _, page = await load.first(port, PAGE)
        bare_port = free_port()
        bare = start_bare(bare_port, len(body))
        try:
            await until_it_answers(bare_port, "/bytes", bare)
            shares = await in_turns(port, bare_port, headers["etag"])
            shares |= await passwords.beside_health(port)
        finally:
            stop(bare)
    finally:
        stop(product)
    sizes = {"feed bytes": float(len(body)), "page bytes": float(len(page))}
    return {"first start s": cold, "second start s": again, **sizes, **shares}


async def in_turns(port: int, bare_port: int, etag: str) -> dict[str, float]:
    match = f"If-None-Match: {etag}\r\n"
    asked = {
        "feed": (port, "/calendars/public.ics", ""),
        "304": (port, "/calendars/public.ics", match),
        "page": (port, PAGE, ""),
        "bare": (bare_port, "/bytes", ""),
        "bare 304": (bare_port, "/unchanged", ""),
    }
    rounds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(ROUNDS):
        for name, (at, path, headers) in asked.items():
            rounds[name].append(await load.rate(at, path, seconds=SECONDS, headers=headers))
    median = {name: sorted(found)[len(found) // 2] for name, found in rounds.items()}
    return {
        **{f"{name} /s": value for name, value in median.items()},
        "feed share (reach 0.80)": median["feed"] / median["bare"],
        "304 share (reach 0.90)": median["304"] / median["bare 304"],
        "page share (reach 0.05)": median["page"] / median["bare"],
    }


async def over_the_directory(folder: Path) -> dict[str, float]:
    """Searching 10,000 profiles as a share of a bare route that answers as many bytes."""
    server = postgres.start(folder / "postgres")
    port, bare_port = free_port(), free_port()
    product = start_product(port, folder / "var", DATABASE_URL=server.url(), DEMO="0")
    try:
        await until_it_answers(port, "/health", product)
        await directory.fill(server.url())
        _, page = await load.first(port, directory.PATHS[0])
        bare = start_bare(bare_port, len(page))
        try:
            await until_it_answers(bare_port, "/bytes", bare)
            plain = await load.rate(bare_port, "/bytes", seconds=SECONDS)
            rates = [await load.rate(port, path, seconds=SECONDS) for path in directory.PATHS]
        finally:
            stop(bare)
    finally:
        stop(product)
        server.stop()
    return {
        "directory searches /s": sorted(rates)[len(rates) // 2],
        "slowest of them /s": min(rates),
        "directory share (reach 0.05)": sorted(rates)[len(rates) // 2] / plain,
        **directory.against_looking_at_everybody(),
    }


async def in_process(directory: Path) -> dict[str, float]:
    """Registering as a share of the barest transaction, on a database of its own."""
    server = postgres.start(directory)
    try:
        database.configure(server.url())
        await migrating.migrate()
        await database.open_pool(size=registering.AT_ONCE)
        bare = sorted([await registering.bare() for _ in range(ROUNDS)])[1]
        rounds = [await registering.product() for _ in range(ROUNDS)]
        control = await registering.control()
        of_paper = await certificates.thousand()
        of_files = await imports.measure()
        of_feeds = await calendars.measure()
        await database.close_pool()
    finally:
        server.stop()
    rate = sorted(found for found, _ in rounds)[1]
    return {
        "registrations /s": rate,
        "bare transactions /s": bare,
        "registering share (reach 0.35)": rate / bare,
        "oversold (must be 0)": float(max(over for _, over in rounds)),
        "oversold by the control without a lock": float(control),
        **of_paper,
        **of_files,
        **of_feeds,
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="netwerk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        settings.use(settings.load({"VAR_DIR": str(folder)}, folder / ".env"))
        found = asyncio.run(in_process(folder / "alone"))
        found |= asyncio.run(over_http(folder / "var"))
        found |= asyncio.run(over_the_directory(folder / "directory"))
    for label, value in found.items():
        sys.stdout.write(f"{label:46} {value:12,.2f}\n")
    sys.stdout.write(json.dumps({k: round(v, 3) for k, v in found.items()}) + "\n")


if __name__ == "__main__":
    main()
