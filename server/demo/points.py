"""Points in registers: one to be asked, one asked, one granted; and a list that was handed in."""

from datetime import timedelta

from server.accreditation import queries, service
from server.actors import SYSTEM
from server.clock import day_of
from server.database import execute

COMING = {"FGzPt": "granted", "NIP": "submitted", "VGCt": "planned"}
PAST = {"FGzPt": "exported", "NIP": "presence_open"}


async def ask(told: dict[str, int]) -> None:
    """The coming day at three registers, the last one at two."""
    for name, wishes in (("full_day", COMING), ("past_day", PAST)):
        row = (await execute("SELECT id, starts_at, ends_at FROM event WHERE id = $1",
                             told[name]))[0]  # fmt: skip
        choices = {
            one.code: one.id for one in await queries.choices(row["id"], day_of(row["starts_at"]))
        }
        for code, until in wishes.items():
            made = await service.plan(SYSTEM, row["id"], choices[code], now=row["starts_at"])
            if until == "planned":
                continue
            await service.submit(SYSTEM, made, external_id=f"{40000 + made}")
            if until == "submitted":
                continue
            await service.grant(SYSTEM, made, "5")
            if until == "exported":
                await service.export(SYSTEM, made, now=row["ends_at"] + timedelta(days=10))
