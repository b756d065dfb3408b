"""The ticket of a registration: made when a place is confirmed, the same ever after."""

from server.database import execute
from server.registrations import codes

TRIES = 5
# Along with a line that is being made: of who comes in by a door, when nobody has that code yet.
MADE_WITH = """INSERT INTO ticket (registration, code)
  SELECT {line}.registration, {code} FROM {line}
  JOIN capacity_unit u ON u.id = {line}.unit JOIN event e ON e.id = u.event
  WHERE {line}.state = 'confirmed' AND u.kind = 'seat' AND e.mode <> 'online'
  ON CONFLICT DO NOTHING RETURNING code"""
MADE = """WITH made AS (INSERT INTO ticket (registration, code) VALUES ($1, $2)
    ON CONFLICT DO NOTHING RETURNING code)
  SELECT code FROM made UNION ALL SELECT code FROM ticket WHERE registration = $1"""


async def code_of(registration_id: int) -> str:
    """The code of a registration's ticket. In one statement, but for two who make it at once."""
    for _ in range(TRIES):
        rows = await execute(MADE, registration_id, codes.new_code())
        if rows:
            return str(rows[0]["code"])
    raise RuntimeError("no code was free")
