"""Letters over TLS: at once or by STARTTLS, with certificates that are checked, and a password."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from server.outbox import delivery
from tests.listeners import certificate
from tests.outbox.mailbox import Mailbox, free_port
from tests.outbox.owing import later, outbox, owe, send_by, states

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS"),  # the test's own
]
NAME, PASSWORD = "net@werk", "ge:heim/é"
GIVEN = "net%40werk:ge%3Aheim%2F%C3%A9"


class Lock:
    """Who may send, and what was tried."""

    def __init__(self) -> None:
        self.tried: list[tuple[bytes, bytes]] = []

    def __call__(self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any) -> Any:
        assert isinstance(data, LoginPassword)
        self.tried.append((data.login, data.password))
        is_right = (data.login, data.password) == (NAME.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False)


@contextmanager
def secured(
    context: ssl.SSLContext | None, lock: Lock, *, at_once: bool, host: str = "127.0.0.1"
) -> Iterator[tuple[Mailbox, int]]:
    """A mail server that asks for a name, and speaks TLS at once, when asked to, or never."""
    box = Mailbox()
    controller = Controller(
        box, hostname=host, port=free_port(), ssl_context=context if at_once else None,
        tls_context=None if at_once else context,
        authenticator=lock, auth_required=True, auth_require_tls=False,
    )  # fmt: skip
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A server's context for `localhost`, which this machine trusts."""
    own, _ = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    return own


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
async def test_a_letter_leaves_over_tls_with_name_and_password(
    db: None, mailbox: Mailbox, trusted: ssl.SSLContext, scheme: str
) -> None:
    lock = Lock()
    with secured(trusted, lock, at_once=scheme == "smtps") as (box, port):
        send_by(f"{scheme}://{GIVEN}@localhost:{port}")
        await owe()
        await delivery.deliver(later())

    assert await outbox("state", "last_error") == [("sent", "")]
    assert lock.tried == [(NAME.encode(), PASSWORD.encode())]
    assert len(box.received) == 1


async def test_a_wrong_password_costs_no_letter_a_try(
    db: None, mailbox: Mailbox, trusted: ssl.SSLContext
) -> None:
    with secured(trusted, Lock(), at_once=True) as (box, port):
        send_by(f"smtps://net%40werk:fout@localhost:{port}")
        await owe()
        await delivery.deliver(later())

    [(state, attempts, why)] = await outbox("state", "attempts", "last_error")
    assert (state, attempts, box.received) == ("retry", 0, [])
    assert "fout" not in why


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
@pytest.mark.parametrize("name", ["localhost", "mail.example.org"])
async def test_an_unknown_or_foreign_certificate_gets_neither_letter_nor_password(
    db: None, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    scheme: str, name: str,
) -> None:  # fmt: skip
    own, _ = certificate(tmp_path, name)
    if name != "localhost":  # trusted, but of somebody else
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{name}.pem"))
    lock = Lock()
    with secured(own, lock, at_once=scheme == "smtps") as (box, port):
        send_by(f"{scheme}://{GIVEN}@localhost:{port}")
        await owe()
        await delivery.deliver(later())

    assert await outbox("state", "attempts") == [("retry", 0)]
    assert (box.received, lock.tried) == ([], [])


async def test_a_password_never_crosses_a_network_in_clear(db: None, mailbox: Mailbox) -> None:
    lock = Lock()
    with secured(None, lock, at_once=False, host="127.0.0.2") as (box, port):
        send_by(f"smtp://{GIVEN}@127.0.0.2:{port}")
        await owe()
        await delivery.deliver(later())

    assert await states() == ["retry"]
    assert (box.received, lock.tried) == ([], [])
