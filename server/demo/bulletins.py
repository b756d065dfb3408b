"""A newsletter that went out, and the next one that waits for a second pair of eyes."""

from datetime import datetime, timedelta

from server.actors import Actor
from server.database import execute
from server.demo.society import Society
from server.issues import sending, service

SENT = {
    "subject_nl": "Eventdag, een nieuwe werkgroep en drie bronnen",
    "subject_en": "Event day, a new working group and three resources",
    "body_nl": "Beste {{name}},\n\nEen volle maand ligt achter ons. Dit viel op.\n\n"
    "## Agenda\n\n- De eventdag over slaap en pijn is terug te lezen bij de documenten.\n\n"
    "## Werkgroepen\n\n- De werkgroep onderzoek zoekt twee nieuwe leden. Ook klinisch werkende"
    " psychologen zijn van harte welkom.\n\n## Van het bestuur\n\nDe ledenvergadering is in het"
    " voorjaar. Heeft u een onderwerp? Beantwoord deze e-mail.\n\nMet hartelijke groet,\n"
    "de redactie",
    "body_en": "Dear {{name}},\n\nA full month lies behind us. This stood out.\n\n"
    "## Agenda\n\n- The event day on sleep and pain can be read back in its documents.\n\n"
    "## Working groups\n\n- The research group looks for two new members. Clinicians are most"
    " welcome too.\n\n## From the board\n\nThe general meeting is in spring. Do you have a"
    " subject? Answer this mail.\n\nKind regards,\nthe editors",
}
NEXT = {
    "subject_nl": "Nieuws van deze maand",
    "subject_en": "",
    "body_nl": "Beste {{name}},\n\nHet nieuwe jaar komt eraan. Dit staat er op de agenda.\n\n"
    "## Van het bestuur\n\nDank voor alle inzet van dit jaar.\n\nMet hartelijke groet,\n"
    "de redactie",
    "body_en": "",
}
ARRIVED = """UPDATE newsletter_delivery SET state = 'sent', sent_at = $1, claimed_at = $1,
  changed_at = $1, attempts = 1 WHERE state = 'queued'"""


async def send(society: Society) -> None:
    """The first a month ago, the second this week; nobody is really mailed."""
    secretary = await _secretary()
    at = society.calendar.ago(30)
    first = await _tested(secretary, SENT, at - timedelta(days=1))
    await service.approve(society.board, first, is_sure=False, now=at - timedelta(hours=3))
    await service.schedule(secretary, first, at, now=at - timedelta(hours=2))
    await sending.begin(at)
    await execute(ARRIVED, at)
    await sending.tick(at + timedelta(minutes=1))
    await _tested(secretary, NEXT, society.calendar.ago(2))


async def _tested(writer: Actor, words: dict[str, str], at: datetime) -> int:
    issue_id = await service.create(writer, "newsletter", words, now=at)
    await service.test(writer, issue_id, now=at)
    await execute(ARRIVED, at)
    return issue_id


async def _secretary() -> Actor:
    rows = await execute(
        "SELECT p.id, p.display_name, p.email FROM role_grant r JOIN person p ON p.id = r.person"
        " WHERE r.role = 'secretary' ORDER BY r.id LIMIT 1"
    )
    held = frozenset({"secretary"})
    return Actor(rows[0]["id"], rows[0]["display_name"], rows[0]["email"], roles=held, held=held)
