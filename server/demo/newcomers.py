"""Who would like to join: one new application, one that the board asked something about."""

from datetime import timedelta

from server.actors import Actor
from server.applications import deciding, service
from server.applications.rules import ApplicationForm
from server.database import execute
from server.demo.society import Society

FLOOR = ApplicationForm(
    type_id=0,
    initials="F.",
    prefix="van den",
    surname="Heuvel",
    email="floor.vandenheuvel@example.org",
    phone="06 12345678",
    postcode="8011 AB",
    city="Zwolle",
    register="BIG",
    number="09912345625",
    title="gz_psychologist",
    motivation="Ik werk bij een pijnpoli en wil graag met vakgenoten over casuïstiek spreken.",
)
TEUN = ApplicationForm(
    type_id=0,
    initials="T.",
    surname="Wijnstra",
    email="teun.wijnstra@example.org",
    city="Leeuwarden",
    motivation="Ik begin volgend jaar aan de opleiding tot gz-psycholoog.",
)


async def apply(society: Society) -> None:
    """Two people apply; the board asks one of them something."""
    rows = await execute("SELECT id, code FROM membership_type")
    types = {row["code"]: row["id"] for row in rows}
    now = society.calendar.ago(3)
    await _applied(FLOOR, types["gewoon"], society)
    asked = await _applied(TEUN, types["aspirant"], society)
    question = "Bij welke instelling volgt u de opleiding?"
    await deciding.ask_more(society.board, asked, question, now=now + timedelta(days=1))


async def _applied(form: ApplicationForm, type_id: int, society: Society) -> int:
    """As if signed in with this address: no letter has to be answered."""
    values = {**vars(form), "type_id": type_id}
    applicant = Actor(person_id=None, name=form.surname, email=form.email)
    now = society.calendar.ago(3)
    await service.apply(applicant, ApplicationForm(**values), now=now)
    rows = await execute(
        "UPDATE membership_application SET state = 'submitted', submitted_at = $2"
        " WHERE email_key = $1 RETURNING id",
        form.email,
        now,
    )
    return int(rows[0]["id"])
