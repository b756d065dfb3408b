"""Why somebody is mailed or not: one sentence, with the event that decided it."""

from datetime import timedelta

import httpx
import pytest

from server import clock
from server.actors import ANONYMOUS
from server.database import execute
from server.newsletters import audience, links, queries, reasons, service
from server.people.rules import email_key
from tables.people import EmailState, Person
from tests.clients import sign_in
from tests.issues.cast import due, later, office
from tests.newsletters.cast import ANNA, CARLA, acting, asked, last_token, mailing_list, member
from tests.newsletters.cast import person as somebody
from tests.outbox.mailbox import Mailbox

pytestmark = pytest.mark.anyio
NOW = clock.now()
ON = reasons.language.day(clock.today(), "nl")


async def why(email: str = ANNA, said: str = "nl") -> list[tuple[bool, str]]:
    key = email_key(email)
    found = await reasons.of_address(
        await queries.lists(), key, await audience.person_of(key), clock.today()
    )
    return [(one.gets_it, one.because(said)) for one in found]


async def confirmed(email: str = ANNA) -> None:
    await service.sign_up(ANONYMOUS, asked(email), now=NOW)
    await service.confirm(await last_token(), now=NOW)


async def test_each_answer_is_named_with_its_day_and_its_way(db: None) -> None:
    await mailing_list()
    assert await why() == [(False, "nooit aangemeld")]
    await service.sign_up(ANONYMOUS, asked(), now=NOW)
    assert await why() == [(False, f"de aanmelding van {ON} is nog niet bevestigd")]
    await service.confirm(await last_token(), now=NOW)
    assert await why() == [(True, f"aanmelding bevestigd op {ON}, met de link in de e-mail")]
    await service.unsubscribe(links.token_of(1), channel="one_click", now=NOW)
    assert await why() == [(False, f"afgemeld op {ON}, met de afmeldknop in een nieuwsbrief")]
    await service.object_to_all(links.token_of(1), now=NOW)
    assert await why() == [
        (False, f"geen enkele nieuwsbrief gewenst sinds {ON}, op de pagina met voorkeuren")
    ]


async def test_members_are_mailed_by_right_until_they_leave(db: None) -> None:
    await mailing_list("leden", audience="members", opt_in="automatic")
    anna = await member(ANNA, starts_on=clock.today())

    assert await why() == [(True, "lid, en niet afgemeld")]
    await service.choose(acting(anna, is_member=True), [], now=NOW)
    assert await why() == [(False, f"afgemeld op {ON}, op de eigen pagina")]


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"email_state": EmailState.dead}, "het adres bestaat niet meer"),
        ({"email_state": EmailState.hold}, "het adres neemt nu geen e-mail aan"),
        ({"deceased_on": clock.today()}, "overleden"),
    ],
)
async def test_what_stops_mail_is_named(db: None, change: dict[str, object], because: str) -> None:
    await mailing_list()
    await somebody(ANNA, **change)
    await confirmed()
    assert await why() == [(False, because)]


async def test_taken_off_by_the_board_says_so(db: None) -> None:
    await mailing_list()
    await confirmed()
    await service.take_off(CARLA, 1, "gebeld", now=NOW)
    assert await why(said="en") == [
        (False, f"unsubscribed on {reasons.language.day(clock.today(), 'en')}, by the board")
    ]


async def test_the_board_and_the_reader_see_the_same_and_the_last_issue(
    client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    from server.issues import sending  # noqa: PLC0415

    await due(2)
    await sending.begin(later())
    await execute("UPDATE subscription SET state = 'unsubscribed' WHERE id = 2")
    await sending.tick(later())
    anna = await Person.objects().get(Person.display_name == "Anna")
    assert anna is not None
    await sign_in(client, anna)

    got = await client.get("/board/why-mailed?email=l1@lezer.example")
    not_got = await client.get("/board/why-mailed?email=L2@lezer.example")
    wrong = await client.get("/board/why-mailed?email=geen adres")
    own = await client.get(f"/newsletters/preferences/{links.token_of(2)}")

    assert "krijgt het" in got.text
    assert "“Nieuws van november”, is verstuurd" in got.text
    assert "is niet verstuurd (afgemeld)" in not_got.text
    assert "adres" in wrong.text
    assert "U krijgt deze nieuwsbrief niet: afgemeld." in own.text
    assert "is niet verstuurd (afgemeld)" in own.text


async def test_a_former_member_is_not_shown_as_on_the_list(db: None) -> None:
    """On it by right with links of their own; when the membership ends the list is gone."""
    one = await mailing_list("leden", audience="members", opt_in="automatic")
    anna = await member(ANNA, starts_on=clock.today() - timedelta(9))
    from server.newsletters import linking  # noqa: PLC0415

    made = await linking.by_right(one.id, [anna.id], now=NOW)
    again = await linking.by_right(one.id, [anna.id], now=NOW)
    shown = await queries.shown_to_token(await queries.get_by_token(links.token_of(1)))
    await execute("UPDATE membership SET ends_on = $1", clock.today() - timedelta(2))
    after = await queries.shown_to_token(await queries.get_by_token(links.token_of(1)))

    assert made == again == {anna.id: 1}
    assert [(s.list.slug, s.is_on, s.state) for s in shown] == [("leden", True, "automatic")]
    assert after == []
    assert await office("Zoe")
