"""Write, test, approve, schedule: who may, and what becomes of it."""

from datetime import timedelta

import pytest

from server import clock
from server.database import execute
from server.errors import Invalid, NotFound, Stale, WrongState
from server.issues import queries, rules, sending, service
from tables.accounts import Role
from tables.issues import Counted
from tests.issues.cast import WORDS, approved, draft, due, later, office, readers, states
from tests.newsletters.cast import mailing_list
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio


async def state(issue_id: int = 1) -> str:
    return (await queries.get_issue(issue_id)).state


async def test_an_issue_is_begun_and_its_writer_known(db: None) -> None:
    await mailing_list()
    anna = await office("Anna")

    issue_id = await draft(anna)

    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.subject_nl, issue.writers) == (
        "draft", WORDS["subject_nl"], (anna.person_id,),
    )  # fmt: skip
    trail = await execute("SELECT action FROM audit_entry WHERE entity = 'newsletter_issue'")
    assert [row["action"] for row in trail] == ["create"]


@pytest.mark.parametrize(
    ("field", "text", "key"),
    [
        ("subject_nl", " ", "errors.field.required"),
        ("subject_nl", "x" * 71, "errors.field.too_long"),
        ("body_en", "x" * (rules.BODY_AT_MOST + 1), "errors.field.too_long"),
    ],
)
async def test_what_cannot_be_kept_is_said(db: None, field: str, text: str, key: str) -> None:
    await mailing_list()
    with pytest.raises(Invalid) as refused:
        await draft(await office("Anna"), **{field: text})
    assert refused.value.fields == {field: key}


async def test_two_tabs_lose_nothing(db: None) -> None:
    await mailing_list()
    anna = await office("Anna")
    issue_id, now = await draft(anna), clock.now()
    first = {**WORDS, "body_nl": "Van de eerste"}
    await service.write(anna, issue_id, first, expected_revision=1, now=now)

    with pytest.raises(Stale):
        await service.write(
            anna, issue_id, {**WORDS, "body_nl": "Van de tweede"}, expected_revision=1, now=now
        )

    assert (await queries.get_issue(issue_id)).body_nl == "Van de eerste"
    assert not await service.write(anna, issue_id, first, expected_revision=1, now=now)


async def test_a_changed_word_is_tested_and_approved_anew(db: None) -> None:
    issue_id, anna, _ = await approved()

    await service.write(
        anna, issue_id, {**WORDS, "body_nl": "Anders"}, expected_revision=None, now=clock.now()
    )

    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.approved_by, issue.approver) == ("draft", None, "")
    assert (await queries.receipts(issue_id))[Counted.approved] == {}


async def test_what_is_scheduled_is_not_written_on(db: None) -> None:
    issue_id = await due()
    with pytest.raises(rules.Underway):
        await service.write(
            await office("Carla"), issue_id, {**WORDS, "body_nl": "Nee"},
            expected_revision=None, now=clock.now(),
        )  # fmt: skip


async def test_nobody_who_wrote_on_it_approves(db: None) -> None:
    await readers(await mailing_list(), 1)
    anna, bram, carla = await office("Anna"), await office("Bram"), await office("Carla")
    issue_id, now = await draft(anna), clock.now()
    changed = {**WORDS, "body_nl": "Beste {{name}},\n\nAnders."}
    await service.write(bram, issue_id, changed, expected_revision=1, now=now)
    await service.test(anna, issue_id, now=now)

    for writer in (anna, bram):
        with pytest.raises(rules.OwnWork):
            await service.approve(writer, issue_id, is_sure=True, now=now)
    await service.approve(carla, issue_id, is_sure=False, now=now)

    assert await state() == "approved"


async def test_who_is_alone_says_so(db: None) -> None:
    await readers(await mailing_list(), 1)
    anna = await office("Anna")
    await office("Thea", Role.treasurer)  # an office that may not
    issue_id, now = await draft(anna), clock.now()
    await service.test(anna, issue_id, now=now)

    with pytest.raises(rules.OwnWork):
        await service.approve(anna, issue_id, is_sure=False, now=now)
    await service.approve(anna, issue_id, is_sure=True, now=now)

    trail = await execute("SELECT reason FROM audit_entry WHERE action = 'approve'")
    assert [row["reason"] for row in trail] == ["alone in the offices"]


async def test_a_text_with_faults_is_neither_tested_nor_approved(db: None) -> None:
    await readers(await mailing_list(), 1)
    anna = await office("Anna")
    issue_id = await draft(anna, body_nl="Beste {{voornaam}},")

    with pytest.raises(rules.NotReady):
        await service.test(anna, issue_id, now=clock.now())

    assert await state() == "draft"
    assert await execute("SELECT 1 FROM newsletter_delivery") == []


async def test_an_audience_of_nobody_is_not_approved(db: None) -> None:
    await mailing_list()
    anna, bram = await office("Anna"), await office("Bram")
    issue_id = await draft(anna)
    await service.test(anna, issue_id, now=clock.now())
    with pytest.raises(rules.NobodyToSend):
        await service.approve(bram, issue_id, is_sure=False, now=clock.now())


async def test_the_receipt_is_frozen_and_compared(db: None) -> None:
    issue_id, anna, _ = await approved(3)
    await execute("UPDATE subscription SET state = 'unsubscribed' WHERE id = 2")
    await service.schedule(anna, issue_id, clock.now(), now=clock.now())

    await sending.begin(later())

    receipts = await queries.receipts(issue_id)
    assert receipts["approved"] == {"": 3}
    assert receipts["sending"] == {"": 2, "unsubscribed": 1}
    with pytest.raises(Exception, match="a receipt stays as it was"):
        await execute("UPDATE newsletter_receipt SET people = 9")


async def test_quite_another_audience_waits(db: None, mailbox: Mailbox) -> None:
    issue_id, anna, _ = await approved(3)
    one = (await queries.get_issue(issue_id)).list
    await readers(one, 12, host="nieuw.example")
    await service.schedule(anna, issue_id, clock.now(), now=clock.now())

    await sending.tick(later())

    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.note, mailbox.received) == ("paused", "audience", [])
    await service.resume(anna, issue_id, now=clock.now())
    await sending.tick(later(2))
    assert len(mailbox.received) == 15


async def test_a_moment_long_gone_waits_for_a_person(db: None, mailbox: Mailbox) -> None:
    issue_id = await due()

    await sending.tick(later(13 * 60))

    issue = await queries.get_issue(issue_id)
    assert (issue.state, issue.note, mailbox.received) == ("approved", "late", [])


async def test_a_test_goes_to_whoever_asked_in_both_languages(db: None, mailbox: Mailbox) -> None:
    await mailing_list()
    anna = await office("Anna")
    issue_id = await draft(anna)
    await service.test(anna, issue_id, now=clock.now())

    await sending.tick(later())

    assert [m["To"] for m in mailbox.received] == ["anna@bestuur.example"] * 2
    assert {m["Subject"] for m in mailbox.received} == {
        "Proef: Nieuws van november",
        "Test: News of November",
    }
    assert all("List-Unsubscribe" not in m for m in mailbox.received)
    assert await states() == {}  # a test is no delivery of the issue
    assert await state() == "tested"


async def test_stopping_halfway_mails_nobody_more(db: None, mailbox: Mailbox) -> None:
    issue_id, anna, _ = await approved(3)
    await service.schedule(anna, issue_id, clock.now(), now=clock.now())
    await sending.begin(later())
    with pytest.raises(WrongState):
        await service.cancel(anna, issue_id, reason="", now=clock.now())
    await service.pause(anna, issue_id)
    await service.cancel(anna, issue_id, reason="Verkeerde datum", now=clock.now())

    await sending.tick(later(20))

    assert mailbox.received == []
    assert await states() == {"skipped": 3}


async def test_an_unknown_issue_is_not_found(db: None) -> None:
    anna = await office("Anna")
    with pytest.raises(NotFound):
        await queries.get_issue(99)
    with pytest.raises(NotFound):
        await service.test(anna, 99, now=clock.now())
    with pytest.raises(NotFound):
        await service.approve(anna, 99, is_sure=False, now=clock.now())


async def test_a_moment_that_has_passed_is_refused(db: None) -> None:
    issue_id, anna, _ = await approved()
    with pytest.raises(Invalid) as refused:
        await service.schedule(anna, issue_id, clock.now() - timedelta(hours=1), now=clock.now())
    assert refused.value.fields == {"at": "issues.field.at.past"}


async def test_nobody_approves_what_they_did_not_read(db: None) -> None:
    """It was rewritten and tested again between the reading and the click."""
    await readers(await mailing_list(), 1)
    anna, bram = await office("Anna"), await office("Bram")
    issue_id, now = await draft(anna), clock.now()
    await service.test(anna, issue_id, now=now)
    read = (await queries.get_issue(issue_id)).revision
    await service.write(
        anna, issue_id, {**WORDS, "body_nl": "Anders"}, expected_revision=read, now=now
    )
    await service.test(anna, issue_id, now=now)

    with pytest.raises(Stale):
        await service.approve(bram, issue_id, is_sure=False, expected_revision=read, now=now)

    assert await state() == "tested"
