"""One row of every kind that the demo story lacks, so that no cell is tried on nothing.

What is somebody's own is the chair of the board's, the last of the visitors: before, everybody else
has tried it. Of what is used up at the first try there are several.
"""

import json
from datetime import datetime, timedelta
from uuid import uuid4

from server import clock
from server.database import execute
from server.segments.queries import Filters
from server.web import tokens
from server.webhooks.rules import TEST
from tables.accounts import ApiToken, Passkey, Session, Suspension
from tables.accreditation import Accreditation, AccreditationRegister, PresenceExport
from tables.attendance import (
    Attendance,
    HelperLink,
    ObjectionState,
    PresenceList,
    PresenceObjection,
    PresenceState,
    Scan,
)
from tables.calendars import EventMove, FeedToken
from tables.certificates import Certificate
from tables.events import EventDocument, EventPart
from tables.memberships import MembershipSuspension, Segment
from tables.people import RegistrationNumber
from tables.questions import Question, QuestionVersion
from tables.registrations import HandOver, InvitationCode, TicketFee
from tables.turnout import EventMessage
from tables.webhooks import DeliveryState, Webhook, WebhookDelivery
from tests import factories

OF_HELPER, OF_FEED, OF_COLLEAGUE = "H" * 43, "F" * 43, "C" * 43
HOUR = timedelta(hours=1)
SEVERAL = range(30)
PRINTED = json.dumps(
    {"name": "x", "place": "", "minutes": 1}
    | {
        said: {"event": "x", "when": "x", "total": "x", "issued": "x", "parts": []}
        for said in ("nl", "en")
    }
)
OWN = {
    "session_id": "session",
    "passkey_id": "passkey",
    "token_id": "api_token",
    "address_id": "feed_token",
    "number_id": "registration_number",
}


async def own(person_id: int, now: datetime) -> None:
    """Everything that one has and ends oneself."""
    later = now + timedelta(days=30)
    await Session(person=person_id, token_hash=b"session", device="x", expires_at=later).save()
    await Passkey(person=person_id, credential_id=b"x", public_key=b"x", label="x").save()
    await ApiToken(
        person=person_id,
        label="x",
        prefix="x",
        token_hash=b"x",
        scopes=["me:read"],
        expires_at=later,
    ).save()
    await FeedToken(person=person_id, label="x", token_hash=tokens.hash_of(OF_FEED)).save()
    await RegistrationNumber(person=person_id, register="BIG", number="09912345625").save()


async def of_the_board() -> None:
    """Webhooks with messages that did not arrive, closed accounts, choices, an old event."""
    await factories.event(state="archived")
    for n in range(9):
        hook = Webhook(
            url="https://hooks.example/", description=f"{n}", topics=[], encrypted_secret=b"x"
        )
        await hook.save()
        for _ in range(6):
            lost = WebhookDelivery(webhook=hook.id, message_id=uuid4(), topic=TEST, payload="{}")
            lost.state = DeliveryState.failed
            await lost.save()
        closed = await factories.known(f"closed{n}")
        await Suspension(person=closed.id, reason="x").save()
        await Segment(name=f"x{n}", filters=Filters().as_json()).save()


async def at_the_door(slug: str, now: datetime) -> None:
    """Links for helpers, scans, and parts of the day, of one event."""
    event = (await execute("SELECT id FROM event WHERE slug = $1", slug))[0]["id"]
    later = now + timedelta(days=9)
    for hashed in (tokens.hash_of(OF_HELPER), b"another"):
        await HelperLink(event=event, label="x", token_hash=hashed).save()
    for _ in SEVERAL:
        await Scan(event=event, device=uuid4(), nonce=uuid4(), at=now).save()
        await EventPart(event=event, title="x", starts_at=later, ends_at=later + HOUR).save()


async def of_presence(now: datetime) -> None:
    """A list that is shown, of every event, with everybody on it and an objection of each."""
    without = "event NOT IN (SELECT event FROM presence_list)"
    found = await execute(f"SELECT event, person FROM registration WHERE {without}")
    for event in {row["event"] for row in found}:
        listed = PresenceList(event=event, state=PresenceState.shown)
        listed.object_until_at = now + HOUR
        await listed.save()
    for row in found:
        await Attendance(**row, minutes=1).save()
        await PresenceObjection(**row, words="x", state=ObjectionState.declined).save()


async def of_certificates(owner: int) -> None:
    """A certificate of everybody at every event, and one of somebody's own."""
    rows = await execute(
        "SELECT event, person FROM registration WHERE (event, person) NOT IN"
        " (SELECT event, person FROM certificate)"
    )
    mine = {"event": rows[0]["event"], "person": owner}
    for n, row in enumerate([*rows, mine], start=1):
        one = Certificate(**row, year=1999, number=n, code=f"X{n}", lines=PRINTED)
        await one.save()


async def of_organisers(slug: str) -> None:
    """A letter to a segment of an event."""
    event = (await execute("SELECT id FROM event WHERE slug = $1", slug))[0]["id"]
    said = EventMessage(event=event, subject="x", words="x", people=1, sent_at=clock.now())
    said.idempotency_key = uuid4()
    await said.save()


async def of_moves(slug: str, now: datetime) -> None:
    """An event that moved."""
    rows = await execute("SELECT id, starts_at, ends_at FROM event WHERE slug = $1", slug)
    event, starts, ends = rows[0].values()
    was = {"was_starts_at": starts - HOUR, "was_ends_at": ends - HOUR}
    await EventMove(event=event, **was, starts_at=starts, ends_at=ends, moved_at=now).save()


async def of_documents(slug: str) -> None:
    """A document of every event, and more of one than are taken away."""
    given = {"title": "x", "visibility": "public", "filename": "x.pdf", "kind": "pdf"}
    for row in await execute("SELECT id, slug FROM event"):
        for n in SEVERAL if row["slug"] == slug else [0]:
            one = EventDocument(event=row["id"], **given, digest=f"x{n}", content=b"x")
            await one.save()


async def of_questions(slug: str) -> None:
    """More questions of an event than are taken away, retired, or not."""
    event = (await execute("SELECT id FROM event WHERE slug = $1", slug))[0]["id"]
    for n in SEVERAL:
        asked = Question(event=event, position=n + 10)
        await asked.save()
        await QuestionVersion(question=asked.id, label_nl=f"x{n}", made_at=clock.now()).save()


async def of_admission(slug: str, now: datetime) -> None:
    """Codes and amounts of an event, and a place that is passed on."""
    event = (await execute("SELECT id FROM event WHERE slug = $1", slug))[0]["id"]
    for n in SEVERAL:
        await InvitationCode(event=event, code=f"X{n}", label="x").save()
    rows = await execute("SELECT id FROM registration WHERE event = $1 ORDER BY id", event)
    priced = {row["registration"] for row in await execute("SELECT registration FROM ticket_fee")}
    for row in rows:
        if row["id"] not in priced:
            await TicketFee(registration=row["id"], amount_cents=100).save()
    later, hashed = now + timedelta(days=9), tokens.hash_of(OF_COLLEAGUE)
    passed = HandOver(registration=rows[0]["id"], name="x", email="x@example.com")
    passed.token_hash, passed.expires_at = hashed, later
    await passed.save()


async def of_accreditation() -> None:
    """A register with every event, and a list that was handed in to it."""
    given = {"code": "X", "name": "x", "numbers": "BIG", "valid_from": factories.LONG_AGO}
    register = AccreditationRegister(**given)
    await register.save()
    for row in await execute("SELECT id FROM event"):
        one = Accreditation(event=row["id"], register=register.id)
        await one.save()
        await PresenceExport(accreditation=one.id, lines=["1"], checksum="x").save()


async def of_rights(email: str) -> None:
    """A suspension of somebody's rights that is over: restoring it once more is refused."""
    rows = await execute("SELECT id FROM person WHERE email = $1", email)
    one = MembershipSuspension(person=rows[0]["id"], from_on=factories.LONG_AGO, reason="x")
    one.until_on = factories.LONG_AGO
    await one.save()
