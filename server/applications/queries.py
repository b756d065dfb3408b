"""Applications as the applicant and the board see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.applications.states import OPEN
from server.database import execute
from server.errors import NotFound
from server.people import likeness
from server.people import rules as people

VIEW = """
SELECT a.id, a.code, a.revision, a.person AS person_id, a.type AS type_id, t.name_nl AS type_nl,
  t.name_en AS type_en, a.initials, a.first_name, a.prefix, a.surname, a.email,
  a.email_key, a.phone, a.postcode, a.city, a.language, a.register, a.number, a.title,
  a.motivation, a.state, a.created_at, a.submitted_at, a.question, a.answer, a.reason,
  a.decided_at
FROM membership_application a JOIN membership_type t ON t.id = a.type
"""
# Everybody who could be the applicant; how much they look alike is `people.likeness`. $3 is how a
# word of their search key would begin, $7 the surname as it may be written: of birth or a partner.
LOOK_ALIKES = """
SELECT p.id, p.display_name, p.email, p.city, p.deceased_on IS NOT NULL AS is_deceased,
  p.initials, p.first_name, p.surname, p.partner_surname, p.email_key, p.phone, p.postcode,
  ARRAY(SELECT register || ':' || number FROM registration_number WHERE person = p.id
    AND state <> 'withdrawn') AS numbers,
  (SELECT m.number FROM membership m WHERE m.person = p.id
   ORDER BY m.starts_on DESC LIMIT 1) AS member_number
FROM person p WHERE p.merged_into IS NULL AND p.anonymised_at IS NULL
AND (p.email_key = $1 OR (p.phone <> '' AND p.phone = $2) OR p.search_key LIKE $3
  OR ARRAY[lower(p.surname), lower(p.partner_surname)] && $7::text[]
  OR (p.postcode <> '' AND p.postcode = $6) OR EXISTS (SELECT 1 FROM registration_number n
    WHERE n.person = p.id AND n.register = $4 AND n.number = $5 AND $5 <> ''))
ORDER BY p.sort_key, p.id"""
NAMED = {"number", "phone", "name"}  # enough by itself to be shown beside an application


@dataclass(frozen=True)
class ApplicationView:
    """One application with what was asked, answered and decided."""

    id: int
    code: str
    revision: int
    person_id: int | None
    type_id: int
    type_nl: str
    type_en: str
    initials: str
    first_name: str
    prefix: str
    surname: str
    email: str
    email_key: str
    phone: str
    postcode: str
    city: str
    language: str
    register: str
    number: str
    title: str
    motivation: str
    state: str
    created_at: datetime
    submitted_at: datetime | None
    question: str
    answer: str
    reason: str
    decided_at: datetime | None

    @property
    def structured_name(self) -> people.Name:
        """The name in its parts."""
        return people.Name(
            surname=self.surname,
            initials=self.initials,
            first_name=self.first_name,
            prefix=self.prefix,
        )

    @property
    def name(self) -> str:
        """`A. van der Berg`."""
        return people.display_name(self.structured_name)

    @property
    def is_open(self) -> bool:
        """Waits for a decision."""
        return self.state in OPEN

    def type_name(self, language: str) -> str:
        """The kind of membership asked for."""
        return self.type_en if language == "en" else self.type_nl


@dataclass(frozen=True)
class LookAlike:
    """Somebody we know who could be the applicant; `reasons`: email, and those of likeness."""

    id: int
    display_name: str
    email: str | None
    city: str
    is_deceased: bool
    reasons: list[str]
    member_number: int | None


async def get(code: str) -> ApplicationView:
    """One application by the applicant's secret code. Raises NotFound."""
    rows = await execute(f"{VIEW} WHERE a.code = $1", code)
    if not rows:
        raise NotFound
    return ApplicationView(**rows[0])


async def by_id(application_id: int) -> ApplicationView:
    """One application, for services and the board. Raises NotFound."""
    rows = await execute(f"{VIEW} WHERE a.id = $1", application_id)
    if not rows:
        raise NotFound
    return ApplicationView(**rows[0])


async def find_open(email_key: str) -> ApplicationView | None:
    """What somebody with this address asked for and nobody decided yet."""
    rows = await execute(
        f"{VIEW} WHERE a.email_key = $1 AND a.state = ANY($2::text[])", email_key, list(OPEN)
    )
    return ApplicationView(**rows[0]) if rows else None


async def in_states(states: Sequence[str]) -> list[ApplicationView]:
    """Applications in some states, who waits longest first; at most 500."""
    rows = await execute(
        f"{VIEW} WHERE a.state = ANY($1::text[])"
        " ORDER BY coalesce(a.submitted_at, a.created_at), a.id LIMIT 500",
        list(states),
    )
    return [ApplicationView(**row) for row in rows]


async def look_alikes(view: ApplicationView) -> list[LookAlike]:
    """People we know who could be the applicant, with the reasons; the likest first, at most 20."""
    core = likeness.core(view.surname)
    begins = people.sort_key(people.Name(surname=core))[:4]
    rows = await execute(
        LOOK_ALIKES,
        *(view.email_key, view.phone, f"% {begins}%" if begins else "", view.register, view.number),
        *(view.postcode, [view.surname.lower(), core]),
    )
    applicant = likeness.facts(
        {**vars(view), "id": 0, "partner_surname": ""},
        [(view.register, view.number)] if view.number else (),
    )
    found = [one for row in rows if (one := _look_alike(row, applicant)) is not None]
    return [one for _, one in sorted(found, key=lambda scored: -scored[0])[:20]]


def _look_alike(row: Mapping[str, Any], applicant: likeness.Facts) -> tuple[int, LookAlike] | None:
    """Somebody beside the application with their points, if there is reason enough."""
    numbers = [tuple(number.split(":", 1)) for number in row["numbers"]]
    shared = likeness.compare(applicant, likeness.facts(row, numbers))
    is_same = row["email_key"] == applicant.email_key
    if not (is_same or set(shared.reasons) & NAMED or shared.score >= likeness.ENOUGH):
        return None
    shown = ("id", "display_name", "email", "city", "is_deceased", "member_number")
    reasons = [*(["email"] if is_same else []), *shared.reasons]
    points = shared.score + (100 if is_same else 0)
    return points, LookAlike(**{name: row[name] for name in shown}, reasons=reasons)
