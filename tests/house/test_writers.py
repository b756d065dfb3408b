"""Only the owning domain writes a table; others read it, or call the owner's service."""

import re
from pathlib import Path

import server
from tables.piccolo_app import APP_CONFIG

SERVER = Path(server.__file__).parent
WRITES = re.compile(
    r"(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?([a-z_]+)\"?\s+(?:SET|\(|WHERE|AS|r\b)"
)
OWNERS = {
    "person": {"people"},
    "session": {"accounts"},
    "sign_in_link": {"accounts"},
    "role_grant": {"accounts"},
    "membership": {"memberships"},
    "membership_type": {"memberships"},
    "working_group": {"groups"},
    "group_membership": {"groups"},
    "event_series": {"series"},
    "event": {
        "events",
        "admission",
        "registrations",
    },  # a verb lives in the highest domain it touches
    "venue": {"events"},
    "room": {"events"},
    "event_part": {"events"},
    "event_document": {"events"},
    "ticket": {"registrations"},
    "scan": {"attendance"},
    "helper_link": {"attendance"},
    "certificate": {"certificates"},
    "evaluation_ballot": {"evaluation"},
    "evaluation_answer": {"evaluation"},
    "accreditation_register": {"accreditation"},
    "accreditation": {"accreditation"},
    "presence_export": {"accreditation"},
    "attendance": {"attendance"},
    "presence_list": {"attendance"},
    "presence_objection": {"attendance"},
    "event_message": {"turnout"},
    "question": {"questions"},
    "question_version": {"questions"},
    "answer": {"questions"},
    "needs_asked": {"questions"},
    "need": {"questions"},
    "need_count": {"questions"},
    "capacity_unit": {"events", "registrations"},
    "event_class": {"admission", "events"},
    "invitation_code": {"admission"},
    "ticket_fee": {"admission"},
    "hand_over": {"registrations"},
    "registration": {"registrations"},
    "registration_line": {"registrations"},
    "call": {"talks"},
    "proposal": {"talks"},
    "proposal_speaker": {"talks"},
    "newsletter_list": {"newsletters"},
    "subscription": {"newsletters"},
    "newsletter_issue": {"issues"},
    "newsletter_writer": {"issues"},
    "newsletter_receipt": {"issues"},
    "newsletter_delivery": {"issues"},
    "consent_event": {"consent"},
    "consent_text": {"consent"},
    "feed_token": {"calendars"},
    "feed_state": {"calendars"},
    "feed_deadline": {"calendars"},
    "calendar_choice": {"invitations"},
    "calendar_invitation": {"invitations"},
    "inbound_message": {"inbound"},
    "bounce": {"bounces"},
    "feed_tombstone": {"calendars"},
    "feed_fetch": {"calendars"},
    "event_move": {"calendars"},  # noted by a trigger of the event
    "outbox_letter": {"outbox"},
    "audit_entry": {"audit"},
    "job_run": {"worker"},
    "rate_limit": {"web"},
    "vocabulary_term": {"knowledge", "seeds"},
    "resource": {"knowledge", "seeds"},
    "registration_number": {"people"},
    "email_change": {"people"},
    "duplicate_pair": {"duplicates"},
    "merge_event": {"duplicates"},
    "import_mapping": {"imports"},
    "import_batch": {"imports"},
    "import_row": {"imports", "people"},  # a person who goes leaves the line
    "membership_application": {"applications"},
    "membership_suspension": {"memberships"},
    "fee": {"fees", "memberships"},  # a membership that goes leaves its fee to the one before
    "invoice": {"fees"},
    "bank_account": {"fees"},
    "segment": {"segments"},
    "profile": {"directory"},
    "profile_field": {"directory"},
    "profile_term": {"directory"},
    "workplace": {"directory"},
    "contact_message": {"directory"},
    "directory_change": {"directory"},
    "erasure": {"privacy"},
    "passkey": {"accounts"},
    "passkey_challenge": {"accounts"},
    "totp_secret": {"accounts"},
    "recovery_code": {"accounts"},
    "password": {"accounts"},
    "suspension": {"accounts"},
    "api_token": {"accounts"},
    "webhook": {"webhooks"},
    "webhook_delivery": {"webhooks"},
    "webhook_cursor": {"webhooks"},
}
INSTALLERS = {"demo", "seeds"}  # they fill an empty database before anybody is there


def test_only_owners_write() -> None:
    trespassers = []
    for path in SERVER.rglob("*.py"):
        domain = path.relative_to(SERVER).parts[0].removesuffix(".py")
        for table in WRITES.findall(path.read_text()):
            allowed = OWNERS.get(table, {domain}) | INSTALLERS
            if domain not in allowed:
                trespassers.append((str(path.relative_to(SERVER)), table))

    assert trespassers == []


def test_every_table_has_an_owner() -> None:

    names = {str(table._meta.tablename) for table in APP_CONFIG.table_classes}

    assert names - set(OWNERS) == set()


def test_transactions_are_opened_by_services_only() -> None:
    edges = ("pages.py", "api.py", "board.py", "rules.py", "queries.py")
    found = [
        str(path.relative_to(SERVER))
        for path in SERVER.rglob("*.py")
        if path.name in edges and re.search(r"\btransaction\(\)", path.read_text())
    ]

    assert found == []


def test_time_is_asked_in_one_place() -> None:
    asks = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(")
    found = [
        str(path.relative_to(SERVER))
        for path in SERVER.rglob("*.py")
        if path.name != "clock.py" and asks.search(path.read_text())
    ]

    assert found == []
