"""The board's pages of webhooks: for whom, with which proof, and the secret once."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest

from server import clock
from server.database import execute
from server.errors import Invalid, NotFound, ProofNeeded, WrongState
from server.webhooks import rules, service
from server.webhooks.service import TooManyWebhooks, WebhookForm
from tests import factories
from tests.clients import heading, sign_in
from tests.webhooks.cast import BOARD, acting, hook, messages, queued, states

pytestmark = pytest.mark.anyio
FORM = {
    "url": "https://hooks.example/x?key=hidden",
    "description": "Agenda",
    "topics": ["event.published", "event.cancelled"],
}


async def test_a_webhook_is_made_and_its_secret_shown_once(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())

    answer = await client.post("/board/webhooks", data=FORM, follow_redirects=True)

    assert heading(answer) == "Het geheim van de webhook"
    assert answer.headers["cache-control"] == "no-store"
    assert re.search(r'value="whsec_[A-Za-z0-9+/]{43}="', answer.text)
    assert (await client.get("/board/webhooks/secret")).headers["location"] == "/board/webhooks"
    page = await client.get("/board/webhooks/1")
    assert heading(page) == "Agenda"
    assert "whsec_" not in page.text
    rows = await execute("SELECT after::text AS after FROM audit_entry WHERE entity = 'webhook'")
    assert "hooks.example" in rows[0]["after"] and "hidden" not in rows[0]["after"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": "http://hooks.example/"}, "Geef een adres dat begint met https://"),
        ({"url": "https://u:p@hooks.example/"}, "Geef een adres dat begint met https://"),
        ({"topics": []}, "Kies ten minste één onderwerp"),
        ({"topics": ["everything"]}, "Maak een keuze"),
    ],
)
async def test_what_cannot_be_is_said_beside_the_field(
    client: httpx.AsyncClient, wrong: dict[str, object], sentence: str
) -> None:
    await sign_in(client, await factories.carla())

    answer = await client.post("/board/webhooks", data={**FORM, **wrong})

    assert answer.status_code == 422
    assert sentence in answer.text or "everything" in str(wrong)
    assert await execute("SELECT 1 FROM webhook") == []


async def test_everything_about_one_can_be_done_from_its_page(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    webhook_id = await queued("https://hooks.example/")
    home = f"/board/webhooks/{webhook_id}"

    for path in ("/pause", "/resumption", "/test"):
        answer = await client.post(home + path)
        assert (answer.status_code, answer.headers["location"]) == (303, home)
    assert await states() == ["dropped", "queued"]
    await client.post(f"{home}/deliveries/{(await messages())[0]['id']}/retry")
    assert await states() == ["queued", "queued"]
    changed = await client.post(f"{home}/settings", data={**FORM, "description": "Anders"})
    assert changed.headers["location"] == home
    assert heading(await client.get(home)) == "Anders"
    assert "checked" in (await client.get(f"{home}/settings")).text
    renewed = await client.post(f"{home}/secret", follow_redirects=True)
    assert "whsec_" in renewed.text
    assert (await client.post(f"{home}/removal")).headers["location"] == "/board/webhooks"
    assert (await client.get(home)).status_code == 404
    assert await messages() == []


async def test_addresses_and_secrets_ask_a_proof_of_minutes_ago(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    webhook_id = await hook()
    await execute("UPDATE session SET proved_at = $1", clock.now() - timedelta(minutes=11))
    home = f"/board/webhooks/{webhook_id}"

    assert (await client.get(home)).status_code == 200
    for kept in (
        await client.post("/board/webhooks", data=FORM),
        await client.post(f"{home}/settings", data=FORM),
    ):
        assert kept.status_code == 403
        assert "/second-step?next=" in kept.text
    for answer in (
        await client.get("/board/webhooks/new"),
        await client.get(f"{home}/settings"),
        await client.post(f"{home}/secret"),
        await client.post(f"{home}/removal"),
    ):
        assert answer.headers["location"].startswith("/second-step?next=")


@pytest.mark.parametrize("role", ["treasurer", "editor", "accreditor", "check_in", ""])
async def test_who_does_not_look_after_the_machinery_finds_nothing(db: None, role: str) -> None:
    webhook_id, actor, now = await hook(), acting(role), clock.now()
    form = WebhookForm("https://hooks.example/", "", ("event.published",))

    for deed in (
        service.create(actor, form, now=now),
        service.change(actor, webhook_id, form, now=now),
        service.renew_secret(actor, webhook_id, now=now),
        service.pause(actor, webhook_id),
        service.resume(actor, webhook_id),
        service.send_test(actor, webhook_id, now=now),
        service.try_again(actor, webhook_id, 1, now=now),
        service.remove(actor, webhook_id, now=now),
    ):
        with pytest.raises(NotFound):
            await deed


async def test_the_service_asks_a_proof_by_itself(db: None) -> None:
    webhook_id, late = await hook(), clock.now() + timedelta(minutes=11)
    form = WebhookForm("https://hooks.example/", "", ("event.published",))

    for deed in (
        service.create(acting(BOARD), form, now=late),
        service.change(acting(BOARD), webhook_id, form, now=late),
        service.renew_secret(acting(BOARD), webhook_id, now=late),
        service.remove(acting(BOARD), webhook_id, now=late),
    ):
        with pytest.raises(ProofNeeded):
            await deed


async def test_the_service_checks_by_itself_and_counts(db: None) -> None:
    form = WebhookForm("http://hooks.example/", "a" * 201, ("everything",))
    with pytest.raises(Invalid) as said:
        await service.create(acting(BOARD), form, now=clock.now())
    assert {*said.value.fields} == {"url", "description", "topics"}

    for _ in range(rules.EACH):
        await hook()
    with pytest.raises(TooManyWebhooks):
        await hook()


async def test_what_is_paused_is_not_paused_again(db: None) -> None:
    webhook_id = await hook()
    await service.pause(acting(BOARD), webhook_id)

    with pytest.raises(WrongState):
        await service.pause(acting(BOARD), webhook_id)
    with pytest.raises(NotFound):
        await service.send_test(acting(BOARD), webhook_id + 1, now=clock.now())


async def test_the_same_form_twice_is_one_webhook(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())

    answers = await asyncio.gather(*(client.post("/board/webhooks", data=FORM) for _ in range(5)))

    assert [answer.status_code for answer in answers] == [303] * 5
    assert len(await execute("SELECT 1 FROM webhook")) == 1
    shown = await client.get("/board/webhooks/secret")
    assert "whsec_" in shown.text


async def test_who_saves_second_sees_both_and_loses_nothing(client: httpx.AsyncClient) -> None:
    await sign_in(client, await factories.carla())
    webhook_id = await hook()
    home = f"/board/webhooks/{webhook_id}/settings"
    revision = r'name="revision" value="(\d+)"'
    [opened] = re.findall(revision, (await client.get(home)).text)
    colleague = WebhookForm("https://new.example/", "Collega", ("event.published",))
    await service.change(acting(BOARD), webhook_id, colleague, now=clock.now())

    late = await client.post(home, data={**FORM, "revision": opened})

    assert late.status_code == 409
    assert "https://new.example/" in late.text and "https://hooks.example/x" in late.text
    assert (await execute("SELECT description FROM webhook"))[0]["description"] == "Collega"
    [now_at] = re.findall(revision, late.text)
    assert (await client.post(home, data={**FORM, "revision": now_at})).status_code == 303
    assert (await execute("SELECT description FROM webhook"))[0]["description"] == "Agenda"
