"""The ticket of a registration: made at the first look, the same ever after."""

from server.attendance import rules
from server.database import execute, transaction

TRIES = 5


async def code_of(registration_id: int) -> str:
    """The code of a registration's ticket."""
    async with transaction():
        for _ in range(TRIES):
            await execute(
                "INSERT INTO ticket (registration, code) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                *(registration_id, rules.new_code()),
            )
            rows = await execute("SELECT code FROM ticket WHERE registration = $1", registration_id)
            if rows:
                return str(rows[0]["code"])
    raise RuntimeError("no code was free")
