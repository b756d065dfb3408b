"""Ways out through a provider's API: Postmark, Brevo and Mailgun behind the same interface as SMTP.

`postmark://TOKEN@api.postmarkapp.com?bulk=STREAM`, `brevo://KEY@api.brevo.com` and
`mailgun://KEY@api.eu.mailgun.net/DOMAIN`: the host is named, so that one sees to which country the
addresses go. Always TLS, but to this machine itself. Nobody is asked to follow readers.

Only Mailgun takes a message as it is; the others build one of its parts, and a calendar entry
travels as a file with them.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from urllib.parse import SplitResult, urlsplit

import httpx

from server.addresses import is_loopback
from server.outbox.providers.answers import Answer, Provider
from server.outbox.providers.brevo import Brevo
from server.outbox.providers.mailgun import Mailgun
from server.outbox.providers.postmark import Postmark
from server.outbox.trouble import Broken, Refused, Unreachable

KNOWN: dict[str, Callable[[SplitResult], Provider]] = {
    "postmark": Postmark,
    "brevo": Brevo,
    "mailgun": Mailgun,
}
OURS = (401, 402, 403, 404, 405, 429)  # key, credit, rights, address, pace: not this letter
AWAY = (502, 503, 504)
SAID = 200


class Api:
    """One open connection to a provider."""

    def __init__(self, client: httpx.AsyncClient, provider: Provider) -> None:
        self._client = client
        self._provider = provider

    async def greet(self) -> None:
        """Whether the host answers by its name and certificate; a key is asked for by no letter."""
        try:
            await self._client.get("/")
        except httpx.HTTPError as error:
            raise Unreachable(str(error) or type(error).__name__) from error

    async def send(self, message: EmailMessage) -> None:
        """Hand one message over. Raises Refused, Broken or Unreachable."""
        try:
            found = await self._client.post(**self._provider.request(message))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        except httpx.HTTPError as error:  # it may have been taken all the same
            raise Broken(str(error) or type(error).__name__) from error
        answer = _read(found)
        if found.is_success and self._provider.is_taken(answer):
            return
        said = f"{answer.status} {answer.words}"
        if found.is_success or found.is_redirect or answer.status in (*OURS, *AWAY):
            raise Unreachable(said)
        if found.is_server_error:
            raise Broken(said)
        raise Unreachable(said) if self._provider.is_ours(answer) else Refused(said)


@asynccontextmanager
async def connect(mail_url: str, seconds: float) -> AsyncIterator[Api]:
    """A provider for one batch; `seconds` is the patience with each answer."""
    url = urlsplit(mail_url)
    host = url.hostname or ""
    scheme = "http" if is_loopback(host) else "https"
    where = f"{scheme}://{host}" + (f":{url.port}" if url.port else "")
    async with httpx.AsyncClient(base_url=where, timeout=seconds, trust_env=False) as client:
        yield Api(client, KNOWN[url.scheme](url))


def _read(found: httpx.Response) -> Answer:
    try:
        data = found.json()
    except ValueError:
        data = None
    data = data if isinstance(data, dict) else {}
    words = data.get("Message") or data.get("message") or found.text
    return Answer(found.status_code, data, " ".join(str(words).split())[:SAID])
