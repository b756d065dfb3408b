"""Mail that somebody posts: signed and fresh, or there is no such address."""

from datetime import timedelta

import httpx
import msgspec
import pytest

from server import clock, settings
from server.inbound import pages, reading
from tests.inbound import raw
from tests.inbound.conftest import Invited

pytestmark = pytest.mark.anyio
PATH = "/inbound/mail"


def signed(message: bytes, *, ago: timedelta = timedelta(), name: str = "m1") -> dict[str, str]:
    """The headers of a message that is posted."""
    moment = str(int((clock.now() - ago).timestamp()))
    values = (name, moment, pages.signed(name, moment, message))
    return dict(zip(pages.NAMES, values, strict=True))


async def test_a_signed_message_is_taken(client: httpx.AsyncClient, invited: Invited) -> None:
    message = raw.google(invited.reply(stamp="20260101T000000Z"), invited.to)

    answers = [await client.post(PATH, content=message, headers=signed(message)) for _ in "12"]

    assert [(one.status_code, one.content) for one in answers] == [(204, b"")] * 2
    assert await invited.answer() == "declined"


async def test_what_says_nothing_to_us_is_taken_too(
    client: httpx.AsyncClient, invited: Invited
) -> None:
    for message in (b"", b"\x00\xff", b"From: x@example.org\r\n\r\nDag!"):
        answer = await client.post(PATH, content=message, headers=signed(message))
        assert answer.status_code == 204


@pytest.mark.parametrize("missing", pages.NAMES)
async def test_without_a_whole_signature_there_is_no_such_address(
    client: httpx.AsyncClient, invited: Invited, missing: str
) -> None:
    message = raw.google(invited.reply(), invited.to)
    headers = {name: value for name, value in signed(message).items() if name != missing}

    answer = await client.post(PATH, content=message, headers=headers)

    assert answer.status_code == 404
    assert await invited.answer() == "none"


async def test_every_wrong_one_is_answered_alike(
    client: httpx.AsyncClient, invited: Invited
) -> None:
    message = raw.google(invited.reply(), invited.to)
    good = signed(message)
    wrong: list[tuple[bytes, dict[str, str]]] = [
        (message + b" ", good),
        (message, signed(message, ago=timedelta(minutes=6))),
        (message, signed(message, ago=timedelta(minutes=-6))),
        (message, {**good, "webhook-id": "m2"}),
        (message, {**good, "webhook-timestamp": "12"}),
        (message, {**good, "webhook-timestamp": "9" * 40}),
        (message, {**good, "webhook-timestamp": "x"}),
        (message, {**good, "webhook-signature": "v1,AAAA"}),
        (message, {**good, "webhook-signature": "v2" + good["webhook-signature"][2:]}),
        (message, {}),
    ]

    answers = [await client.post(PATH, content=body, headers=headers) for body, headers in wrong]
    without = msgspec.structs.replace(settings.current(), inbound_secret="")
    settings.use(without)
    answers.append(await client.post(PATH, content=message, headers=good))
    nowhere = await client.post("/inbound/nowhere", content=message, headers=good)

    assert {one.status_code for one in answers} == {404}
    assert len({one.text.replace(one.headers["x-request-id"], "") for one in answers}) == 1
    assert nowhere.status_code == 404
    assert await invited.answer() == "none"


async def test_a_message_beyond_measure_is_refused(
    client: httpx.AsyncClient, invited: Invited
) -> None:
    message = b"X: 1\r\n\r\n" + b"x" * reading.MOST_BYTES

    answer = await client.post(PATH, content=message, headers=signed(message))

    assert answer.status_code == 413


async def test_looking_is_not_bringing(client: httpx.AsyncClient) -> None:
    assert (await client.get(PATH)).status_code in (404, 405)
