"""What speakers do, with the database: drafts, limits, own rows, letters."""

from dataclasses import replace
from datetime import timedelta

import pytest

from server.actors import ANONYMOUS
from server.database import execute
from server.errors import Invalid, NotFound, Stale, WrongState
from server.people.service import PersonForm
from server.talks import decisions, drafts, queries, service, strangers
from server.talks.refusals import Closed, NotOpen, TextIsFixed, TooManyProposals
from tests.clients import last_letter, letters
from tests.factories import NOON
from tests.talks.cast import TEXT, board, call, drafted, in_state, person, submitted, trail

pytestmark = pytest.mark.anyio
ELS = PersonForm(surname="Els Vink", email="els@example.org")


async def test_a_draft_is_kept_and_nobody_is_written_to(db: None) -> None:
    els, congress = await person("Els"), await call()

    view = await drafted(els, congress)

    assert (view.state, view.told_state, view.title) == ("draft", "draft", "Pijneducatie")
    assert (view.minutes, view.affiliation) == (30, "UMC Utrecht")
    assert await letters() == []
    assert await trail(view.id) == ["create"]


async def test_submitting_owes_one_letter_and_one_audit_line(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await drafted(els, congress)

    sent = await service.submit(els, view.id, now=NOON)

    assert (sent.state, sent.told_state, sent.submitted_at) == ("submitted", "submitted", NOON)
    assert await letters() == [("proposal_received", "els@example.org")]
    assert await trail(view.id) == ["create", "submit"]
    assert await last_letter() == {
        "title": "Pijneducatie",
        "event": "Pijncongres",
        "url": f"http://localhost:8000/me/proposals/{view.code}",
        "name": "Els",
    }


async def test_submitting_again_does_nothing(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)

    again = await service.submit(els, view.id, now=NOON)

    assert again == view
    assert await letters() == [("proposal_received", "els@example.org")]


async def test_an_english_speaker_reads_english(db: None) -> None:
    els, congress = await person("Els", language="en"), await call()

    await submitted(els, congress)

    assert (await last_letter())["event"] == "Pain congress"


async def test_the_same_form_twice_is_one_proposal(db: None) -> None:
    els, congress, code = await person("Els"), await call(), drafts.new_code()
    changed = replace(TEXT, title="Pijneducatie die blijft")

    first = await drafts.draft(els, congress.id, TEXT, code=code, opened_at=NOON, now=NOON)
    again = await drafts.draft(els, congress.id, changed, code=code, opened_at=NOON, now=NOON)

    assert (first.id, again.title) == (again.id, "Pijneducatie die blijft")
    assert len(await queries.of_person(els.person_id or 0)) == 1


async def test_the_form_sent_again_after_submitting_changes_nothing(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)

    again = await drafts.draft(
        els, congress.id, replace(TEXT, title="Anders"), code=view.code, opened_at=NOON, now=NOON
    )

    assert again == view


async def test_somebody_elses_code_makes_a_proposal_of_ones_own(db: None) -> None:
    els, dirk, congress = await person("Els"), await person("Dirk"), await call()
    view = await drafted(els, congress)

    other = await drafts.draft(dirk, congress.id, TEXT, code=view.code, opened_at=NOON, now=NOON)

    assert other.code != view.code
    assert [one.name for one in other.speakers] == ["Dirk"]


async def test_without_an_account_one_drafts_nothing_here(db: None) -> None:
    congress = await call()

    with pytest.raises(NotFound):
        await drafted(ANONYMOUS, congress)


async def test_a_stranger_gets_a_link_and_nothing_is_submitted(db: None) -> None:
    congress, code = await call(), drafts.new_code()

    await strangers.draft(
        congress.id, TEXT, strangers.Stranger(ELS), code=code, opened_at=NOON, now=NOON
    )

    view = await queries.find(code)
    assert view is not None
    assert (view.state, view.names) == ("draft", "Els Vink")
    assert await letters() == [("proposal_to_submit", "els@example.org")]
    said = await last_letter()
    assert said["url"] == f"http://localhost:8000/me/proposals/{code}"
    assert said["sign_in_url"].startswith("http://localhost:8000/sign-in/")
    links = await execute("SELECT next_path FROM sign_in_link")
    assert links == [{"next_path": f"/me/proposals/{code}"}]


async def test_a_strangers_form_sent_twice_is_one_draft_and_one_letter(db: None) -> None:
    congress, code = await call(), drafts.new_code()

    for _ in range(2):
        await strangers.draft(
            congress.id, TEXT, strangers.Stranger(ELS), code=code, opened_at=NOON, now=NOON
        )

    assert await execute("SELECT count(*) AS n FROM proposal") == [{"n": 1}]
    assert await letters() == [("proposal_to_submit", "els@example.org")]


async def test_a_stranger_never_changes_what_we_know_of_somebody(db: None) -> None:
    els, congress = await person("Els"), await call()

    await strangers.draft(
        congress.id, TEXT, strangers.Stranger(ELS), code=drafts.new_code(), opened_at=NOON, now=NOON
    )

    mine = await queries.of_person(els.person_id or 0)
    assert [view.names for view in mine] == ["Els"]


async def test_one_address_gets_at_most_three_letters_an_hour(db: None) -> None:
    congress = await call()

    for _ in range(5):
        await strangers.draft(
            congress.id,
            TEXT,
            strangers.Stranger(ELS),
            code=drafts.new_code(),
            opened_at=NOON,
            now=NOON,
        )

    assert await letters() == [("proposal_to_submit", "els@example.org")] * 3
    assert await execute("SELECT count(*) AS n FROM proposal") == [{"n": 5}]


async def test_every_problem_is_said_at_once(db: None) -> None:
    els, congress = await person("Els"), await call(formats=["lecture"])

    with pytest.raises(Invalid) as no:
        await drafted(els, congress, replace(TEXT, title=" ", format="poster", minutes=1))

    assert no.value.fields == {
        "title": "errors.field.required",
        "format": "errors.field.choice",
        "minutes": "talks.invalid.minutes",
    }


async def test_without_an_abstract_one_may_draft_but_not_submit(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await drafted(els, congress, replace(TEXT, abstract=""))

    with pytest.raises(Invalid) as no:
        await service.submit(els, view.id, now=NOON)

    assert no.value.fields == {"abstract": "talks.invalid.no_abstract"}


async def test_a_call_that_is_not_open_takes_nothing(db: None) -> None:
    els = await person("Els")
    coming = await call(opens_at=NOON + timedelta(days=1))
    closed = await call(closes_at=NOON - timedelta(hours=1))

    with pytest.raises(NotOpen):
        await drafted(els, coming)
    with pytest.raises(Closed):
        await drafted(els, closed)


async def test_a_hidden_call_does_not_exist(db: None) -> None:
    els, hidden = await person("Els"), await call(is_published=False)

    with pytest.raises(NotFound):
        await drafted(els, hidden)


async def test_a_draft_may_be_submitted_half_an_hour_late(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await drafted(els, congress)
    late = congress.closes_at + timedelta(minutes=29)

    sent = await service.submit(els, view.id, now=late)

    assert sent.state == "submitted"


async def test_after_the_grace_a_draft_stays_a_draft(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await drafted(els, congress)

    with pytest.raises(Closed):
        await service.submit(els, view.id, now=congress.closes_at + timedelta(minutes=30))

    assert (await queries.by_id(view.id)).state == "draft"


async def test_one_person_submits_at_most_so_many(db: None) -> None:
    els, congress = await person("Els"), await call(proposals_per_person=1)
    await submitted(els, congress)
    second = await drafted(els, congress)

    with pytest.raises(TooManyProposals) as no:
        await service.submit(els, second.id, now=NOON)

    assert no.value.values == {"limit": 1}


async def test_a_withdrawn_proposal_leaves_room_for_another(db: None) -> None:
    els, congress = await person("Els"), await call(proposals_per_person=1)
    first = await submitted(els, congress)
    await service.withdraw(els, first.id, now=NOON)

    assert (await submitted(els, congress)).state == "submitted"


async def test_the_text_changes_until_the_call_closes(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)
    text = replace(TEXT, title="Nieuw", affiliation="Radboud")

    changed = await drafts.change(els, view.id, text, now=NOON)

    assert (changed.title, changed.affiliation) == ("Nieuw", "Radboud")
    assert changed.revision == view.revision + 1
    assert await trail(view.id) == ["create", "submit", "change"]
    with pytest.raises(TextIsFixed):
        await drafts.change(els, view.id, TEXT, now=congress.closes_at + timedelta(hours=1))


async def test_saving_the_same_text_writes_nothing(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)

    same = await drafts.change(els, view.id, drafts.text_of(view), now=NOON)

    assert same == view


async def test_an_accepted_text_is_fixed(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await in_state("accepted", els, congress)

    with pytest.raises(TextIsFixed):
        await drafts.change(els, view.id, TEXT, now=NOON)


async def test_a_stale_form_overwrites_nothing(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)
    await drafts.change(els, view.id, replace(TEXT, title="Eerst"), now=NOON)

    with pytest.raises(Stale):
        await drafts.change(els, view.id, TEXT, expected_revision=view.revision, now=NOON)

    assert (await queries.by_id(view.id)).title == "Eerst"


async def test_a_submitted_text_may_not_become_unfit(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)

    with pytest.raises(Invalid) as no:
        await drafts.change(els, view.id, replace(TEXT, abstract=""), now=NOON)

    assert no.value.fields == {"abstract": "talks.invalid.no_abstract"}


async def test_a_revision_is_handed_in_again_long_after_closing(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await submitted(els, congress)
    late = congress.closes_at + timedelta(days=20)
    await decisions.revise(carla, view.id, note="Korter, graag.", now=late)

    await drafts.change(els, view.id, replace(TEXT, abstract="Korter."), now=late)
    again = await service.resubmit(els, view.id, now=late)

    assert (again.state, again.abstract, again.submitted_at) == ("submitted", "Korter.", late)
    assert [kind for kind, _ in await letters()] == [
        "proposal_received",
        "proposal_to_revise",
        "proposal_received",
    ]


@pytest.mark.parametrize("verb", [service.submit, service.confirm, service.withdraw])
async def test_somebody_elses_proposal_does_not_exist(db: None, verb: object) -> None:
    els, dirk, congress = await person("Els"), await person("Dirk"), await call()
    view = await drafted(els, congress)

    with pytest.raises(NotFound):
        await verb(dirk, view.id, now=NOON)  # type: ignore[operator]
    with pytest.raises(NotFound):
        await queries.get_own(dirk, view.code)
    with pytest.raises(NotFound):
        await drafts.change(dirk, view.id, TEXT, now=NOON)

    assert (await queries.by_id(view.id)).revision == view.revision


async def test_the_board_acts_for_a_speaker_on_the_phone(db: None) -> None:
    els, carla, congress = await person("Els"), await board(), await call()
    view = await in_state("accepted", els, congress)

    done = await service.confirm(carla, view.id, now=NOON)

    assert done.state == "confirmed"
    assert await letters() == [("proposal_confirmed", "els@example.org")]


async def test_a_speaker_confirms_also_after_the_day(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await in_state("accepted", els, congress)

    done = await service.confirm(els, view.id, now=NOON + timedelta(days=30))

    assert done.state == "confirmed"


async def test_declining_says_why_and_frees_the_place(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await in_state("accepted", els, congress)

    done = await service.decline(els, view.id, reason="Ziek", now=NOON)

    assert done.state == "withdrawn"
    assert [(step.action, step.reason) for step in await queries.history(view.id)] == [
        ("decline", "Ziek")
    ]
    assert await letters() == [("proposal_withdrawn", "els@example.org")]


async def test_what_cannot_be_done_names_what_can(db: None) -> None:
    els, congress = await person("Els"), await call()
    view = await submitted(els, congress)

    with pytest.raises(WrongState) as no:
        await service.confirm(els, view.id, now=NOON)

    assert no.value.values["state"] == "submitted"
    assert no.value.values["allowed"] == ("accept", "reserve", "reject", "revise", "withdraw")


async def test_somebody_without_an_address_is_still_told_on_the_page(db: None) -> None:
    els, congress = await person("Els"), await call()
    await execute("UPDATE person SET email = NULL, email_key = NULL")

    view = await submitted(els, congress)

    assert view.told_state == "submitted"
    assert await letters() == []
