"""The trail as people read it: in words, filtered, and only what their office may see."""

import httpx
import pytest

from server import clock
from server.accounts import service as accounts
from server.actors import ANONYMOUS, SYSTEM, Actor
from server.audit import service
from server.database import execute, transaction
from server.people import service as people
from tables.accounts import Role, RoleGrant
from tests import factories
from tests.clients import heading, sign_in

pytestmark = pytest.mark.anyio
CARLA = Actor(person_id=3, name="Carla Bos")


async def recorded() -> None:
    async with transaction():
        fee = {"fee_cents": 7531, "name_nl": "Gewoon"}
        was = {"fee_cents": 5000, "name_nl": "Gewoon"}
        await service.record(CARLA, "change", ("membership_type", 4), before=was, after=fee)
        note = {"state": "waived", "note": "schuldsanering"}
        why = "zit in de schuldsanering"
        await service.record(CARLA, "waive", ("fee", 5), after=note, reason=why)
        await service.record(
            Actor(person_id=9, name="Dirk"),
            "publish",
            ("event", 7),
            before={"state": "draft"},
            after={"state": "published", "starts_at": "2026-12-01T09:30:00+00:00"},
            reason="Alles is rond <b>",
        )


async def reader(client: httpx.AsyncClient, role: Role) -> None:
    who = await factories.known("Lezer")
    await RoleGrant(person=who.id, role=role, from_on=factories.LONG_AGO).save()
    await sign_in(client, who)


async def test_a_line_is_told_in_words(client: httpx.AsyncClient) -> None:
    await recorded()
    await reader(client, Role.board)

    page = await client.get("/board/audit?table=event")

    assert heading(page) == "Logboek"
    assert "<strong>Dirk</strong>" in page.text
    assert "<del>Concept</del> → <ins>Gepubliceerd</ins>" in page.text
    assert "dinsdag 1 december 2026, 10.30 uur" in page.text
    assert "Alles is rond &lt;b&gt;" in page.text
    assert "Carla Bos" not in page.text


@pytest.mark.parametrize(
    ("role", "sees_money"), [(Role.chair, True), (Role.secretary, False), (Role.board, False)]
)
async def test_what_an_office_may_not_see_is_hidden_here_too(
    client: httpx.AsyncClient, role: Role, sees_money: bool
) -> None:
    await recorded()
    await reader(client, role)

    for path in ("/board/audit", "/board/audit.csv"):
        text = (await client.get(path)).text
        assert ("7531" in text) is sees_money
        assert ("schuldsanering" in text) is sees_money
        assert ("•••" in text) is not sees_money


@pytest.mark.parametrize("role", [Role.treasurer, Role.editor, Role.accreditor])
async def test_other_offices_have_no_trail(client: httpx.AsyncClient, role: Role) -> None:
    await reader(client, role)

    assert (await client.get("/board/audit")).status_code == 404
    assert (await client.get("/board/audit.csv")).status_code == 404


async def test_the_filters_find_and_the_pages_turn(client: httpx.AsyncClient) -> None:
    await recorded()
    await execute(
        "INSERT INTO audit_entry (actor, action, entity, entity_id)"
        " SELECT 'Carla', 'change', 'venue', n FROM generate_series(1, 120) n"
    )
    await reader(client, Role.board)
    found = {
        "who=dirk": 1,
        "table=event&row=7": 1,
        "action=publish": 1,
        f"from={clock.today()}&until={clock.today()}&who=dirk": 1,
        "until=2020-01-01": 0,
        "who=%25": 0,
        "row=x&from=y&before=z&who=dirk": 1,
    }
    for query, count in found.items():
        text = (await client.get(f"/board/audit?{query}")).text
        assert text.count("<li>\n    <p><time") == count, query

    path, sizes = "/board/audit?table=venue", []
    while path:
        text = (await client.get(path)).text
        sizes.append(text.count("<li>\n    <p><time"))
        following = text.split('rel="next" href="')[1:]
        path = f"/board/audit{following[0].split(chr(34))[0]}" if following else ""
        path = path.replace("&amp;", "&")
    assert sizes == [50, 50, 20]


async def test_taking_the_trail_away_is_a_line_itself(client: httpx.AsyncClient) -> None:
    await recorded()
    await reader(client, Role.board)

    answer = await client.get("/board/audit.csv?table=event")

    assert answer.headers["content-type"].startswith("text/csv")
    assert "Concept → Gepubliceerd" in answer.text
    rows = await execute("SELECT action, entity FROM audit_entry ORDER BY id DESC LIMIT 1")
    assert rows == [{"action": "export", "entity": "audit_entry"}]
    await execute("UPDATE session SET proved_at = now() - interval '11 minutes'")
    late = await client.get("/board/audit.csv")
    assert late.headers["location"].startswith("/second-step")


async def test_everybody_reads_what_happened_to_their_own_account(
    client: httpx.AsyncClient,
) -> None:
    anna, dirk = await factories.anna(), await factories.dirk()
    await sign_in(client, dirk)
    await accounts.grant(CARLA, anna.id, Role.editor, from_on=clock.today())
    await sign_in(client, anna)

    page = await client.get("/me/account-events")

    assert heading(page) == "Wat er met uw account gebeurde"
    assert "(Redactie) · door Carla Bos" in page.text
    assert page.text.count("<li><time") == 2
    assert "Dirk" not in page.text


async def test_another_address_is_among_what_happened_to_ones_account(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    await people.change(CARLA, int(anna.id), {"email": "nieuw@example.com"}, now=clock.now())
    await people.change(CARLA, int(anna.id), {"city": "Ede"}, now=clock.now())
    await sign_in(client, anna)

    page = await client.get("/me/account-events")

    assert page.text.count("e-mailadres gewijzigd · door Carla Bos") == 1
    assert page.text.count("<li><time") == 3


async def test_who_is_nobody_we_know_is_named_in_the_language_of_the_page(
    client: httpx.AsyncClient,
) -> None:
    anna = await factories.anna()
    for who in (ANONYMOUS, SYSTEM):
        await service.record(who, "reset_factor", ("person", int(anna.id)))
    await sign_in(client, anna)

    dutch = await client.get("/me/account-events")
    english = await client.get("/me/account-events?lang=en")

    assert ["door een onbekende" in dutch.text, "door het systeem" in dutch.text] == [True, True]
    assert ["by somebody unknown" in english.text, "by the system" in english.text] == [True, True]


@pytest.mark.parametrize("query", ["until=9999-12-31", "from=0001-01-01", "until=0001-01-01"])
async def test_a_year_in_which_nothing_can_be_asks_for_nothing(
    client: httpx.AsyncClient, query: str
) -> None:
    await reader(client, Role.board)

    assert (await client.get(f"/board/audit?{query}")).status_code == 200
