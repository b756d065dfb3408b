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
from server.directory import workplaces
from server.duplicates import merging
from server.errors import Invalid, NotFound
from server.fees import mandates
from server.members import farewell
from server.memberships import notice
from server.newsletters import audience, rules
from server.outbox import delivery
from server.people import service as people
from server.privacy import asking, erasing, register, retention
from server.privacy.asking import AlreadyAsked
from server.privacy.erasing import GoesOn, OwnErasure
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


async def last_letters_leave() -> None:
    """The letters that were on their way are sent; the worker looks again."""
    await execute("UPDATE outbox_letter SET state = 'sent' WHERE state = 'queued'")
    await delivery.tidy(clock.now())


async def test_no_word_of_an_erased_person_is_left_in_any_table() -> None:
    who = await quispel()
    before = await whole_database()
    assert [word for word in WORDS if word not in before] == []

    await erasing.erase(CARLA, int(who.id), now=clock.now())
    await last_letters_leave()

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
        if step.table not in (
            "audit_entry",
            "erasure",
            "profile_field",
            "workplace",
            "outbox_letter",
        ):
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
    await asking.ask(acting(dirk), "Ik stop ermee", now=clock.now())
    with pytest.raises(AlreadyAsked):
        await asking.ask(acting(dirk), "", now=clock.now())
    [asked] = await asking.asked(is_done=False)
    assert (asked.name, asked.reason) == ("Dirk", "Ik stop ermee")

    await erasing.erase(CARLA, dirk.id, now=clock.now())

    assert await asking.asked(is_done=False) == []
    [done] = await asking.asked(is_done=True)
    assert (done.reason, len(await Erasure.select())) == ("", 1)


async def test_own_data_hold_every_table_and_no_secret() -> None:
    who = await quispel()

    held = await register.held([int(who.id)])

    assert held["person"][0]["surname"] == WORDS[1]
    assert held["membership"][0]["number"]
    assert set(held) == set(await register.counts([int(who.id)]))
    for table, rows in held.items():
        secret = set(PROCESSING[table].secret.split())
        assert all(not secret & set(row) for row in rows)


async def test_whoever_was_merged_into_somebody_is_erased_with_them() -> None:
    anna, els = await factories.known("Anna"), await factories.known("Els", city=WORDS[3])
    await merging.merge(CARLA, anna.id, els.id, {}, now=clock.now())
    assert WORDS[3] in await whole_database()

    await erasing.erase(CARLA, anna.id, now=clock.now())
    await last_letters_leave()

    after = await whole_database()
    assert [word for word in (WORDS[3], "Els", "els@example") if word in after] == []


async def test_trail_forgets_what_was_deleted_before() -> None:
    member, holder = await published()
    said = {**dict.fromkeys(workplaces.COLUMNS, ""), "name": WORDS[1], "city": WORDS[3]}
    await workplaces.add(holder, said, now=clock.now())
    place = (await execute("SELECT max(id) AS id FROM workplace"))[0]["id"]
    await workplaces.remove(holder, place)
    await execute("UPDATE membership SET ends_on = current_date - 1")
    await audit.record(SYSTEM, "change", ("workplace", place), after={"name": WORDS[1]})

    await erasing.erase(CARLA, holder.person_id or 0, now=clock.now())

    after = await whole_database()
    assert [word for word in (WORDS[1], WORDS[3]) if word in after] == []
    assert member


async def test_mandate_ends_and_is_forgotten_seven_years_later() -> None:
    dirk = await factories.member("Dirk")
    await execute("UPDATE membership_type SET fee_cents = 7500")
    await mandates.give(acting(dirk), "NL91ABNA0417164300", "Dirk", now=clock.now())
    yesterday = clock.today() - timedelta(days=1)
    await execute("UPDATE membership SET ends_on = $1, ended_by = 'member'", yesterday)

    await erasing.erase(CARLA, dirk.id, now=clock.now())
    [row] = await execute("SELECT revoked_on FROM bank_account")
    assert row["revoked_on"] == clock.today()
    await retention.apply(clock.now() + timedelta(days=7 * 365 - 1))
    assert await execute("SELECT 1 FROM bank_account")
    await retention.apply(clock.now() + timedelta(days=7 * 365 + 2))
    assert await execute("SELECT 1 FROM bank_account") == []


async def test_letters_under_an_earlier_address_and_letters_on_their_way_forget_them() -> None:
    dirk = await factories.dirk()
    await execute(
        "INSERT INTO email_change (person, old_email, new_email, token_hash, undo_hash, expires_at)"
        " VALUES ($1, 'Oud@Müller.example', 'dirk@example.com', 'a', 'b', now())",
        dirk.id,
    )
    told = json.dumps({"name": "Dirk"})
    for address, state in (("oud@müller.example", "sent"), ("bestuur@example.org", "queued")):
        await OutboxLetter(
            kind="x", category="service", cause=address, address=address, language="nl",
            values=told, message_id=factories.uuid4(), state=state,
        ).save()  # fmt: skip

    await erasing.erase(CARLA, dirk.id, now=clock.now())
    rows = await execute("SELECT state, values::text FROM outbox_letter WHERE kind = 'x'")
    assert {row["state"]: "Dirk" in row["values"] for row in rows} == {
        "sent": False,
        "queued": True,
    }
    await last_letters_leave()

    assert "Dirk" not in await whole_database()


async def test_person_is_told_once_and_their_address_is_forgotten_after() -> None:
    dirk = await factories.dirk()
    await erasing.erase(CARLA, dirk.id, now=clock.now())

    [letter] = await execute("SELECT kind, address, person, state FROM outbox_letter")
    assert letter == {
        **{"kind": "data_erased", "address": "dirk@example.com", "person": None},
        "state": "queued",
    }
    await last_letters_leave()
    [letter] = await execute("SELECT address, values::text FROM outbox_letter")
    assert letter == {"address": "", "values": "{}"}


async def test_request_is_taken_back_or_declined_with_a_reason() -> None:
    dirk = await factories.dirk()
    await asking.ask(acting(dirk), "", now=clock.now())
    await asking.withdraw(acting(dirk), now=clock.now())
    with pytest.raises(NotFound):
        await asking.withdraw(acting(dirk), now=clock.now())
    await asking.ask(acting(dirk), "Toch", now=clock.now())

    with pytest.raises(Invalid):
        await asking.decline(CARLA, dirk.id, "  ", now=clock.now())
    with pytest.raises(NotFound):
        await asking.decline(acting(dirk), dirk.id, "Nee", now=clock.now())
    await asking.decline(CARLA, dirk.id, "Eerst betalen", now=clock.now())

    last = await asking.newest(dirk.id)
    assert last and (last.waits, last.answer) == (False, "Eerst betalen")
    assert await asking.asked(is_done=False) == []
    [letter] = await execute("SELECT kind FROM outbox_letter")
    assert letter["kind"] == "erasure_declined"
    assert await retention.apply(clock.now() + timedelta(days=366)) >= 2
    assert await Erasure.select() == []


async def test_talk_that_is_over_keeps_nobody_and_unheard_proposals_are_forgotten() -> None:
    dirk, (event, _) = await factories.dirk(), await factories.open_event(1)
    await execute(
        "INSERT INTO call (event, title, opens_at, closes_at)"
        " VALUES ($1, 'Oproep', now(), now() + interval '1 day')",
        event.id,
    )
    for code, state in (("a", "rejected"), ("b", "confirmed")):
        await execute(
            "INSERT INTO proposal (call, code, title, abstract, state, format, minutes, language)"
            " VALUES (1, $1, $2::text, $2::text, $3, 'lecture', 20, 'nl')",
            *(code, f"{WORDS[0]} {state}", state),
        )
    await execute(
        "INSERT INTO proposal_speaker (proposal, person) SELECT id, $1 FROM proposal", dirk.id
    )
    assert (await erasing.plan(dirk.id, now=clock.now())).goes_on == ["talk"]
    await execute("UPDATE event SET starts_at = now() - interval '2 days',"
                  " ends_at = now() - interval '1 day'")  # fmt: skip

    await erasing.erase(CARLA, dirk.id, now=clock.now())

    rows = await execute("SELECT code, title, abstract FROM proposal ORDER BY code")
    assert [tuple(row.values()) for row in rows] == [
        ("a", "–", ""),
        ("b", f"{WORDS[0]} confirmed", f"{WORDS[0]} confirmed"),
    ]
