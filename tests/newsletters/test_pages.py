"""What people see and what a click does: words, answers alike, links that act on POST only."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS
from server.database import execute
from server.newsletters import links, lists, service
from tables.people import EmailState
from tests.clients import human
from tests.newsletters.cast import (
    ANNA,
    asked,
    consents,
    heading,
    last_token,
    letters,
    mailing_list,
    member,
    person,
    sign_in,
    states,
)

pytestmark = pytest.mark.anyio
FORM = {"email": ANNA, "name": "Anna", "language": "nl", "lists": "nieuws"}
CONTENTS = (
    "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS mark FROM ("
    " SELECT s::text FROM subscription s UNION ALL SELECT c::text FROM consent_event c"
    " UNION ALL SELECT o::text FROM outbox_letter o UNION ALL SELECT a::text FROM audit_entry a"
    ") t"
)


async def mark() -> object:
    """A fingerprint of everything a newsletter page could change."""
    return (await execute(CONTENTS))[0]["mark"]


async def pending(email: str = ANNA) -> str:
    """A confirmation token of an address that asked just now."""
    await service.sign_up(ANONYMOUS, asked(email), now=clock.now())
    return await last_token()


async def on_list(email: str = ANNA) -> str:
    """The stable token of an address on the list."""
    token = await pending(email)
    await service.confirm(token, now=clock.now())
    return token[:22]


async def test_the_page_names_the_public_lists_and_the_words(client: httpx.AsyncClient) -> None:
    await lists.set_up(clock.now())
    await mailing_list("dicht", is_open=False)

    answer = await client.get("/newsletters")

    assert answer.status_code == 200
    assert heading(answer.text) == "Nieuwsbrieven"
    assert "Ongeveer zes keer per jaar." in answer.text
    assert "Ik wil de gekozen nieuwsbrieven per e-mail ontvangen." in answer.text
    assert "Ledenbericht" not in answer.text
    assert "Dicht" not in answer.text


async def test_in_english_everything_is_english(client: httpx.AsyncClient) -> None:
    await lists.set_up(clock.now())

    answer = await client.get("/newsletters?lang=en")

    assert heading(answer.text) == "Newsletters"
    assert "About six times a year." in answer.text
    assert "Aanmelden" not in answer.text


async def test_without_lists_the_page_says_so(client: httpx.AsyncClient) -> None:
    answer = await client.get("/newsletters")

    assert "Er zijn nu geen nieuwsbrieven waarvoor u zich kunt aanmelden." in answer.text


async def test_known_unknown_and_suppressed_get_the_same_bytes(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await on_list("bekend@example.org")
    await service.object_to_all(await on_list("nee@example.org"), now=clock.now())
    await person("lid@example.org")

    answers = []
    for email in ("bekend@example.org", "nee@example.org", "lid@example.org", ANNA):
        posted = await client.post("/newsletters", data=human(**{**FORM, "email": email}))
        shown = await client.get(posted.headers["location"])
        answers.append((posted.status_code, posted.headers["location"], posted.text, shown.text))

    assert answers[0][:2] == (303, "/newsletters/asked")
    assert len(set(answers)) == 1
    assert heading(answers[0][3]) == "Kijk in uw mailbox"


async def test_known_and_unknown_take_at_least_the_same_time(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await on_list("bekend@example.org")
    took = []

    for email in ("bekend@example.org", ANNA):
        answer = await client.post("/newsletters", data=human(**{**FORM, "email": email}))
        took.append(answer.elapsed.total_seconds())

    assert min(took) >= 0.25


async def test_a_refused_form_comes_back_with_every_problem(client: httpx.AsyncClient) -> None:
    await mailing_list()

    answer = await client.post(
        "/newsletters", data={"email": "a@x.nl, b@x.nl", "name": "Zoë", "language": "xx"}
    )

    assert answer.status_code == 422
    assert 'value="a@x.nl, b@x.nl"' in answer.text
    assert 'value="Zoë"' in answer.text
    assert answer.text.count("Kies ten minste één nieuwsbrief.") == 2
    assert 'href="#email"' in answer.text
    assert await states() == []


async def test_a_list_that_is_not_there_is_refused(client: httpx.AsyncClient) -> None:
    await mailing_list()

    answer = await client.post("/newsletters", data=human(**{**FORM, "lists": "geheim"}))

    assert answer.status_code == 422
    assert await states() == []


async def test_looking_changes_nothing(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await pending()
    before = await mark()

    for path in (
        "/newsletters",
        "/newsletters/asked",
        f"/newsletters/confirm/{token}",
        f"/newsletters/preferences/{token[:22]}",
        f"/u/{token[:22]}",
    ):
        assert (await client.get(path)).status_code == 200
        assert (await client.head(path)).status_code in (200, 405)

    assert await mark() == before
    assert await states() == [(ANNA, "pending")]


async def test_the_link_shows_a_button_and_the_button_confirms(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await pending()

    shown = await client.get(f"/newsletters/confirm/{token}")
    posted = await client.post(f"/newsletters/confirm/{token}")
    after = await client.get(posted.headers["location"])

    assert heading(shown.text) == "Bevestig uw aanmelding"
    assert "<li>Nieuws</li>" in shown.text
    assert (posted.status_code, heading(after.text)) == (303, "Uw aanmelding is bevestigd")
    assert await states() == [(ANNA, "confirmed")]


async def test_secret_pages_are_kept_by_nobody(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await pending()

    for path in (
        f"/newsletters/confirm/{token}",
        f"/newsletters/preferences/{token[:22]}",
        f"/u/{token[:22]}",
    ):
        headers = (await client.get(path)).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow"


async def test_an_expired_link_says_what_to_do(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await service.sign_up(ANONYMOUS, asked(), now=clock.now() - timedelta(days=8))
    token = await last_token()

    shown = await client.get(f"/newsletters/confirm/{token}")
    posted = await client.post(f"/newsletters/confirm/{token}")

    assert (shown.status_code, heading(shown.text)) == (410, "Deze link werkt niet meer")
    assert "De link is ouder dan 7 dagen" in shown.text
    assert posted.status_code == 409
    assert "Deze link werkt niet meer: hij is ouder dan 7 dagen" in posted.text


@pytest.mark.parametrize("path", ["/newsletters/confirm/", "/newsletters/preferences/", "/u/"])
@pytest.mark.parametrize("token", ["x", "x" * 22, "x" * 52, "%00", "%ff"])
async def test_an_unknown_token_is_no_page(
    client: httpx.AsyncClient, path: str, token: str
) -> None:
    assert (await client.get(path + token)).status_code == 404
    assert (await client.post(path + token)).status_code == 404


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            b"One-Click\r\n--b--\r\n",
            "multipart/form-data; boundary=b",
        ),
        (b"", "text/plain"),
        (b"\xff\x00nonsense", "multipart/form-data"),
    ],
)
async def test_one_click_leaves_without_cookie_or_origin(
    client: httpx.AsyncClient, body: bytes, kind: str
) -> None:
    await mailing_list()
    token = await on_list()

    answers = [
        await client.post(f"/u/{token}", content=body, headers={"content-type": kind})
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert heading(answers[0].text) == "U bent afgemeld voor Nieuws"
    assert await states() == [(ANNA, "unsubscribed")]
    assert (await consents())[1:] == [("newsletter:1", "withdrawn", "one_click")]


async def test_one_click_works_from_another_site(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await on_list()
    headers = {"origin": "https://mail.example", "sec-fetch-site": "cross-site"}

    answer = await client.post(f"/u/{token}", headers=headers)

    assert answer.status_code == 200
    assert await states() == [(ANNA, "unsubscribed")]


async def test_another_site_cannot_confirm(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await pending()

    answer = await client.post(
        f"/newsletters/confirm/{token}", headers={"sec-fetch-site": "cross-site"}
    )

    assert answer.status_code == 403
    assert await states() == [(ANNA, "pending")]


async def test_a_link_keeps_working_when_everything_was_renamed(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await on_list()
    await execute("UPDATE newsletter_list SET slug = 'anders', name_nl = 'Anders'")
    await execute("UPDATE subscription SET email = 'x@y.nl', email_key = 'x@y.nl'")

    answer = await client.post(f"/u/{token}")

    assert heading(answer.text) == "U bent afgemeld voor Anders"


async def test_the_token_decides_and_not_the_session(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await on_list()
    await on_list("dirk@example.org")
    await sign_in(client, await person("dirk@example.org", "Dirk"))

    await client.post(f"/u/{token}")

    assert await states() == [(ANNA, "unsubscribed"), ("dirk@example.org", "confirmed")]


async def test_the_preference_page_says_why_and_hides_the_address(
    client: httpx.AsyncClient,
) -> None:
    await mailing_list()
    await mailing_list("agenda")
    token = await on_list()

    answer = await client.get(f"/newsletters/preferences/{token}")

    assert heading(answer.text) == "Uw nieuwsbrieven"
    assert "U krijgt deze nieuwsbrief: aanmelding bevestigd op" in answer.text
    assert "met de link in de e-mail." in answer.text
    assert "U krijgt deze nieuwsbrief niet: nooit aangemeld." in answer.text
    assert "a…@example.org" in answer.text
    assert ANNA not in answer.text


async def test_preferences_are_saved_in_one_post(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await mailing_list("agenda")
    token = await on_list()

    posted = await client.post(f"/newsletters/preferences/{token}", data={"lists": ["agenda"]})
    shown = await client.get(posted.headers["location"])

    assert posted.status_code == 303
    assert "Voor wat u hebt aangevinkt sturen wij een e-mail" in shown.text
    assert await states() == [(ANNA, "unsubscribed"), (ANNA, "pending")]


async def test_nothing_at_all_is_one_button(client: httpx.AsyncClient) -> None:
    await mailing_list()
    token = await on_list()

    posted = await client.post(f"/newsletters/preferences/{token}/objection")
    shown = await client.get(posted.headers["location"])

    assert posted.status_code == 303
    assert "U ontvangt geen nieuwsbrieven meer van ons." in shown.text
    assert (await consents())[-1] == ("newsletters", "objected", "preferences")


async def test_a_member_chooses_on_their_own_page(client: httpx.AsyncClient) -> None:
    await mailing_list("nieuws")
    await mailing_list("leden", audience="members", opt_in="automatic")
    await mailing_list("groep", audience="group", opt_in="automatic", group=None)
    anna = await member(ANNA, starts_on=clock.today())
    await sign_in(client, anna)

    shown = await client.get("/me/newsletters")
    posted = await client.post("/me/newsletters", data={"lists": ["nieuws"]})

    assert heading(shown.text) == "Mijn nieuwsbrieven"
    assert "U krijgt deze nieuwsbrief: lid, en niet afgemeld." in shown.text
    assert "Groep" not in shown.text
    assert (posted.status_code, posted.headers["location"]) == (303, "/me/newsletters")
    assert await consents() == [
        ("newsletter:2", "withdrawn", "me"),
        ("newsletter:1", "given", "me"),
    ]
    assert await letters() == []


async def test_an_unproved_address_is_told_to_confirm(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await sign_in(client, await person(ANNA, email_state=EmailState.unverified))

    await client.post("/me/newsletters", data={"lists": ["nieuws"]})
    shown = await client.get("/me/newsletters")

    assert "open de link daarin om te bevestigen" in shown.text
    assert "is nog niet bevestigd." in shown.text


async def test_ones_own_lists_ask_to_sign_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/me/newsletters")

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=/me/newsletters",
    )


async def test_a_name_with_a_line_break_stays_one_line(client: httpx.AsyncClient) -> None:
    await mailing_list()

    await client.post("/newsletters", data=human(**{**FORM, "name": "Anna\r\nBcc: b"}))

    rows = await execute("SELECT \"values\"->>'name' AS name FROM outbox_letter")
    assert rows == [{"name": "Anna Bcc: b"}]


async def test_one_visitor_cannot_ask_for_ever(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await client.post("/newsletters", data=human(**FORM))
    await execute("UPDATE rate_limit SET hits = 30 WHERE key LIKE 'newsletters:%'")

    answer = await client.post("/newsletters", data=human(**{**FORM, "email": "bram@example.org"}))

    assert answer.status_code == 429
    assert await states() == [(ANNA, "pending")]


async def test_the_link_in_the_letter_is_the_one_that_works(client: httpx.AsyncClient) -> None:
    await mailing_list()
    await client.post("/newsletters", data=human(**FORM))

    answer = await client.get(f"/newsletters/confirm/{await last_token()}")

    assert answer.status_code == 200
    assert (await last_token())[:22] == links.token_of(1)
