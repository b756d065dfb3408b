"""Erased means erased: no word of a person stays in any table, and what stays has its ground."""

import json
from datetime import date, timedelta

import pytest

from server import clock
from server.accounts import service as accounts
from server.actors import SYSTEM, Actor
from server.audit import chain
from server.audit import service as audit
from server.consent import queries as consents
from server.consent import service as consent
from server.consent.service import Answer
from server.database import execute, transaction
from server.errors import NotFound
from server.members import farewell
from server.memberships import notice
from server.newsletters import audience, rules
from server.people import service as people
from server.privacy import erasing, register
from server.privacy.erasing import AlreadyAsked, GoesOn, OwnErasure
from tables.consent import ConsentAction
from tables.memberships import Fee, MembershipApplication
from tables.outbox import OutboxLetter
from tables.people import Person
from tables.piccolo_app import APP_CONFIG
from tables.privacy import Erasure
from tables.processing import PROCESSING, Erasing
from tests import factories
from tests.directory.cast import published
from tests.factories import acting
from tests.newsletters.cast import mailing_list

CARLA = Actor(name="Carla", roles=frozenset({"board"}))
WORDS = ("Xanthippe", "Quispel", "quispel@example.org", "Zandvoortveld", "1234QX", "+31699887766")
YESTERDAY = timedelta(days=1)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("db")]


async def whole_database() -> str:
    """Every row of every table as one text."""
    texts = []
    for table in APP_CONFIG.table_classes:
        name = str(table._meta.tablename)
        rows = await execute(f'SELECT to_jsonb(t)::text AS row FROM "{name}" t')
        texts += [f"{name}: {row['row']}" for row in rows]
    return "\n".join(texts)


async def quispel() -> Person:
    """A former member of whom there is something in as many tables as can be."""
    now = clock.now()
    _, holder = await published(about="public")
    who = holder.person_id or 0
    values = {
        "first_name": WORDS[0], "initials": "X.", "surname": WORDS[1], "city": WORDS[3],
        "postcode": WORDS[4], "phone": WORDS[5], "note": f"Belde, {WORDS[0]}", "email": WORDS[2],
    }  # fmt: skip
    await people.change(SYSTEM, who, values, now=now)
    said = {"headline": WORDS[0], "about": f"{WORDS[1]} schrijft"}
    await execute(
        "UPDATE profile SET headline = $2, about = $3 WHERE person = $1", who, *said.values()
    )
    membership = (await execute("SELECT id FROM membership WHERE person = $1", who))[0]["id"]
    await notice.give(CARLA, membership, now=now)
    await execute(
        "UPDATE membership SET starts_on = $2, ends_on = $3, reason = $4 WHERE id = $1",
        *(membership, date(2020, 1, 1), clock.day_of(now) - YESTERDAY, f"Om {WORDS[0]}"),
    )
    await Fee(
        membership=membership, from_on=date(2020, 1, 1), until_on=date(2020, 12, 31),
        amount_cents=7500, due_on=date(2020, 2, 1), state="paid",
    ).save()  # fmt: skip
    await MembershipApplication(
        code="x", type=1, surname=WORDS[1], email=WORDS[2], email_key=WORDS[2],
        motivation=WORDS[0], token_hash=b"x", state="approved",
    ).save()  # fmt: skip
    await accounts.sign_in_url(who, now=now)
    event, unit = await factories.open_event(5, starts_at=now - 9 * YESTERDAY,
                                             ends_at=now - 8 * YESTERDAY)  # fmt: skip
    await execute(
        "INSERT INTO registration (event, person, code, idempotency_key, remark)"
        " VALUES ($1, $2, 'c', gen_random_uuid(), $3)",
        *(event.id, who, WORDS[0]),
    )
    await execute(
        "INSERT INTO registration_line (registration, unit, person, state, class_rank, queued_at)"
        " VALUES (1, $1, $2, 'confirmed', 1, $3)",
        *(unit.id, who, now),
    )
    one = await mailing_list()
    async with transaction():
        await consent.record(
            holder,
            Answer(WORDS[2], f"newsletter:{one.id}", ConsentAction.withdrawn, "page",
                   person_id=who, proof={"ip": WORDS[3]}),
            now=now,
        )  # fmt: skip
        await audit.record(CARLA, "change", ("person", who), after={"city": WORDS[3]})
    await execute(
        "INSERT INTO subscription (list, person, email, email_key, state, token_hash)"
        " VALUES ($1, $2, $3, $3, 'unsubscribed', $4)",
        *(one.id, who, WORDS[2], b"y"),
    )
    told = json.dumps({"name": f"X. {WORDS[1]}"})
    for person_id, address, state in ((who, WORDS[2], "queued"), (None, WORDS[2], "sent"),
                                      (None, "bestuur@example.org", "sent")):  # fmt: skip
        await OutboxLetter(
            kind="x", category="service", cause=f"{person_id}{address}{state}", person=person_id,
            address=address, language="nl", values=told, message_id=factories.uuid4(), state=state,
        ).save()  # fmt: skip
    await execute(
        "INSERT INTO import_batch (filename, content, columns, state) VALUES ('f', $1, '{}',"
        " 'imported')",
        WORDS[1].encode(),
    )
    await execute(
        "INSERT INTO import_row (batch, line, outcome, person, said) VALUES (1, 2, 'new', $1, $2)",
        *(who, json.dumps({"surname": WORDS[1]})),
    )
    await execute("DELETE FROM directory_change")
    return await people.get(who)


async def test_no_word_of_an_erased_person_is_left_in_any_table() -> None:
    who = await quispel()
    before = await whole_database()
    assert [word for word in WORDS if word not in before] == []

    await erasing.erase(CARLA, int(who.id), now=clock.now())

    after = await whole_database()
    found = [line[:200] for line in after.splitlines() if any(w in line for w in WORDS)]
    assert found == []
    assert WORDS[1].encode().hex() not in after
    assert (await chain.check(None)).findings == []
    person = await people.get(int(who.id))
    assert (person.display_name, person.email, person.anonymised_at is not None) == (
        "–",
        None,
        True,
    )


async def test_what_the_plan_says_is_what_happens_table_by_table() -> None:
    who = int((await quispel()).id)
    plan = await erasing.plan(who, now=clock.now())
    before = {
        table: (await execute(f'SELECT count(*) AS n FROM "{table}"'))[0]["n"]
        for table in PROCESSING
    }

    await erasing.erase(CARLA, who, now=clock.now())

    for step in plan.steps:
        rows = (await execute(f'SELECT count(*) AS n FROM "{step.table}"'))[0]["n"]
        gone = before[step.table] - rows
        if step.table not in ("audit_entry", "erasure", "profile_field", "workplace"):
            expected = step.rows if step.erasing == Erasing.erase else 0
            assert gone == expected, step.table
    assert {step.table for step in plan.steps} >= {
        *("person", "membership", "fee", "profile", "registration", "consent_event"),
        *("outbox_letter", "audit_entry", "subscription", "import_row", "membership_application"),
    }
    assert (await execute("SELECT count(*) AS n FROM fee"))[0]["n"] == 1


async def test_no_survives_erasure_and_is_found_for_the_same_address_only() -> None:
    who = await quispel()
    await erasing.erase(CARLA, int(who.id), now=clock.now())
    rows = await execute("SELECT purpose FROM consent_event WHERE purpose LIKE 'newsletter:%'")
    purpose = rows[0]["purpose"]

    assert await consents.newest(WORDS[2], purpose) == ConsentAction.withdrawn
    assert await consents.newest("x" + WORDS[2], purpose) is None
    list_id = int(purpose.partition(":")[2])
    assert await audience.suppressed(list_id) == []


async def test_objection_of_an_erased_address_keeps_a_new_person_off_every_list() -> None:
    anna = await factories.known("Anna")
    one = await mailing_list()
    async with transaction():
        answer = Answer(
            "anna@example.com", rules.EVERYTHING, ConsentAction.objected, "page", person_id=anna.id
        )
        await consent.record(acting(anna), answer, now=clock.now())
    await erasing.erase(CARLA, anna.id, now=clock.now())
    again = await factories.known("Anna")
    bram = await factories.known("Bram")
    for who in (again, bram):
        await execute(
            "INSERT INTO subscription (list, person, email, email_key, state, token_hash)"
            " VALUES ($1, $2, $3, $3, 'confirmed', $4)",
            *(one.id, who.id, who.email, who.surname.encode()),
        )

    reach = await audience.recipients(one.id, clock.today())

    assert {c.person_id: c.reason for c in (*reach.included, *reach.excluded)} == {
        again.id: "objected",
        bram.id: "",
    }


async def test_answers_take_no_other_change_than_forgetting_whose_they_are() -> None:
    await quispel()
    for change in ("action = 'given'", "address_key = 'x'", "person = NULL", "purpose = 'x'"):
        with pytest.raises(Exception, match="append-only"):
            await execute(f"UPDATE consent_event SET {change}")
    with pytest.raises(Exception, match="append-only"):
        await execute("DELETE FROM consent_event")


async def test_erasing_waits_for_what_goes_on() -> None:
    anna = await factories.member("Anna")
    assert (await erasing.plan(anna.id, now=clock.now())).goes_on == ["membership"]

    with pytest.raises(GoesOn):
        await erasing.erase(CARLA, anna.id, now=clock.now())

    await farewell.note(CARLA, anna.id, clock.today() - YESTERDAY, now=clock.now())
    await farewell.settle(CARLA, anna.id, now=clock.now())
    await erasing.erase(CARLA, anna.id, now=clock.now())
    with pytest.raises(NotFound):
        await erasing.plan(anna.id, now=clock.now())


async def test_only_somebody_else_of_the_board_erases() -> None:
    dirk = await factories.dirk()
    with pytest.raises(OwnErasure):
        await erasing.erase(acting(dirk, roles=("board",)), dirk.id, now=clock.now())
    for nobody in (acting(dirk), Actor(person_id=99, roles=frozenset({"treasurer"}))):
        with pytest.raises(NotFound):
            await erasing.erase(nobody, dirk.id, now=clock.now())


async def test_asked_once_and_done_by_the_board() -> None:
    dirk = await factories.dirk()
    await erasing.ask(acting(dirk), "Ik stop ermee", now=clock.now())
    with pytest.raises(AlreadyAsked):
        await erasing.ask(acting(dirk), "", now=clock.now())
    [asked] = await erasing.asked(done=False)
    assert (asked.name, asked.reason) == ("Dirk", "Ik stop ermee")

    await erasing.erase(CARLA, dirk.id, now=clock.now())

    assert await erasing.asked(done=False) == []
    [done] = await erasing.asked(done=True)
    assert (done.reason, len(await Erasure.select())) == ("", 1)


async def test_own_data_hold_every_table_and_no_secret() -> None:
    who = await quispel()

    held = await register.held(int(who.id))

    assert held["person"][0]["surname"] == WORDS[1]
    assert held["membership"][0]["number"]
    assert set(held) == set(await register.counts(int(who.id)))
    for table, rows in held.items():
        secret = set(PROCESSING[table].secret.split())
        assert all(not secret & set(row) for row in rows)
