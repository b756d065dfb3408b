"""Another SECRET_KEY: nobody loses an app, a passkey or a link."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from server import clock, settings
from server.accounts import passkeys, totp
from server.consent import rules as consent
from server.newsletters import links
from server.web import sealing
from server.webhooks import service
from tests import factories
from tests.webhooks.cast import hook

pytestmark = pytest.mark.anyio
SECRET = b"12345678901234567890"


def another_key(key: str, *, before: str = "") -> None:
    settings.use(replace(settings.current(), secret_key=key, secret_key_before=before))


async def opens(person_id: int) -> bool:
    now = clock.now()
    return await totp.look(person_id, totp.code_at(SECRET, totp.step_of(now)), now=now) is not None


async def test_an_app_works_under_the_next_key_and_alone_under_it_once_sealed_anew(
    db: None,
) -> None:
    old, anna = settings.current().secret_key, int((await factories.anna()).id)
    await totp.keep(anna, SECRET, 0, now=clock.now())
    await hook()

    another_key("n" * 32, before=old)
    assert await opens(anna)
    assert (await totp.renew_seals(), await service.renew_seals()) == (1, 1)
    another_key("n" * 32)
    assert await opens(anna)
    another_key(old)
    assert not await opens(anna)


@pytest.mark.parametrize(
    "lasting",
    [lambda: links.token_of(7), lambda: consent.hidden("a@b.nl"), lambda: passkeys._handle(7)],
)
def test_what_lasts_for_years_hangs_on_the_first_key(lasting: Callable[[], object]) -> None:
    first = lasting()

    another_key("n" * 32, before=settings.current().secret_key)

    assert lasting() == first


def test_the_newest_key_seals() -> None:
    old = settings.current().secret_key
    another_key("n" * 32, before=old)
    sealed = sealing.seal("x", b"words")

    another_key(old)

    assert sealing.unseal("x", sealed) is None
