"""Points that registers granted, or were asked, for an event: what everybody may know of it."""

from dataclasses import dataclass
from decimal import Decimal

from server.database import execute

ASKED = ("submitted", "asked")
GRANTED = ("granted", "presence_open", "exported", "confirmed")


@dataclass(frozen=True)
class PointsView:
    """One register; `points` is None while it is asked."""

    code: str
    points: Decimal | None

    def in_words(self, language: str) -> str:
        """`6,5`; in English `6.5`."""
        short = f"{self.points.normalize():f}" if self.points is not None else ""
        return short.replace(".", ",") if language == "nl" else short


async def of_event(event_id: int) -> list[PointsView]:
    """By register; what was refused, withdrawn or only planned is nobody else's business."""
    rows = await execute(
        "SELECT r.code, CASE WHEN a.state = ANY($2::text[]) THEN a.points END AS points"
        " FROM accreditation a JOIN accreditation_register r ON r.id = a.register"
        " WHERE a.event = $1 AND a.state = ANY($2::text[] || $3::text[]) ORDER BY r.code",
        *(event_id, list(GRANTED), list(ASKED)),
    )
    return [PointsView(**row) for row in rows]
