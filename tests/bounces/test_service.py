"""From a letter that leaves to the report that comes back, and what its address gets after that."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from uuid import UUID, uuid4

import httpx
import pytest

from server import clock, settings
from server.accounts import service as accounts
from server.bounces import queries, service
from server.database import execute
from server.errors import NotFound
from server.inbound import mailbox as inbound
from server.inbound.service import take
from server.issues import sending
from server.newsletters import audience
from server.newsletters import service as newsletters
from server.outbox import delivery
from server.outbox.service import Recipient
from server.people import service as people
from server.privacy import retention
from server.readers import READERS
from tables.newsletters import Subscription, SubscriptionState
from tables.people import Person
from tests import factories
from tests.clients import sign_in, statements
from tests.issues import cast as issues
from tests.newsletters.cast import mailing_list
from tests.outbox.mailbox import Mailbox
from tests.outbox.owing import later, owe

pytestmark = pytest.mark.anyio
CORPUS = Path(__file__).parent / "corpus"
OURS = UUID("1b4e28ba-2fa1-4d2a-883f-0016d3cca427")
Story = Sequence[tuple[int, str]]


async def written(who: Person, cause: str = "one") -> UUID:
    """A letter to somebody that left: its Message-ID."""
    await owe(cause, to=Recipient(who.id, who.display_name, who.email or "", "nl"))
    await delivery.deliver(later())
    rows = await execute("SELECT message_id, state FROM outbox_letter ORDER BY id DESC LIMIT 1")
    assert rows[0]["state"] == "sent"
    return UUID(str(rows[0]["message_id"]))


def came_back(maildir: Path, what: str, letter: UUID, name: str = "") -> None:
    """What a mail server puts into our mailbox about a letter of ours."""
    raw = (CORPUS / f"{what}.eml").read_bytes()
    for ours, theirs in ((str(OURS), str(letter)), (OURS.hex, letter.hex)):
        raw = raw.replace(ours.encode(), theirs.encode())
    fresh = f"Message-ID: <{name or uuid4()}@mx.example.com>".encode()
    raw = re.sub(rb"(?im)^Message-ID: <[^>]*@(mx|feedback)[^>]*>", fresh, raw, count=1)
    (maildir / "new" / f"{uuid4()}").write_bytes(raw)


async def look(now: datetime | None = None) -> list[str]:
    """What became of each message in the mailbox."""
    moment = now or clock.now()
    taken = await inbound.look(settings.current().mailbox_url, READERS, now=moment)
    return [f"{one.reader}:{one.outcome}" for one in taken]


async def subscribe(email: str, who: Person | None, list_id: int) -> None:
    await Subscription(
        list=list_id, person=who.id if who else None, email=email, email_key=email.lower(),
        state=SubscriptionState.confirmed, token_hash=uuid4().bytes, asked_at=clock.now(),
        confirmed_at=clock.now(),
    ).save()  # fmt: skip


async def state_of(who: Person) -> str:
    rows = await execute("SELECT email_state FROM person WHERE id = $1", who.id)
    return str(rows[0]["email_state"])


async def bounces() -> list[tuple[str, str, bool]]:
    rows = await execute("SELECT verdict, status, tipped FROM bounce ORDER BY id")
    return [(row["verdict"], row["status"], row["tipped"]) for row in rows]


async def test_a_letter_names_itself_where_it_comes_back_to(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna = await factories.anna()
    letter = await written(anna)

    assert mailbox.senders == [f"agenda+b{letter.hex}@example.org"]
    assert mailbox.received[0]["From"].addresses[0].addr_spec == "netwerk@localhost.localdomain"

    came_back(maildir, "only_the_return_address", letter)
    raw = next((maildir / "new").iterdir())
    raw.write_bytes(raw.read_bytes().replace(b"netwerk+b", b"agenda+b"))
    assert await look() == ["bounces:failed"]
    assert await state_of(anna) == "hold"


@pytest.mark.parametrize(
    ("what", "outcome", "noted"),
    [
        ("postfix_no_such_mailbox", "failed", ("hard", "5.1.1", True)),
        ("gmail_no_such_mailbox", "failed", ("hard", "5.1.1", True)),
        ("exim", "failed", ("hard", "5.1.1", True)),
        ("mailbox_full", "failed", ("soft", "5.2.2", False)),
        ("refused_as_spam", "failed", ("policy", "5.7.1", False)),
        ("complaint", "complaint", ("complaint", "", True)),
        ("delayed", "delayed", None),
        ("away_outlook", "automatic", None),
    ],
)
async def test_what_comes_back_counts_for_its_address(
    db: None,
    mailbox: Mailbox,
    maildir: Path,
    what: str,
    outcome: str,
    noted: tuple[str, str, bool] | None,
) -> None:
    anna = await factories.anna()
    came_back(maildir, what, await written(anna))

    assert await look() == [f"bounces:{outcome}"]

    assert await bounces() == ([noted] if noted else [])
    is_paused = noted is not None and noted[2]
    assert await state_of(anna) == ("hold" if is_paused else "ok")
    rows = await execute("SELECT reason FROM audit_entry WHERE action = 'pause_address'")
    assert len(rows) == is_paused


async def test_a_report_that_comes_twice_counts_once(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna = await factories.anna()
    letter = await written(anna)
    for _ in range(3):  # from three servers on the way, each with a report of its own
        came_back(maildir, "mailbox_full", letter)

    assert await look() == ["bounces:failed"] * 3
    assert len(await bounces()) == 1


async def test_a_full_mailbox_is_paused_on_its_fourth_day(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna, now = await factories.anna(), clock.now()
    seen = []
    for day in range(4):
        letters = [await written(anna, f"{day}:{n}") for n in range(2)]
        for letter in letters:
            came_back(maildir, "mailbox_full", letter)
        await look(now + timedelta(days=day))
        seen.append(await state_of(anna))

    assert seen == ["ok", "ok", "ok", "hold"]


async def test_who_reads_mail_there_again_gets_everything_again_and_starts_afresh(
    client: httpx.AsyncClient, mailbox: Mailbox, maildir: Path
) -> None:
    anna = await factories.anna()
    came_back(maildir, "postfix_no_such_mailbox", await written(anna))
    await look()
    assert await state_of(anna) == "hold"

    await client.post(await accounts.sign_in_url(anna.id, now=clock.now()))
    assert await state_of(anna) == "ok"

    came_back(maildir, "mailbox_full", await written(anna, "two"))
    await look()
    assert await state_of(anna) == "ok"
    assert await queries.paused() == []


async def test_lists_leave_a_paused_address_out_and_consent_is_not_touched(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna, carla = (
        await factories.anna(),
        factories.acting(await factories.carla(), roles=("board",)),
    )
    news = await mailing_list()
    await subscribe(anna.email or "", anna, news.id)
    letter = await written(anna)
    await subscribe("anders@example.org", None, news.id)
    await execute("UPDATE outbox_letter SET address = 'Anders@example.org', person = NULL")
    before = await execute("SELECT count(*) AS n FROM consent_event")

    came_back(maildir, "postfix_no_such_mailbox", letter)
    await look()
    states = "SELECT state FROM subscription ORDER BY email_key"
    assert [row["state"] for row in await execute(states)] == ["hold", "confirmed"]
    assert await execute("SELECT count(*) AS n FROM consent_event") == before

    (paused,) = await queries.paused()
    assert paused.email_key == "anders@example.org"
    await service.release(carla, paused.id, now=clock.now())
    await service.release(carla, paused.id, now=clock.now())
    assert [row["state"] for row in await execute(states)] == ["confirmed", "confirmed"]
    assert await queries.paused() == []

    await execute("UPDATE outbox_letter SET address = $1", anna.email)
    came_back(maildir, "complaint", letter)
    await look()
    reach = await audience.recipients(news.id, clock.today())
    assert [one.email for one in reach.included] == ["anders@example.org"]


async def state_at(email: str) -> str:
    rows = await execute("SELECT state FROM subscription WHERE email_key = $1", email)
    return str(rows[0]["state"]) if rows else ""


async def test_whoever_becomes_a_person_can_be_mailed_again(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    news, now = await mailing_list(), clock.now()
    await subscribe("anders@example.org", None, news.id)
    letter = await written(await factories.anna())
    await execute("UPDATE outbox_letter SET address = 'anders@example.org', person = NULL")
    came_back(maildir, "postfix_no_such_mailbox", letter)
    await look()
    await factories.known("Anders", email="anders@example.org")
    await newsletters.tick(now)  # gives it to whose address it is

    (paused,) = await queries.paused()
    await service.release(factories.acting(await factories.carla()), paused.id, now=now)
    assert (await state_at("anders@example.org"), await queries.paused()) == ("confirmed", [])


async def test_a_pause_of_the_old_address_does_not_follow_to_the_new_one(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    news, now, anna = await mailing_list(), clock.now(), await factories.anna()
    old = anna.email or ""
    await subscribe(old, anna, news.id)
    letter = await written(anna)
    await execute(
        "UPDATE person SET email = 'nieuw@example.org', email_key = 'nieuw@example.org',"
        " email_state = 'unverified' WHERE id = $1",
        anna.id,
    )
    came_back(maildir, "postfix_no_such_mailbox", letter)
    await look()
    assert await state_at(old.lower()) == "hold"

    await people.confirm_email(anna.id, now=now)
    await newsletters.tick(now)

    assert await state_at("nieuw@example.org") == "confirmed"
    reach = await audience.recipients(news.id, clock.today())
    assert [one.email for one in reach.included] == ["nieuw@example.org"]


async def test_what_paused_an_address_is_kept_until_it_is_mailed_again(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna, late = await factories.anna(), clock.now() + timedelta(days=181)
    for what in ("mailbox_full", "postfix_no_such_mailbox"):
        came_back(maildir, what, await written(anna, what))
    await look()

    await retention.apply(late)
    (paused,) = await queries.paused()
    assert len(await bounces()) == 1

    await service.release(factories.acting(await factories.carla()), paused.id, now=late)
    await retention.apply(late)
    assert await bounces() == []


@pytest.mark.parametrize(
    ("answer", "noted", "state"),
    [
        ("550 5.1.1 No such user", [("hard", "5.1.1", True)], "hold"),
        ("554 5.7.1 Refused as spam", [("policy", "5.7.1", False)], "ok"),
        ("552 5.2.2 Mailbox full", [("soft", "5.2.2", False)], "ok"),
    ],
)
async def test_what_is_refused_to_our_face_counts_as_well(
    db: None, mailbox: Mailbox, answer: str, noted: list[tuple[str, str, bool]], state: str
) -> None:
    anna = await factories.anna()
    mailbox.at_recipient = [answer]
    await owe("one", to=Recipient(anna.id, anna.display_name, anna.email or "", "nl"))
    await delivery.deliver(later())

    for _ in range(2):
        await service.count_refusals(clock.now())

    assert (await bounces(), await state_of(anna)) == (noted, state)


async def test_a_reader_whose_server_refuses_a_newsletter_is_paused(
    db: None, mailbox: Mailbox
) -> None:
    await issues.due(many=2)
    mailbox.at_recipient = ["550 5.1.1 No such user"]
    await sending.tick(issues.later())
    await service.count_refusals(issues.later())

    assert [await state_at(f"l{n}@lezer.example") for n in (1, 2)] == ["hold", "confirmed"]


async def test_too_much_that_comes_back_stops_the_sending(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    issue_id = await issues.due(many=120)
    await sending.tick(issues.later())
    rows = await execute("SELECT message_id FROM newsletter_delivery WHERE state = 'sent' LIMIT 7")
    for row in rows:
        came_back(maildir, "postfix_no_such_mailbox", UUID(str(row["message_id"])))
    await look()

    await sending.tick(issues.later(2))

    (found,) = await execute("SELECT state, note FROM newsletter_issue WHERE id = $1", issue_id)
    assert (found["state"], found["note"]) == ("paused", "refused")


async def test_a_newsletter_comes_back_as_well(db: None, mailbox: Mailbox, maildir: Path) -> None:
    issue_id = await issues.due(many=2)
    await sending.tick(issues.later())
    rows = await execute("SELECT message_id, email_key FROM newsletter_delivery WHERE test = 0")
    assert len(rows) == len(mailbox.senders) == 2
    assert all(re.fullmatch(r"agenda\+b[0-9a-f]{32}@example.org", one) for one in mailbox.senders)

    came_back(maildir, "gmail_no_such_mailbox", UUID(str(rows[0]["message_id"])))
    assert await look() == ["bounces:failed"]

    held = await execute("SELECT email_key FROM subscription WHERE state = 'hold'")
    assert [row["email_key"] for row in held] == [rows[0]["email_key"]]
    assert await issues.states(issue_id) == {"sent": 2}


async def test_a_letter_that_says_goodbye_takes_its_address_off(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    await issues.due(many=3)
    await sending.tick(issues.later())
    off = [str(one["List-Unsubscribe"]) for one in mailbox.received]
    for n, way in enumerate(off[:2]):
        found = re.search(r"<mailto:agenda@example.org\?subject=([^>]+)>", way)
        assert found is not None
        subject = (
            "Re: =?utf-8?q?" + found[1].replace("_", "=5F").replace("%20", "_") + "?=",
            unquote(found[1]),
        )[n]
        raw = f"From: x@example.com\r\nMessage-ID: <{n}@x>\r\nSubject: {subject}\r\n\r\nDag!"
        (maildir / "new" / str(n)).write_bytes(raw.encode())
    wrong = f"From: x@example.com\r\nSubject: unsubscribe {'A' * 22}\r\n\r\n"
    (maildir / "new" / "wrong").write_bytes(wrong.encode())

    assert await look() == ["newsletters:left", "newsletters:left", ":"]

    rows = await execute("SELECT state, count(*) AS n FROM subscription GROUP BY state")
    assert {row["state"]: row["n"] for row in rows} == {"unsubscribed": 2, "confirmed": 1}


async def test_nobody_pauses_an_address_with_a_report_they_made_up(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    anna = await factories.anna()
    await written(anna)
    came_back(maildir, "postfix_no_such_mailbox", uuid4())
    came_back(maildir, "somebody_elses_letter", uuid4())
    came_back(maildir, "a_person_who_answers", uuid4())

    assert await look() == [":", ":", ":"]  # for people to read
    assert (await bounces(), await state_of(anna)) == ([], "ok")


async def test_a_letter_that_was_forgotten_says_nothing_of_anybody(
    db: None, mailbox: Mailbox, maildir: Path
) -> None:
    letter = await written(await factories.anna())
    await execute("UPDATE outbox_letter SET address = '', person = NULL")
    came_back(maildir, "postfix_no_such_mailbox", letter)

    assert await look() == [":"]
    assert await bounces() == []


async def test_reports_at_once_pause_once(db: None, mailbox: Mailbox, maildir: Path) -> None:
    anna = await factories.anna()
    for n in range(6):
        came_back(maildir, "postfix_no_such_mailbox", await written(anna, str(n)))

    reports = [path.read_bytes() for path in (maildir / "new").iterdir()]

    await asyncio.gather(*(take(raw, READERS, now=clock.now()) for raw in reports))

    assert sum(tipped for _, _, tipped in await bounces()) >= 1
    rows = await execute("SELECT 1 FROM audit_entry WHERE action = 'pause_address'")
    assert (len(rows), await state_of(anna)) == (1, "hold")


async def test_the_board_sees_what_waits_and_mails_again(
    client: httpx.AsyncClient, mailbox: Mailbox, maildir: Path
) -> None:
    anna = await factories.anna()
    came_back(maildir, "postfix_no_such_mailbox", await written(anna))
    came_back(maildir, "refused_as_spam", await written(anna, "two"))
    await look()
    await sign_in(client, await factories.carla())

    shown = await client.get("/board/deliverability")
    desk = await client.get("/board")

    assert anna.email and anna.email in shown.text
    assert "bestaat niet of is uitgezet" in shown.text
    assert "block list (S3150)" in shown.text
    assert "Adres werkt niet meer: " in desk.text
    assert "Een mailserver weigert ons" in desk.text
    found = re.search(r'action="(/board/deliverability/\d+/release)"', shown.text)
    assert found is not None
    assert (await client.post(found[1])).status_code == 303
    assert await state_of(anna) == "unverified"
    assert found[1] not in (await client.get("/board/deliverability")).text


async def test_the_page_costs_the_same_for_many(
    client: httpx.AsyncClient, mailbox: Mailbox, maildir: Path
) -> None:
    await sign_in(client, await factories.carla())
    few = await statements(client, "GET", "/board/deliverability")
    for n in range(30):
        who = await factories.known(f"Wie{n}", email=f"wie{n}@example.org")
        came_back(maildir, "postfix_no_such_mailbox", await written(who, str(n)))
    await look()

    assert await statements(client, "GET", "/board/deliverability") == few


async def test_what_paused_nothing_cannot_be_released(db: None) -> None:
    with pytest.raises(NotFound):
        await service.release(factories.acting(await factories.carla()), 1, now=clock.now())
