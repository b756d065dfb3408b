"""API tokens: made, shown once, used within their scopes, ended."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from server import clock
from server.accounts import api_tokens, factors, offices, suspension, token_queries, token_rules
from server.accounts.api_tokens import TokenForm, TooManyTokens
from server.accounts.offices import InvitationForm
from server.actors import Actor
from server.database import STATEMENTS, execute
from server.errors import Invalid, NotFound, ProofNeeded
from tables.accounts import ApiToken, Role
from tables.people import Person
from tests import factories
from tests.clients import heading, last_letter, letters, sign_in

pytestmark = pytest.mark.anyio
ME = ("me:read",)


def fresh(who: Person, *roles: str) -> Actor:
    """The person, who showed just now who they are."""
    now = clock.now()
    return Actor(
        person_id=who.id,
        name=who.display_name,
        email=who.email or "",
        roles=frozenset(roles),
        held=frozenset(roles),
        signed_in_at=now,
        proved_at=now,
    )


async def made(
    actor: Actor,
    scopes: tuple[str, ...] = ME,
    days: int = 90,
    *,
    label: str = "Website",
    now: datetime | None = None,
) -> str:
    form = TokenForm(label, scopes, days)
    token = await api_tokens.make(actor, form, now=now or clock.now())
    assert token is not None
    return token


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


async def token_id() -> int:
    rows = await execute("SELECT max(id) AS id FROM api_token")
    return int(rows[0]["id"])


async def test_a_token_is_shown_once_and_only_its_hash_is_kept(client: httpx.AsyncClient) -> None:
    anna = await factories.anna()
    await sign_in(client, anna)

    form = {"label": "Website", "scopes": ["me:read", "events:read"], "days": "30"}
    answer = await client.post("/me/tokens", data=form, follow_redirects=True)

    assert (heading(answer), answer.headers["cache-control"]) == ("Uw nieuwe token", "no-store")
    token = re.search(r'value="(nwp_[^"]+)"', answer.text)
    assert token is not None and token_rules.SHAPE.fullmatch(token[1])
    assert (await client.get("/me/tokens/made")).status_code == 303
    row = (await execute("SELECT * FROM api_token"))[0]
    assert token[1].split("_")[2] not in str(row)
    assert (row["prefix"], row["scopes"]) == (token[1].split("_")[1], ["events:read", "me:read"])
    assert (await client.get("/api/me", headers=bearer(token[1]))).json()["name"] == "Anna"
    page = await client.get("/me/tokens")
    assert "Website" in page.text and "Activiteiten lezen" in page.text
    assert token[1] not in page.text


async def test_the_owner_is_told_of_a_new_token(db: None) -> None:
    anna = await factories.anna()

    await made(fresh(anna))

    assert await letters() == [("token_made", anna.email)]
    assert (await last_letter())["scopes"] == "Uw gegevens en inschrijvingen lezen"
    rows = await execute(
        "SELECT entity, entity_id, after FROM audit_entry WHERE action = $1", "create_token"
    )
    assert [(row["entity"], row["entity_id"]) for row in rows] == [("person", anna.id)]


async def test_making_one_asks_who_has_not_shown_themselves_just_now(
    client: httpx.AsyncClient,
) -> None:
    await sign_in(client, await factories.anna())
    await execute(
        "UPDATE session SET created_at = $1, proved_at = NULL", clock.now() - timedelta(minutes=11)
    )

    for answer in (
        await client.get("/me/tokens/new"),
        await client.post("/me/tokens", data={"label": "A", "scopes": "me:read", "days": "30"}),
    ):
        assert answer.headers["location"].startswith("/second-step?next=")
    assert await execute("SELECT 1 FROM api_token") == []


@pytest.mark.parametrize(
    ("label", "scopes", "days", "field"),
    [
        (" ", ME, 30, "label"),
        ("A" * 81, ME, 30, "label"),
        ("A", (), 30, "scopes"),
        ("A", ("everything",), 30, "scopes"),
        ("A", ("board",), 30, "scopes"),
        ("A", ("check-in",), 30, "scopes"),
        ("A", ME, 31, "days"),
    ],
)
async def test_an_impossible_token_is_refused(
    db: None, label: str, scopes: tuple[str, ...], days: int, field: str
) -> None:
    actor = fresh(await factories.anna())

    with pytest.raises(Invalid) as said:
        await api_tokens.make(actor, TokenForm(label, scopes, days), now=clock.now())

    assert list(said.value.fields) == [field]


async def test_a_token_may_do_what_its_scopes_name_and_nothing_else(
    client: httpx.AsyncClient,
) -> None:
    token = await made(fresh(await factories.anna()), ("events:read",))

    allowed = await client.get("/api/events", headers=bearer(token))
    refused = await client.get("/api/me", headers=bearer(token))

    assert allowed.status_code == 200
    assert refused.status_code == 403
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert (
        refused.headers["www-authenticate"] == 'Bearer error="insufficient_scope", scope="me:read"'
    )


@pytest.mark.parametrize("bad", ["", "x", "nwp_abcdefgh_" + "A" * 43, "nwp_abcdefgh_é"])
async def test_a_wrong_token_opens_nothing_not_even_what_is_public(
    client: httpx.AsyncClient, bad: str
) -> None:
    await sign_in(client, await factories.anna())

    for path in ("/api/me", "/api/events"):
        answer = await client.get(path, headers={"authorization": f"Bearer {bad}".encode()})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_token_ends_by_time_by_hand_and_by_suspension(db: None) -> None:
    anna, carla = await factories.anna(), fresh(await factories.carla(), "board")
    actor, now = fresh(anna), clock.now()
    token = await made(actor, days=30, now=now)
    assert await token_queries.find_actor(token, now + timedelta(days=30)) is None

    await suspension.suspend(carla, anna.id, "Gestolen", now=now)
    assert await token_queries.find_actor(token, now) is None
    await suspension.lift(carla, anna.id, now=now)
    assert await token_queries.find_actor(token, now) is not None

    await api_tokens.revoke(actor, await token_id(), now=now)
    assert await token_queries.find_actor(token, now) is None
    with pytest.raises(NotFound):
        await api_tokens.revoke(actor, await token_id(), now=now)


async def test_nobody_sees_or_ends_somebody_elses(client: httpx.AsyncClient) -> None:
    await made(fresh(await factories.anna()))
    await sign_in(client, await factories.carla())

    answer = await client.post(f"/me/tokens/{await token_id()}/revocation")

    assert answer.status_code == 404
    assert "Website" not in (await client.get("/me/tokens")).text


async def test_cookies_do_not_count_beside_a_token(client: httpx.AsyncClient) -> None:
    token = await made(fresh(await factories.anna()))
    await sign_in(client, await factories.carla())

    answer = await client.get("/api/me", headers=bearer(token))

    assert (answer.json()["name"], answer.json()["is_board"]) == ("Anna", False)


async def test_pages_ignore_tokens(client: httpx.AsyncClient) -> None:
    token = await made(fresh(await factories.carla(), "board"), ("me:read", "board"))

    for path in ("/me", "/board", "/admin/", "/API/me", "//api/me"):
        answer = await client.get(path, headers=bearer(token))
        assert answer.status_code in (303, 401, 404), path


async def test_a_program_acts_from_any_origin_and_a_page_does_not(
    client: httpx.AsyncClient,
) -> None:
    event, _ = await factories.open_event()
    token = await made(fresh(await factories.anna()), ("registrations:write",))
    path, elsewhere = f"/api/events/{event.slug}/registrations", {"origin": "https://evil.example"}

    answer = await client.post(path, json={}, headers={**bearer(token), **elsewhere})
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")
    await sign_in(client, await factories.carla())
    for headers in (elsewhere, {**elsewhere, "authorization": "Basic YTpi"}):
        assert (await client.post(path, json={}, headers=headers)).status_code == 403


async def test_offices_count_with_the_scope_board_only_and_as_they_are_at_that_moment(
    db: None,
) -> None:
    carla, now = await factories.carla(), clock.now()
    actor = fresh(carla, "board")
    plain, office = await made(actor), await made(actor, ("board",))

    for token, roles in ((plain, set()), (office, {"board"})):
        found = await token_queries.find_actor(token, now)
        assert found is not None
        assert (found.actor.roles, found.actor.held) == (roles, roles)
        assert not found.actor.is_fresh(now)
    await execute("UPDATE role_grant SET until_on = $1", clock.today() - timedelta(days=1))
    found = await token_queries.find_actor(office, now)
    assert found is not None and not found.actor.holds_office


async def test_board_asks_a_second_factor_that_counts_now(db: None) -> None:
    carla = await factories.carla()
    signed_in = Actor(
        person_id=carla.id, held=frozenset({"board"}), signed_in_at=clock.now(), proved_at=None
    )

    with pytest.raises(ProofNeeded):
        await made(signed_in, ("board",))


async def test_a_token_never_makes_tokens(db: None) -> None:
    carla = await factories.carla()
    token = await made(fresh(carla, "board"), ("board",))
    found = await token_queries.find_actor(token, clock.now())

    assert found is not None
    with pytest.raises(ProofNeeded):
        await made(found.actor)


async def test_a_lost_second_factor_takes_tokens_with_offices_along(db: None) -> None:
    carla = await factories.carla()
    plain, office = await made(fresh(carla, "board")), await made(fresh(carla, "board"), ("board",))

    await factors.reset(fresh(await factories.anna(), "board"), carla.id, now=clock.now())

    assert await token_queries.find_actor(plain, clock.now()) is not None
    assert await token_queries.find_actor(office, clock.now()) is None


@contextmanager
def counted() -> Iterator[list[int]]:
    mark = STATEMENTS.set([0])
    yield STATEMENTS.get()
    STATEMENTS.reset(mark)


async def test_finding_out_who_it_is_costs_one_statement_and_use_is_noted_every_five_minutes(
    client: httpx.AsyncClient,
) -> None:
    token = await made(fresh(await factories.anna()))
    with counted() as statements:
        await token_queries.find_actor(token, clock.now())
    assert statements == [1]

    await client.get("/api/me", headers=bearer(token))
    first = (await ApiToken.objects().first()).last_used_at  # type: ignore[union-attr]
    await client.get("/api/me", headers=bearer(token))
    assert (await ApiToken.objects().first()).last_used_at == first  # type: ignore[union-attr]
    await execute("UPDATE api_token SET last_used_at = $1", first - timedelta(minutes=6))
    await client.get("/api/me", headers=bearer(token))
    assert (await ApiToken.objects().first()).last_used_at >= first  # type: ignore[union-attr]


async def storm(actor: Actor) -> int:
    async def one(label: str) -> bool:
        try:
            await made(actor, label=label)
        except TooManyTokens:
            return False
        return True

    return sum(await asyncio.gather(*(one(f"Site {n}") for n in range(token_rules.EACH + 10))))


async def test_nobody_has_more_than_twenty_also_when_made_at_once(db: None) -> None:
    assert await storm(fresh(await factories.anna())) == token_rules.EACH


async def test_the_control_without_the_lock_makes_more(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "LOCK", "SELECT 1 FROM person WHERE id = $1")

    assert await storm(fresh(await factories.anna())) > token_rules.EACH


async def test_the_same_form_twice_is_one_token(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.anna())
    form = {"label": "Agenda", "scopes": ["me:read"], "days": "90"}

    answers = await asyncio.gather(*(client.post("/me/tokens", data=form) for _ in range(5)))

    assert {answer.headers["location"] for answer in answers} == {"/me/tokens/made"}
    assert len(await execute("SELECT 1 FROM api_token")) == 1
    assert "nwp_" in (await client.get("/me/tokens/made")).text


async def test_a_token_does_not_go_on_with_another_office(db: None) -> None:
    board, dirk, now = fresh(await factories.carla(), "board"), await factories.dirk(), clock.now()
    invitation = InvitationForm(str(dirk.email), Role.secretary, clock.today())
    grant_id = await offices.invite(board, invitation, now=now)
    secretary = fresh(dirk, "secretary")
    plain, office = await made(secretary), await made(secretary, ("board",), label="Bureau")

    await offices.end(board, grant_id, last_on=None, now=now)
    await offices.invite(board, replace(invitation, role=Role.treasurer), now=now)

    assert await token_queries.find_actor(office, now) is None
    assert await token_queries.find_actor(plain, now) is not None


async def test_no_program_decides_about_anybody(client: httpx.AsyncClient) -> None:
    carla = await factories.carla()
    token = await made(fresh(carla, "board"), ("board",))

    for path in ("/api/people/1/death", "/api/applications/1/approval", "/api/fees/1/waiver"):
        answer = await client.post(path, headers=bearer(token), json={})

        assert answer.status_code == 403, path


async def test_owners_are_told_two_weeks_before_the_end_once(db: None) -> None:
    anna, now = await factories.anna(), clock.now()
    await made(fresh(anna), days=30)

    await api_tokens.tick(now + timedelta(days=15))
    assert [kind for kind, _ in await letters()] == ["token_made"]
    for _ in range(2):
        await api_tokens.tick(now + timedelta(days=16, hours=1))
    assert [kind for kind, _ in await letters()] == ["token_made", "token_expiring"]
    await api_tokens.tick(now + timedelta(days=30) + token_rules.KEPT + timedelta(hours=1))
    assert await execute("SELECT 1 FROM api_token") == []


async def test_a_revoked_token_is_not_warned_of(db: None) -> None:
    actor = fresh(await factories.anna())
    await made(actor, days=30)
    await api_tokens.revoke(actor, await token_id(), now=clock.now())

    await api_tokens.tick(clock.now() + timedelta(days=20))

    assert [kind for kind, _ in await letters()] == ["token_made"]


async def test_the_document_of_the_api_names_the_way_in_and_the_scopes(
    client: httpx.AsyncClient,
) -> None:
    document = (await client.get("/api/openapi.json")).json()

    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "`me:read`" in document["components"]["securitySchemes"]["token"]["description"]
    assert document["paths"]["/api/me"]["get"]["security"] == [
        {"token": ["me:read"]},
        {"session": []},
    ]
    assert {} in document["paths"]["/api/events"]["get"]["security"]


async def test_another_life_under_the_same_name_is_another_token(db: None) -> None:
    actor, now = fresh(await factories.anna()), clock.now()

    short, long = await made(actor, days=30, now=now), await made(actor, days=365, now=now)

    later = now + timedelta(days=31)
    assert await token_queries.find_actor(short, later) is None
    assert await token_queries.find_actor(long, later) is not None
