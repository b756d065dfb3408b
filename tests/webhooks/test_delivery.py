"""Messages on their way: signed, tried again, given up, and never lost or doubled."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from server import clock
from server.database import execute
from server.web.outbound import Outbound
from server.webhooks import delivery, rules, service
from server.webhooks.service import Paused, WebhookForm
from tests import factories
from tests.clients import last_letter, letters
from tests.listeners import OK, answers, listening, status
from tests.webhooks.cast import (
    BOARD,
    acting,
    deliver,
    happen,
    hook,
    messages,
    queued,
    state_of,
    states,
)

pytestmark = pytest.mark.anyio


async def test_a_message_arrives_signed_and_is_marked(db: None) -> None:
    form = WebhookForm("https://hooks.example/", "", ("event.published",))
    webhook_id, secret = await service.create(acting(BOARD), form, now=clock.now())
    async with listening(answers(OK)) as heard:
        await execute("UPDATE webhook SET url = $1", heard.url)
        await happen()
        await delivery.collecting.collect(clock.now())
        assert await deliver() == 1

    headers, body = heard.requests[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    assert (headers["content-type"], json.loads(body)["type"]) == (
        "application/json",
        "event.published",
    )
    (message,) = await messages()
    assert (message["state"], message["attempts"], message["status_code"]) == ("delivered", 1, 200)
    assert headers["webhook-id"] == f"msg_{message['message_id'].hex}"
    assert await deliver() == 0
    assert await state_of(webhook_id) == ("active", 0)


async def test_the_secret_is_kept_encrypted(db: None) -> None:
    form = WebhookForm("https://hooks.example/", "", ("event.published",))
    _, secret = await service.create(acting(BOARD), form, now=clock.now())

    rows = await execute("SELECT encrypted_secret FROM webhook")

    assert base64.b64decode(secret.removeprefix("whsec_")) not in rows[0]["encrypted_secret"]
    assert secret.encode() not in rows[0]["encrypted_secret"]


@pytest.mark.parametrize("code", [302, 400, 404, 500, 503])
async def test_whatever_is_no_success_is_tried_again_with_the_same_name(
    db: None, code: int
) -> None:
    async with listening(status(code)) as heard:
        await queued(heard.url)
        now = clock.now()
        assert await deliver(now) == 1
        for wait in rules.WAITS:
            assert await deliver(now + wait - timedelta(seconds=1)) == 0
            now += wait
            assert await deliver(now) == 1

    names = {headers["webhook-id"] for headers, _ in heard.requests}
    assert (len(heard.requests), len(names)) == (6, 1)
    (message,) = await messages()
    assert (message["state"], message["status_code"], message["error"]) == (
        "failed",
        code,
        "status",
    )


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("https://10.0.0.1/", "address"),
        ("https://nobody.invalid/", "connection"),
        ("http://127.0.0.1:1/", "address"),
    ],
)
async def test_why_nothing_was_answered_is_noted(db: None, url: str, error: str) -> None:
    await queued(url)

    await deliver()

    (message,) = await messages()
    assert (message["state"], message["status_code"], message["error"]) == ("retry", None, error)


async def test_five_given_up_in_a_row_pause_the_address_and_the_board_is_told(db: None) -> None:
    carla = await factories.carla()
    async with listening(status(500)) as heard:
        webhook_id = await queued(heard.url, lines=6)
        await execute("UPDATE webhook_delivery SET attempts = 5")
        for seconds in range(2):
            await deliver(clock.now() + timedelta(seconds=seconds))

    assert await state_of(webhook_id) == ("paused", 5)
    assert sorted(await states()) == ["dropped"] + ["failed"] * 5
    assert await letters() == [("webhook_paused", carla.email)]
    assert (await last_letter())["address"] == "127.0.0.1"
    rows = await execute("SELECT reason FROM audit_entry WHERE action = 'pause'")
    assert [row["reason"] for row in rows] == ["failing"]


async def test_one_that_arrives_ends_the_row(db: None) -> None:
    async with listening(answers(OK)) as heard:
        webhook_id = await queued(heard.url)
        await execute("UPDATE webhook SET failures = 4")
        await deliver()

    assert await state_of(webhook_id) == ("active", 0)


async def test_an_address_that_is_gone_is_paused_at_once(db: None) -> None:
    carla = await factories.carla()
    async with listening(status(410)) as heard:
        webhook_id = await queued(heard.url)
        await deliver()

    assert (await state_of(webhook_id))[0] == "paused"
    assert await states() == ["failed"]
    assert await letters() == [("webhook_paused", carla.email)]


async def test_a_paused_address_gets_nothing_but_tests(db: None) -> None:
    async with listening(answers(OK)) as heard:
        webhook_id = await queued(heard.url)
        await service.pause(acting(BOARD), webhook_id)
        assert await deliver() == 0
        await service.send_test(acting(BOARD), webhook_id, now=clock.now())
        assert await deliver() == 1

    assert await states() == ["dropped", "delivered"]
    assert json.loads(heard.requests[0][1])["type"] == "webhook.test"


async def test_a_test_is_tried_once_and_counts_for_nothing(db: None) -> None:
    async with listening(status(500)) as heard:
        webhook_id = await hook(heard.url)
        await service.send_test(acting(BOARD), webhook_id, now=clock.now())
        await deliver()

    assert await states() == ["failed"]
    assert await state_of(webhook_id) == ("active", 0)


async def test_what_was_given_up_can_be_sent_again(db: None) -> None:
    async with listening(answers(OK)) as heard:
        webhook_id = await queued(heard.url)
        await execute("UPDATE webhook_delivery SET state = 'failed', attempts = 6")
        (message,) = await messages()
        await service.try_again(acting(BOARD), webhook_id, message["id"], now=clock.now())
        await deliver()

    assert await states() == ["delivered"]
    assert heard.requests[0][0]["webhook-id"] == f"msg_{message['message_id'].hex}"


async def test_nothing_is_sent_again_to_an_address_that_is_paused(db: None) -> None:
    webhook_id = await queued("https://hooks.example/")
    await service.pause(acting(BOARD), webhook_id)
    (message,) = await messages()

    with pytest.raises(Paused):
        await service.try_again(acting(BOARD), webhook_id, message["id"], now=clock.now())

    assert await states() == ["dropped"]


async def test_a_secret_that_cannot_be_read_sends_nothing(db: None) -> None:
    async with listening(answers(OK)) as heard:
        await queued(heard.url)
        await execute("UPDATE webhook SET encrypted_secret = $1", b"of another key")
        await deliver()

    assert heard.requests == []
    assert (await messages())[0]["error"] == "secret"


async def slowly(writer: asyncio.StreamWriter) -> None:
    """So slow that every worker has claimed before the first message is marked."""
    await asyncio.sleep(0.5)
    writer.write(OK)


async def test_eight_workers_at_once_send_every_message_once(db: None) -> None:
    async with listening(slowly) as heard:
        await queued(heard.url, lines=12)
        while "queued" in await states():
            await asyncio.gather(*(deliver() for _ in range(8)))

    names = [headers["webhook-id"] for headers, _ in heard.requests]
    assert (len(names), len({*names})) == (12, 12)
    assert await states() == ["delivered"] * 12


async def test_the_control_that_does_not_claim_sends_them_more_than_once(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = delivery.CLAIM.replace("FOR UPDATE SKIP LOCKED", "")
    careless = careless.replace("not_before = $2", "not_before = least(d.not_before, $2)")
    monkeypatch.setattr(delivery, "CLAIM", careless)
    async with listening(slowly) as heard:
        await queued(heard.url, lines=4)
        # careless workers stand in each other's way, too: some end in a deadlock
        await asyncio.gather(*(deliver() for _ in range(8)), return_exceptions=True)

    assert len(heard.requests) > 4


async def test_a_worker_killed_after_sending_sends_again_under_the_same_name(db: None) -> None:
    async with listening(answers(OK)) as heard:
        await queued(heard.url)
        now = clock.now()
        (one,) = await delivery.claim(now)
        way = Outbound(allow_loopback=True)
        await delivery._send(one, way)  # and dies before it is marked
        await way.close()
        assert await deliver(now + timedelta(minutes=4)) == 0
        assert await deliver(now + delivery.LEASE) == 1

    first, second = (headers["webhook-id"] for headers, _ in heard.requests)
    assert first == second
    assert await states() == ["delivered"]


async def test_who_lost_its_claim_marks_nothing(db: None) -> None:
    async with listening(answers(OK)) as heard:
        await queued(heard.url)
        now = clock.now()
        (slow,) = await delivery.claim(now)
        (quick,) = await delivery.claim(now + delivery.LEASE)
        await delivery._mark(quick, 200, "", now)
        await delivery._mark(slow, None, "time", now)

    assert await states() == ["delivered"]
    assert heard.requests == []


async def test_one_slow_receiver_does_not_hold_up_the_others(db: None) -> None:
    async def never(_writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(3)

    async with listening(never) as slow, listening(answers(OK)) as quick:
        await hook(slow.url)
        await hook(quick.url)
        for _ in range(10):
            await happen()
        await delivery.collecting.collect(clock.now())
        await deliver()

    assert (len(slow.requests), len(quick.requests)) == (delivery.OF_ONE_HOOK, delivery.OF_ONE_HOOK)


async def test_what_is_over_is_forgotten_after_a_month(db: None) -> None:
    await queued("https://hooks.example/", lines=2)
    await execute("UPDATE webhook_delivery SET state = 'delivered' WHERE id = 1")

    await delivery.forget(clock.now() + timedelta(days=29))
    assert len(await states()) == 2
    await delivery.forget(clock.now() + timedelta(days=31))
    assert await states() == ["queued"]
