"""What somebody's calendar answered for what is still to come, as they see it themselves."""

from dataclasses import dataclass
from datetime import datetime

from server.database import execute

ANSWERED = """SELECT e.title AS title_nl, e.title_en, e.slug, e.starts_at, e.ends_at, i.answer,
  (SELECT r.code FROM registration r WHERE r.event = e.id AND r.person = i.person) AS code
  FROM calendar_invitation i JOIN event e ON e.id = i.event
  WHERE i.person = $1 AND e.ends_at > $2 AND i.method = 'request' AND i.answer <> 'none'
  ORDER BY e.starts_at, e.id"""


@dataclass(frozen=True)
class Answer:
    """One event; `code` opens the registration, where cancelling is done, if there is one."""

    title_nl: str
    title_en: str
    slug: str
    starts_at: datetime
    ends_at: datetime
    answer: str
    code: str | None

    def title(self, language: str) -> str:
        """The title of the event in a language."""
        return (self.title_en if language == "en" else "") or self.title_nl


async def of_person(person_id: int, *, now: datetime) -> list[Answer]:
    """The answers of one person's calendar, the first to come first."""
    return [Answer(**row) for row in await execute(ANSWERED, person_id, now)]
