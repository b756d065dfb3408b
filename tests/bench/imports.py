"""A file of 20,000 people, looked at whole and taken in, beside a register of as many."""

import random
import time

from server import clock
from server.actors import SYSTEM
from server.database import execute
from server.duplicates import finding
from server.imports import queries, service, working
from server.seeds import planting

ROWS = 20_000
HEADERS = (
    "Lidnr;Voorletters;Tussenvoegsel;Achternaam;E-mail;Telefoon;Postcode;Plaats;Soort;Lid sinds;BIG"
)
SURNAMES = ("Jansen", "Berg", "Dijk", "Bakker", "Visser", "Smit", "Meijer", "Boer", "Mulder", "Vos")


def lines(chance: random.Random) -> list[str]:
    """Two in a hundred have something wrong."""
    return [
        ";".join(
            (
                str(5000 + n),
                chance.choice("ABCDEFG") + ".",
                chance.choice(("", "van", "de", "van der")),
                f"{chance.choice(SURNAMES)}{chance.randint(1, 999)}",
                f"naam{n}@bench.example" if n % 100 else "geen adres",
                f"06{chance.randint(10_000_000, 59_999_999)}",
                f"{chance.randint(1000, 9999)} AB",
                "Utrecht",
                "Gewoon lid",
                f"{chance.randint(1, 28)}-{chance.randint(1, 12)}-{chance.randint(2005, 2025)}",
                f"{chance.randint(10**8, 10**9 - 1)}25" if n % 100 else "12",
            )
        )
        for n in range(ROWS)
    ]


async def measure() -> dict[str, float]:
    """Seconds for the first look, for taking in, and for a second look at the same file."""
    await planting.plant(clock.now())
    content = "\n".join([HEADERS, *lines(random.Random(7))]).encode()
    first, batch_id = await _looked_at(content)
    began = time.perf_counter()
    await service.ask_to_take_in(SYSTEM, batch_id)
    await working.tick(clock.now())
    taking = time.perf_counter() - began
    count = (await execute("SELECT count(*) AS n FROM membership"))[0]["n"]
    assert count == ROWS - ROWS // 100, count
    began = time.perf_counter()
    alike = await finding.look(clock.now())
    dedupe = time.perf_counter() - began
    second, again = await _looked_at(content)
    assert (await queries.batch(again)).counts["unchanged"] == count
    return {
        f"looking at {ROWS} lines s (reach 60)": first,
        "the same file again s": second,
        "taking them in s": taking,
        "duplicates among them s (reach 30)": dedupe,
        "pairs that look alike": float(alike),
    }


async def _looked_at(content: bytes) -> tuple[float, int]:
    began = time.perf_counter()
    batch_id = await service.bring(SYSTEM, "leden.csv", content, now=clock.now())
    chosen = (await queries.batch(batch_id)).fields
    await service.choose(SYSTEM, batch_id, chosen, now=clock.now())
    await working.tick(clock.now())
    return time.perf_counter() - began, batch_id
