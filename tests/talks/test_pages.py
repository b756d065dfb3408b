"""What visitors and speakers see, and what a button does."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from server import clock, language
from server.accounts import service as accounts
from server.actors import Actor
from server.database import execute
from server.talks import decisions, queries
from server.talks.form import new_key
from server.talks.views import CallView
from tests.clients import human, letters
from tests.talks.cast import (
    TEXT,
    board,
    call,
    drafted,
    heading,
    in_state,
    person,
    sign_in,
    submitted,
    term,
    trail,
)

pytestmark = pytest.mark.anyio
FORM: dict[str, Any] = {
    "title": "Slapen met pijn",
    "abstract": "Wat helpt?",
    "format": "lecture",
    "language": "nl",
}
STRANGER = {**FORM, "name": "Els Vink", "email": "els@example.org"}


async def open_call(**values: object) -> CallView:
    """A call that is open at this very moment."""
    return await call(clock.now(), **values)


async def signed_in(browser: httpx.AsyncClient, name: str = "Els") -> Actor:
    who = await person(name)
    await sign_in(browser, who)
    return who


def words(page: str) -> str:
    """The text of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def shown(browser: httpx.AsyncClient, answer: httpx.Response) -> str:
    """The page to which an answer sends the reader."""
    assert answer.status_code == 303
    return (await browser.get(answer.headers["location"])).text


async def test_calls_stand_under_open_coming_and_closed(client: httpx.AsyncClient) -> None:
    now = clock.now()
    day = timedelta(days=1)
    await call(now, title="Open oproep")
    await call(now, title="Komende oproep", opens_at=now + day)
    await call(now, title="Oude oproep", closes_at=now - day)
    await call(now, title="Geheime oproep", is_published=False)

    page = (await client.get("/calls")).text

    assert heading(page) == "Oproepen voor voordrachten"
    found = re.findall(r"<h[23][^>]*>(?:<a[^>]*>)?([^<]+)", page)
    assert [
        one for one in found if one in ("Nu open", "Binnenkort", "Gesloten") or "oproep" in one
    ] == [
        *("Nu open", "Open oproep"),
        *("Binnenkort", "Komende oproep"),
        *("Gesloten", "Oude oproep"),
    ]
    assert "(nog 12 dagen)" in words(page)
    assert "Geheime" not in page


async def test_without_calls_the_page_says_so(client: httpx.AsyncClient) -> None:
    page = (await client.get("/calls")).text

    assert "Er is nu geen oproep open." in words(page)


async def test_a_call_says_what_is_asked_and_until_when(client: httpx.AsyncClient) -> None:
    congress = await open_call(formats=["lecture:20", "workshop"])
    await term("factor", "distress", "emotionele distress")
    await term("echelon", "first", "eerste lijn")
    await term("factor", "old", "verouderd", valid_to=clock.today() - timedelta(days=1))

    page = words((await client.get(f"/calls/{congress.slug}")).text)

    assert language.moment(congress.closes_at, "nl") + " (nog 12 dagen)." in page
    assert "Voordracht, 20 minuten Workshop, 90 minuten" in page
    assert "Hooguit 3 voorstellen per persoon" in page
    assert "emotionele distress" in page
    assert "eerste lijn" not in page
    assert "verouderd" not in page
    assert "Doe een voorstel" in page
    assert "Naar de voorstellen" not in page


async def test_in_english_a_call_is_english(client: httpx.AsyncClient) -> None:
    congress = await open_call()

    page = (await client.get(f"/calls/{congress.slug}?lang=en")).text

    assert heading(page) == "Congress call"
    assert "Pain congress" in page
    assert "(12 days left)" in words(page)
    assert "Doe een voorstel" not in page


async def test_a_call_that_is_not_open_has_no_button(client: httpx.AsyncClient) -> None:
    closed = await open_call(closes_at=clock.now() - timedelta(days=1))

    page = await client.get(f"/calls/{closed.slug}")
    form = await client.get(f"/calls/{closed.slug}/proposals/new")

    assert "Doe een voorstel" not in page.text
    assert (form.status_code, form.headers["location"]) == (303, f"/calls/{closed.slug}")


async def test_an_unknown_and_a_hidden_call_are_not_found(client: httpx.AsyncClient) -> None:
    hidden = await open_call(is_published=False)

    unknown = await client.get("/calls/nergens")
    secret = await client.get(f"/calls/{hidden.slug}")

    assert (unknown.status_code, secret.status_code) == (404, 404)
    assert "Oproep congres" not in secret.text


async def test_a_stranger_proposes_and_submits_by_the_link(client: httpx.AsyncClient) -> None:
    congress = await open_call()
    form = (await client.get(f"/calls/{congress.slug}/proposals/new")).text
    key = re.findall(r'name="key" value="([^"]+)"', form)[0]

    asked = await client.post(
        f"/calls/{congress.slug}/proposals", data=human(**{**STRANGER, "key": key})
    )
    again = await client.post(
        f"/calls/{congress.slug}/proposals", data=human(**{**STRANGER, "key": key})
    )

    assert asked.headers["location"] == again.headers["location"]
    answer = (await client.get(asked.headers["location"])).text
    assert heading(answer) == "Kijk in uw mailbox"
    assert "Het is nog niet ingediend" in words(answer)
    assert await letters() == [("proposal_to_submit", "els@example.org")]
    (proposal,) = await execute("SELECT code, state FROM proposal")
    mine = f"/me/proposals/{proposal['code']}"
    (owner,) = await execute("SELECT id FROM person")
    link = await accounts.sign_in_url(owner["id"], next_path=mine, now=clock.now())
    entered = await client.post(link)
    assert entered.headers["location"] == mine
    page = await client.get(mine)
    assert heading(page.text) == "Uw voorstel is nog niet ingediend"
    sent = await client.post(f"{mine}/submission")
    assert heading(await shown(client, sent)) == "Uw voorstel is ingediend"
    assert (await letters())[1:] == [("proposal_received", "els@example.org")]


async def test_known_and_unknown_addresses_get_the_same_answer(client: httpx.AsyncClient) -> None:
    congress = await open_call(proposals_per_person=1)
    els = await person("Els")
    await submitted(els, congress, now=clock.now())

    answers = [
        (
            await client.post(
                f"/calls/{congress.slug}/proposals", data=human(**{**STRANGER, "email": email})
            )
        )
        for email in ("els@example.org", "nieuw@example.org")
    ]

    texts = [answer.text.replace("nieuw@", "els@") for answer in answers]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert texts[0] == texts[1]


async def test_a_refused_form_comes_back_with_every_problem(client: httpx.AsyncClient) -> None:
    congress = await open_call()
    wrong = {
        "title": "  ",
        "abstract": "Wat <b>blijft</b> hangen?",
        "format": "song",
        "minutes": "veel",
        "email": "a@x.nl, b@x.nl",
        "name": "Zoë",
    }

    answer = await client.post(f"/calls/{congress.slug}/proposals", data=human(**wrong))

    assert answer.status_code == 422
    page = words(answer.text)
    assert "Er kloppen nog 4 dingen niet" in page
    assert "Titel: Vul dit in." in page
    assert "Vorm: Kies een van de mogelijkheden." in page
    assert "Aantal minuten: Vul een getal in." in page
    assert "Vul één geldig e-mailadres in" in page
    assert "Wat &lt;b&gt;blijft&lt;/b&gt; hangen?</textarea>" in answer.text
    assert 'value="Zoë"' in answer.text
    assert 'value="veel"' in answer.text
    assert await execute("SELECT 1 FROM proposal") == []


async def test_someone_signed_in_submits_at_once(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    await term("factor", "distress", "emotionele distress")

    sent = await client.post(
        f"/calls/{congress.slug}/proposals",
        data={**FORM, "do": "submit", "factor": ["factor:distress", "factor:nonsense"]},
    )

    page = await shown(client, sent)
    assert heading(page) == "Uw voorstel is ingediend"
    assert "Uw voorstel is ingediend. U krijgt een bevestiging per e-mail." in words(page)
    assert "emotionele distress" in page
    (view,) = await queries.of_person(els.person_id or 0)
    assert (view.state, view.minutes, view.topics) == ("submitted", 30, ["factor:distress"])


async def test_a_draft_is_saved_changed_and_submitted(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)

    saved = await client.post(
        f"/calls/{congress.slug}/proposals", data={**FORM, "abstract": "", "do": "draft"}
    )
    mine = saved.headers["location"]
    form = (await client.get(f"{mine}/text")).text
    revision = re.findall(r'name="revision" value="(\d+)"', form)[0]
    empty = await client.post(
        f"{mine}/text", data={**FORM, "abstract": "", "do": "submit", "revision": revision}
    )
    sent = await client.post(
        f"{mine}/text", data={**FORM, "title": "Beter", "do": "submit", "revision": revision}
    )

    assert (await client.get(f"/calls/{congress.slug}")).text.count(mine) == 1
    assert empty.status_code == 422
    assert "Schrijf een samenvatting voordat u het voorstel indient." in words(empty.text)
    assert heading(await shown(client, sent)) == "Uw voorstel is ingediend"
    (view,) = await queries.of_person(els.person_id or 0)
    assert (view.title, view.state) == ("Beter", "submitted")


async def test_a_stale_tab_overwrites_nothing(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await submitted(els, congress, now=clock.now())
    mine = f"/me/proposals/{view.code}"
    tab = {**FORM, "revision": str(view.revision)}

    first = await client.post(f"{mine}/text", data={**tab, "title": "Eerste tab"})
    second = await client.post(f"{mine}/text", data={**tab, "title": "Tweede tab"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert (await queries.by_id(view.id)).title == "Eerste tab"
    assert 'value="Tweede tab"' in second.text
    assert "Wat nu is opgeslagen Eerste tab" in words(second.text)


async def test_a_version_longer_than_any_of_ours_overwrites_nothing(
    client: httpx.AsyncClient,
) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await submitted(els, congress, now=clock.now())
    form = {**FORM, "title": "Andere", "revision": "9" * 5000}

    answer = await client.post(f"/me/proposals/{view.code}/text", data=form)

    assert answer.status_code == 409
    assert (await queries.by_id(view.id)).title == view.title


async def test_who_has_seen_both_texts_may_choose_their_own(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await submitted(els, congress, now=clock.now())
    mine = f"/me/proposals/{view.code}"
    tab = {**FORM, "revision": str(view.revision)}
    await client.post(f"{mine}/text", data={**tab, "title": "Eerste tab"})
    both = await client.post(f"{mine}/text", data={**tab, "title": "Tweede tab"})

    (seen,) = re.findall(r'name="revision"[^>]*value="(\d+)"', both.text)
    chosen = await client.post(
        f"{mine}/text", data={**tab, "title": "Tweede tab", "revision": seen}
    )

    assert chosen.status_code == 303
    assert (await queries.by_id(view.id)).title == "Tweede tab"


async def test_saving_the_same_form_twice_is_saving_once(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await drafted(els, congress, now=clock.now())
    form = {**FORM, "revision": str(view.revision), "do": "submit"}

    answers = [await client.post(f"/me/proposals/{view.code}/text", data=form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert heading(await shown(client, answers[1])) == "Uw voorstel is ingediend"
    assert await trail(view.id) == ["create", "change", "submit"]


async def test_an_event_that_was_called_off_takes_no_proposals(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    kept = await drafted(els, congress, now=clock.now())
    await execute("UPDATE event SET state = 'cancelled' WHERE id = $1", congress.event_id)
    form = {**FORM, "key": new_key(clock.now())}

    page = await client.get(f"/calls/{congress.slug}")
    late = await client.post(f"/calls/{congress.slug}/proposals", data=human(**form))
    submitting = await client.post(f"/me/proposals/{kept.code}/submission")

    assert "Deze activiteit gaat niet door; voorstellen indienen kan niet meer." in page.text
    assert "proposals/new" not in page.text
    assert (late.status_code, submitting.status_code) == (409, 409)
    assert "Deze activiteit gaat niet door. Dit voorstel is niet ingediend." in words(late.text)
    assert "Wat helpt?</textarea>" in late.text
    assert [view.state for view in await queries.of_person(els.person_id or 0)] == ["draft"]


async def test_a_late_form_is_refused_and_keeps_its_text(client: httpx.AsyncClient) -> None:
    now = clock.now()
    congress = await call(now, closes_at=now - timedelta(minutes=5))
    await signed_in(client)
    address = f"/calls/{congress.slug}/proposals"

    late = await client.post(address, data={**FORM, "key": new_key(now)})
    forged = await client.post(address, data={**FORM, "key": "verzonnen"})
    graced = await client.post(
        address, data={**FORM, "key": new_key(now - timedelta(minutes=10)), "do": "submit"}
    )

    assert (late.status_code, forged.status_code) == (409, 409)
    assert heading(late.text) == "De oproep is gesloten"
    assert "Wat helpt?</textarea>" in late.text
    assert 'value="Slapen met pijn"' in late.text
    assert heading(await shown(client, graced)) == "Uw voorstel is ingediend"


async def test_a_draft_left_too_long_says_so(client: httpx.AsyncClient) -> None:
    now = clock.now()
    congress, els = await call(now - timedelta(days=20)), await signed_in(client)
    view = await drafted(els, congress, now=now - timedelta(days=20))

    page = (await client.get(f"/me/proposals/{view.code}")).text
    text = await client.get(f"/me/proposals/{view.code}/text")
    refused = await client.post(f"/me/proposals/{view.code}/submission")

    assert "Dit voorstel is niet ingediend." in words(page)
    assert "/submission" not in page
    assert text.headers["location"] == f"/me/proposals/{view.code}"
    assert (refused.status_code, "Deze oproep is gesloten." in words(refused.text)) == (409, True)


async def test_too_many_proposals_are_kept_as_drafts(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(proposals_per_person=1), await signed_in(client)
    await submitted(els, congress, now=clock.now())

    answer = await client.post(
        f"/calls/{congress.slug}/proposals", data=human(**{**FORM, "do": "submit"})
    )

    assert answer.status_code == 409
    assert "Uw tekst is bewaard als concept" in words(answer.text)
    states = [view.state for view in await queries.of_person(els.person_id or 0)]
    assert states == ["draft", "submitted"]


@pytest.mark.parametrize(
    ("state", "title", "buttons"),
    [
        ("draft", "Uw voorstel is nog niet ingediend", ["submission"]),
        ("submitted", "Uw voorstel is ingediend", ["withdrawal"]),
        ("accepted", "Uw voorstel is geaccepteerd", ["confirmation", "withdrawal"]),
        ("reserve", "Uw voorstel staat op de reservelijst", ["withdrawal"]),
        ("revision", "De commissie vraagt een nieuwe versie", ["withdrawal"]),
        ("confirmed", "U geeft deze voordracht", ["withdrawal"]),
        ("rejected", "Uw voorstel heeft geen plaats gekregen", []),
        ("withdrawn", "U heeft dit voorstel ingetrokken", []),
        ("cancelled", "Uw voordracht gaat niet door", []),
        ("delivered", "U heeft deze voordracht gegeven", []),
    ],
)
async def test_a_proposal_says_where_it_stands_and_what_comes_next(
    client: httpx.AsyncClient, state: str, title: str, buttons: list[str]
) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await in_state(state, els, congress, clock.now())

    page = (await client.get(f"/me/proposals/{view.code}")).text

    assert heading(page) == title
    assert re.findall(r'action="/me/proposals/\w+/(\w+)"', page) == buttons
    assert page.count('class="button primary"') <= 1


async def test_a_speaker_confirms_and_later_withdraws(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await submitted(els, congress, now=clock.now())
    await decisions.accept(await board(), view.id, note="Mooi werk", now=clock.now())
    mine = f"/me/proposals/{view.code}"

    asked = words((await client.get(mine)).text)
    confirmed = await shown(client, await client.post(f"{mine}/confirmation"))
    twice = await client.post(f"{mine}/confirmation")
    gone = await shown(
        client, await client.post(f"{mine}/withdrawal", data={"reason": "Ik verhuis"})
    )

    until = (await queries.by_id(view.id)).confirm_by
    assert until is not None
    assert f"uiterlijk {language.moment(until, 'nl')}." in asked
    assert "Toelichting: Mooi werk" in asked
    assert heading(confirmed) == "U geeft deze voordracht"
    assert twice.status_code == 409
    assert "‘Bevestigd’" in words(twice.text)
    assert heading(gone) == "U heeft dit voorstel ingetrokken"
    assert "Toelichting: Ik verhuis" in words(gone)


async def test_saying_no_to_an_accepted_place_declines(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await in_state("accepted", els, congress, clock.now())

    answer = await client.post(f"/me/proposals/{view.code}/withdrawal", data={"reason": ""})

    assert answer.status_code == 303
    assert [step.action for step in await queries.history(view.id)] == ["decline"]


async def test_speakers_see_only_what_they_were_told(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    view = await in_state("submitted", els, congress, clock.now())
    await execute("UPDATE proposal SET state = 'rejected', staged = 'rejected'")

    page = await client.get(f"/me/proposals/{view.code}")
    listed = await client.get(f"/calls/{congress.slug}")

    assert heading(page.text) == "Uw voorstel is ingediend"
    assert "Afgewezen" not in page.text + listed.text


async def test_what_a_speaker_wrote_cannot_run(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await signed_in(client)
    text = TEXT.__class__(
        title="<script>alert(1)</script>",
        abstract="**vet** <script>alert(2)</script> [x](javascript:alert(3))",
    )
    view = await submitted(els, congress, text, clock.now())

    page = (await client.get(f"/me/proposals/{view.code}")).text

    assert "<strong>vet</strong>" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


WAYS = [
    ("GET", ""),
    ("GET", "/text"),
    ("POST", "/text"),
    ("POST", "/submission"),
    ("POST", "/confirmation"),
    ("POST", "/withdrawal"),
]


async def test_dirk_may_not(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await person("Els")
    view = await in_state("accepted", els, congress, clock.now())
    await signed_in(client, "Dirk")

    answers = [
        await client.request(
            method, f"/me/proposals/{code}{path}", data=FORM if method == "POST" else None
        )
        for code in (view.code, "abcdefghjkmn")
        for method, path in WAYS
    ]

    assert [answer.status_code for answer in answers] == [404] * 12
    assert "Pijneducatie" not in "".join(answer.text for answer in answers)
    assert answers[0].text == answers[6].text.replace("abcdefghjkmn", view.code)
    assert (await queries.by_id(view.id)).revision == view.revision


async def test_a_stranger_is_asked_to_sign_in_first(client: httpx.AsyncClient) -> None:
    congress, els = await open_call(), await person("Els")
    view = await in_state("accepted", els, congress, clock.now())

    answers = [
        await client.request(method, f"/me/proposals/{view.code}{path}") for method, path in WAYS
    ]

    assert [answer.status_code for answer in answers] == [303] * 6
    assert answers[0].headers["location"] == f"/sign-in?next=/me/proposals/{view.code}"
    assert (await queries.by_id(view.id)).state == "accepted"


def test_every_day_has_its_words() -> None:
    moment = datetime.fromisoformat("2027-01-31T22:59:00+00:00")

    assert language.text("nl", "talks.call.until", moment=language.moment(moment, "nl")) == (
        "Indienen kan tot zondag 31 januari 2027, 23.59 uur"
    )
    assert language.text("nl", "talks.call.days_left", count=1) == "nog 1 dag"
