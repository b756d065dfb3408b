"""Ways out: files for development, SMTP or a provider for real. One connection serves a batch."""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from server.outbox import providers, returns
from server.outbox.trouble import Broken, NotNow, Refused, Unreachable

SECONDS = 20.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
TOO_LARGE = 552


class Transport(Protocol):
    """Something that takes messages."""

    async def greet(self) -> None:
        """See whether it is there, and hand over nothing. Raises Unreachable."""

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises Refused, NotNow, Broken or Unreachable."""


class Files:
    """Letters as `.eml` files, each whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def greet(self) -> None:
        """A folder is always there: it is made when needed."""

    async def send(self, message: EmailMessage) -> None:
        """Write one file, named after its Message-ID: a second try overwrites the first."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Unreachable(f"{self._folder}: {error.strerror}") from error

    def _write(self, message: EmailMessage) -> None:
        path = eml_path(self._folder, str(message["Message-ID"]))
        unfinished = path.with_suffix(".part")
        self._folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(message.as_bytes())
        os.replace(unfinished, path)


def eml_path(folder: Path, message_id: str) -> Path:
    """Where `file:` keeps a message."""
    return folder / f"{message_id.strip('<>').partition('@')[0]}.eml"


class Smtp:
    """One open SMTP connection."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def greet(self) -> None:
        """Who has this connection was let in."""

    async def send(self, message: EmailMessage) -> None:
        """Send one message to its one recipient.

        Refused as a sender, or told to go away (421), is our trouble and not the letter's.
        """
        try:
            await self._client.sendmail(
                returns.envelope_sender(message),
                [message["To"].addresses[0].addr_spec],
                message.as_bytes(),
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _no(error.recipients[0].code, error.recipients[0].message) from error
        except aiosmtplib.SMTPSenderRefused as error:
            is_ours = error.code != TOO_LARGE
            raise (_ours(error) if is_ours else _no(error.code, error.message)) from error
        except aiosmtplib.SMTPResponseException as error:
            gone = error.code == aiosmtplib.SMTPStatus.domain_unavailable or error.code < 400
            raise (_ours(error) if gone else _no(error.code, error.message)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Broken(_words(error)) from error


def _no(code: int, words: str) -> Refused | NotNow:
    return Refused(f"{code} {words}") if 500 <= code < 600 else NotNow(f"{code} {words}")


def _ours(error: aiosmtplib.SMTPResponseException) -> Unreachable:
    return Unreachable(f"{error.code} {error.message}")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


@asynccontextmanager
async def connect(
    mail_url: str, folder: Path, *, seconds: float = SECONDS
) -> AsyncIterator[Transport]:
    """The transport of MAIL_URL for one batch. Raises Unreachable when nobody answers.

    `seconds` is the patience with every answer of the other side.
    """
    if mail_url.startswith("file:"):
        yield Files(Path(mail_url.removeprefix("file:")) if mail_url != "file:" else folder)
        return
    if urlsplit(mail_url).scheme in providers.KNOWN:
        async with providers.connect(mail_url, seconds) as api:
            yield api
        return
    client = _client(mail_url, seconds)
    try:
        await client.connect()
        await _sign_in(client, mail_url)
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise Unreachable(_words(error)) from error
    try:
        yield Smtp(client)
    finally:
        await _leave(client)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Politely; but whoever does not answer a farewell is left without one."""
    try:
        async with asyncio.timeout(1):
            await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        pass
    finally:
        client.close()


async def _sign_in(client: aiosmtplib.SMTP, mail_url: str) -> None:
    """With the name and password of MAIL_URL, never in clear over a network."""
    parts = urlsplit(mail_url)
    if parts.username is None:
        return
    is_private = client.get_transport_info("sslcontext") is not None
    if not is_private and parts.hostname not in LOOPBACK:
        raise aiosmtplib.SMTPException("the server offers no TLS: the password was not sent")
    await client.login(unquote(parts.username), unquote(parts.password or ""))


def _client(mail_url: str, seconds: float) -> aiosmtplib.SMTP:
    """`smtp://` uses STARTTLS where offered; `smtps://` speaks TLS at once; both check names."""
    parts = urlsplit(mail_url)
    is_tls = parts.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=parts.hostname or "localhost",
        port=parts.port or (465 if is_tls else 587),
        use_tls=is_tls,
        start_tls=False if is_tls else None,
        tls_context=ssl.create_default_context(),
        timeout=seconds,
    )
