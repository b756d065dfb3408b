"""Who comes by, and the addresses of real rows of the demo story."""

import httpx

from server import clock
from server.accounts import service as accounts
from server.database import execute
from server.people import service as people
from tests.house import things

VISITORS = {
    "stranger": "",
    "member": "lid@example.org",
    "speaker": "spreker@example.org",
    "chair": "voorzitter@example.org",
    "committee": "commissie@example.org",
    "board": "bestuur@example.org",
}
OFFICES = (
    *("secretary", "treasurer", "editor", "accreditor", "check_in", "system"),
    "board_chair",
)
VISITORS |= {office: f"{office}@example.com" for office in OFFICES}

ARCHIVED = "SELECT slug FROM event WHERE state = 'archived' ORDER BY id LIMIT 1"
STEPS = (
    *("announcement", "publication", "postponement", "rescheduling"),
    *("cancellation", "completion", "archiving"),
)
EXAMPLES = {
    # A step that is refused takes nothing from whoever comes after.
    **{f"/events/{{slug}}/{noun}/{{slug}}": ARCHIVED for noun in STEPS},
    "/events/{slug}/series/changes/{slug}": "SELECT slug FROM event WHERE series IS NOT NULL"
    " AND state = 'published' AND starts_at > now() ORDER BY starts_at LIMIT 1",
    "/groups/{slug}": "SELECT g.slug FROM working_group g JOIN group_membership m ON m.group = g.id"
    " JOIN person p ON p.id = m.person WHERE p.email = 'voorzitter@example.org'"
    " AND m.role = 'chair' LIMIT 1",
    "/calls/{slug}": "SELECT e.slug FROM call c JOIN event e ON e.id = c.event"
    " ORDER BY c.closes_at DESC LIMIT 1",
    "/board/talks/{slug}": "SELECT e.slug FROM call c JOIN event e ON e.id = c.event"
    " ORDER BY c.closes_at DESC LIMIT 1",
    "{issue_id}": "SELECT id FROM newsletter_issue WHERE state = 'sent' ORDER BY id LIMIT 1",
    "{number}": "SELECT number FROM newsletter_issue WHERE state = 'sent' ORDER BY id LIMIT 1",
    "/newsletters/archive/{slug}": "SELECT slug FROM newsletter_list ORDER BY id LIMIT 1",
    "/newsletters/{slug}": "SELECT slug FROM newsletter_list ORDER BY id LIMIT 1",
    "/events/{slug}": "SELECT slug FROM event WHERE state = 'published' AND visibility = 'public'"
    " AND ends_at > now() AND EXISTS (SELECT 1 FROM registration r WHERE r.event = event.id)"
    " ORDER BY starts_at DESC LIMIT 1",
    "/library/{code}": "SELECT code FROM resource ORDER BY code LIMIT 1",
    "/board/talks/{code}": "SELECT p.code FROM proposal p JOIN call c ON c.id = p.call"
    " JOIN event e ON e.id = c.event WHERE e.slug = $1 ORDER BY p.id LIMIT 1",
    "/proposals/{code}": "SELECT p.code FROM proposal p JOIN proposal_speaker s"
    " ON s.proposal = p.id JOIN person w ON w.id = s.person"
    " WHERE w.email = 'spreker@example.org' ORDER BY p.id LIMIT 1",
    "/join/{code}": "SELECT code FROM membership_application"
    " WHERE state IN ('waiting', 'withdrawn') ORDER BY state LIMIT 1",
    "{application_id}": "SELECT id FROM membership_application WHERE state = 'submitted' LIMIT 1",
    **dict.fromkeys(
        ("/directory/{slug}", "/board/profiles/{slug}"),
        "SELECT slug FROM profile WHERE state = 'published' ORDER BY id LIMIT 1",
    ),
    "{workplace_id}": "SELECT w.id FROM workplace w JOIN profile f ON f.id = w.profile"
    " JOIN person p ON p.id = f.person WHERE p.email = 'lid@example.org' LIMIT 1",
    "/registrations/{code}/documents/{document_id}": "SELECT d.id FROM event_document d"
    " JOIN registration r ON r.event = d.event JOIN person p ON p.id = r.person"
    " WHERE p.email = 'lid@example.org' ORDER BY r.id, d.id LIMIT 1",
    "/registrations/{code}": "SELECT r.code FROM registration r JOIN person p ON p.id = r.person"
    " WHERE p.email = 'lid@example.org' ORDER BY r.id LIMIT 1",
    "{part_id}": "SELECT p.id FROM event_part p JOIN event e ON e.id = p.event"
    " WHERE e.slug = $1 ORDER BY p.id LIMIT 1",
    "{document_id}": "SELECT d.id FROM event_document d JOIN event e ON e.id = d.event"
    " WHERE e.slug = $1 AND d.visibility = 'public' ORDER BY d.id LIMIT 1",
    "{question_id}": "SELECT q.id FROM question q JOIN event e ON e.id = q.event"
    " WHERE e.slug = $1 AND NOT EXISTS (SELECT 1 FROM question o WHERE o.only_if = q.id)"
    " ORDER BY q.id LIMIT 1",
    "{scan_id}": "SELECT s.id FROM scan s JOIN helper_link h ON h.event = s.event"
    " WHERE s.undone_at IS NULL ORDER BY s.id LIMIT 1",
    "{suspension_id}": "SELECT s.id FROM membership_suspension s JOIN person p"
    " ON p.id = s.person WHERE p.email = 'lid@example.org' ORDER BY s.id LIMIT 1",
    "{accreditation_id}": "SELECT a.id FROM accreditation a JOIN event e ON e.id = a.event"
    " WHERE e.slug = $1 ORDER BY a.id LIMIT 1",
    "{export_id}": "SELECT x.id FROM presence_export x JOIN accreditation a"
    " ON a.id = x.accreditation JOIN event e ON e.id = a.event WHERE e.slug = $1"
    " ORDER BY a.id, x.id LIMIT 1",
    "/me/certificates/{certificate_id}": "SELECT c.id FROM certificate c JOIN person p"
    " ON p.id = c.person WHERE p.email = 'board_chair@example.com' LIMIT 1",
    "{certificate_id}": "SELECT c.id FROM certificate c JOIN event e ON e.id = c.event"
    " WHERE e.slug = $1 ORDER BY c.id LIMIT 1",
    "/presence/{person_id}": "SELECT a.person FROM attendance a JOIN event e ON e.id = a.event"
    " WHERE e.slug = $1 ORDER BY a.id LIMIT 1",
    "/check-in/{token}": f"SELECT '{things.OF_HELPER}'",
    "{link_id}": "SELECT id FROM helper_link ORDER BY id DESC LIMIT 1",
    "/calendars/personal/{file}": f"SELECT '{things.OF_FEED}.ics'",
    "/calendars/groups/{file}": "SELECT slug || '.ics' FROM working_group"
    " WHERE state = 'active' ORDER BY id LIMIT 1",
    "{move_id}": "SELECT max(id) FROM event_move",
    "{webhook_id}": "SELECT id FROM webhook ORDER BY id LIMIT 1",
    "{delivery_id}": "SELECT d.id FROM webhook_delivery d WHERE d.state = 'failed'"
    " AND d.webhook = (SELECT min(id) FROM webhook) ORDER BY d.id LIMIT 1",
    "{series_id}": "SELECT id FROM event_series ORDER BY id LIMIT 1",
    "{message_id}": "SELECT m.id FROM event_message m JOIN event e ON e.id = m.event"
    " WHERE e.slug = $1 ORDER BY m.id LIMIT 1",
    "{segment_id}": "SELECT id FROM segment ORDER BY id LIMIT 1",
    **{
        f"{{{key}}}": f"SELECT t.id FROM {table} t JOIN person p ON p.id = t.person"
        " WHERE p.email = 'board_chair@example.com' ORDER BY t.id LIMIT 1"
        for key, table in things.OWN.items()
    },
    "{line_id}": "SELECT l.id FROM registration_line l JOIN capacity_unit u ON u.id = l.unit"
    " JOIN event e ON e.id = u.event WHERE e.slug = $1 ORDER BY l.id LIMIT 1",
    "{unit_id}": "SELECT u.id FROM capacity_unit u JOIN event e ON e.id = u.event"
    " WHERE e.slug = $1 ORDER BY u.id LIMIT 1",
    "{membership_id}": "SELECT m.id FROM membership m JOIN person p ON p.id = m.person"
    " WHERE p.email = 'lid@example.org' LIMIT 1",
    **dict.fromkeys(
        ("/board/people/{person_id}", "/api/people/{person_id}"),
        "SELECT id FROM person WHERE email = 'lid@example.org'",
    ),
    "/board/accounts/people/{person_id}": "SELECT person FROM suspension"
    " WHERE lifted_at IS NULL ORDER BY id LIMIT 1",
    "{code_id}": "SELECT i.id FROM invitation_code i JOIN event e ON e.id = i.event"
    " WHERE e.slug = $1 ORDER BY i.id LIMIT 1",
    "{registration_id}": "SELECT r.id FROM registration r JOIN event e ON e.id = r.event"
    " WHERE e.slug = $1 ORDER BY r.id LIMIT 1",
    "{due_id}": "SELECT f.id FROM ticket_fee f JOIN registration r ON r.id = f.registration"
    " JOIN event e ON e.id = r.event WHERE e.slug = $1 ORDER BY f.id LIMIT 1",
    "/marks/{action}": "SELECT 'payment'",
    "/hand-over/{token}": f"SELECT '{things.OF_COLLEAGUE}'",
    "{fee_id}": "SELECT id FROM fee ORDER BY id LIMIT 1",
    "{invoice_id}": "SELECT id FROM invoice ORDER BY id LIMIT 1",
    "{pair_id}": "SELECT id FROM duplicate_pair ORDER BY id LIMIT 1",
    "{merge_id}": "SELECT id FROM merge_event ORDER BY id LIMIT 1",
    "{batch_id}": "SELECT id FROM import_batch ORDER BY id LIMIT 1",
    "{bounce_id}": "SELECT id FROM bounce WHERE tipped LIMIT 1",
    "{letter_id}": "SELECT id FROM outbox_letter ORDER BY id LIMIT 1",
    "{grant_id}": "SELECT id FROM role_grant ORDER BY id DESC LIMIT 1",
    "{seat_id}": "SELECT m.id FROM group_membership m JOIN working_group g ON g.id = m.group"
    " WHERE g.slug = $1 AND m.role = 'member' ORDER BY m.state = 'ended', m.id LIMIT 1",
}
GIVEN = {
    "{kind}": "place_offered",
    "{said}": "nl",
    "{action}": "submit",
    "{name}": "00000000-0000-4000-8000-000000000000",
    "{token}": "A" * 43,
    "{file}": "citation.ris",
    "{person_id}": "2147483647",
    "{year}": "2026",
    "{segment}": "confirmed",
    "{code}": "nothing",
}


async def value(sql: str, *arguments: object) -> str:
    found = await execute(sql, *arguments)
    return str(next(iter(found[0].values()))) if found else "0"


async def example(path: str) -> str:
    """The path with the keys of real rows of the demo story."""
    slug = ""
    for shape, sql in EXAMPLES.items():
        folder, _, key = shape.rpartition("/")
        if key == "{slug}" and folder in path and "{slug}" in path and not slug:
            slug = await value(sql)
    path = path.replace("{slug}", slug)
    for shape, sql in EXAMPLES.items():
        folder, _, key = shape.rpartition("/")
        if key in path and folder in path:
            path = path.replace(key, await value(sql, slug) if "$1" in sql else await value(sql))
    for key, given in GIVEN.items():
        path = path.replace(key, given)
    return path


async def sign_in(client: httpx.AsyncClient, email: str) -> None:
    person = await people.find_by_email(email)
    assert person is not None
    url = await accounts.sign_in_url(person.id, carries_proof=True, now=clock.now())
    await client.post(url)
