"""Ways out: files for development, SMTP for real. One connection serves a batch."""

import os
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

SECONDS = 20.0


class Refused(Exception):
    """The other side will not take this letter, ever (5xx)."""


class NotNow(Exception):
    """Not delivered this time: a temporary refusal, or nobody answers."""


class Transport(Protocol):
    """Something that takes messages."""

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises Refused or NotNow."""


class Files:
    """Letters as `.eml` files, each whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: EmailMessage) -> None:
        """Write one file, named after its Message-ID: a second try overwrites the first."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        unfinished = self._folder / f".{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(message.as_bytes())
            os.replace(unfinished, self._folder / f"{name}.eml")
        except OSError as error:
            raise NotNow(str(error)) from error


class Smtp:
    """One open SMTP connection."""

    def __init__(self, client: aiosmtplib.SMTP) -> None:
        self._client = client

    async def send(self, message: EmailMessage) -> None:
        """Send one message to its one recipient."""
        try:
            await self._client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            _raise(error.recipients[0].code, error.recipients[0].message)
        except aiosmtplib.SMTPResponseException as error:
            _raise(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise NotNow(str(error)) from error


def _raise(code: int, words: str) -> None:
    if 500 <= code < 600:
        raise Refused(f"{code} {words}")
    raise NotNow(f"{code} {words}")


@asynccontextmanager
async def connect(
    mail_url: str, folder: Path, *, seconds: float = SECONDS
) -> AsyncIterator[Transport]:
    """The transport of MAIL_URL for one batch. Raises NotNow when nobody answers."""
    if mail_url.startswith("file:"):
        yield Files(folder)
        return
    client = _client(mail_url, seconds)
    try:
        await client.connect()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotNow(str(error)) from error
    try:
        yield Smtp(client)
    finally:
        client.close()


def _client(mail_url: str, seconds: float) -> aiosmtplib.SMTP:
    """`smtp://` uses STARTTLS where offered; `smtps://` speaks TLS at once; both check names."""
    parts = urlsplit(mail_url)
    is_tls = parts.scheme == "smtps"
    return aiosmtplib.SMTP(
        hostname=parts.hostname or "localhost",
        port=parts.port or (465 if is_tls else 587),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=is_tls,
        start_tls=None if not is_tls else False,
        tls_context=ssl.create_default_context(),
        timeout=seconds,
    )
