"""What the board decided on members: one converted, one suspended, one who died last week."""

from datetime import timedelta

from server.database import execute
from server.demo.society import Society
from server.members import farewell
from server.memberships import deciding, suspending


async def decide(society: Society) -> None:
    """One becomes a full member, one is suspended, the death of a third is to be settled."""
    today, now = society.calendar.day(0), society.calendar.ago(2)
    died, suspended, grown = (society.members[n].person_id or 0 for n in (-2, -3, -4))
    rows = await execute(
        "SELECT m.id, (SELECT id FROM membership_type WHERE id <> m.type ORDER BY id LIMIT 1)"
        " AS other FROM membership m WHERE m.person = $1",
        grown,
    )
    await deciding.convert(
        society.board, rows[0]["id"], rows[0]["other"], from_on=today - timedelta(days=60), now=now
    )
    await suspending.suspend(
        society.board,
        suspended,
        "De contributie van de afgelopen twee jaar is ondanks herinneringen niet betaald.",
        from_on=today - timedelta(days=14),
        until_on=today + timedelta(days=76),
        now=now,
    )
    source = "Rouwkaart, ontvangen door de secretaris"
    await farewell.note(society.board, died, today - timedelta(days=6), source=source, now=now)
