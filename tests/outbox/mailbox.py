"""A real SMTP server on this machine, which misbehaves when told to."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox:
    """Keeps what it gets; gives its answers from lists, and takes its time."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.senders: list[str] = []
        self.at_sender: list[str] = []
        self.at_recipient: list[str] = []
        self.at_message: list[str] = []
        self.seconds: list[float] = []
        self.hang_ups = 0
        self.arrived = threading.Event()
        self.url = ""

    async def wait(self) -> None:
        """Until something arrived."""
        assert await asyncio.to_thread(self.arrived.wait, 20)

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.at_sender:
            return self.at_sender.pop(0)
        envelope.mail_from = address
        return "250 well"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 well"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.at_message:
            return self.at_message.pop(0)
        self.raw.append(envelope.content)
        self.senders.append(envelope.mail_from)
        content = envelope.content.replace(b"\r\n", b"\n")
        self.received.append(message_from_bytes(content, policy=policy.default))
        self.arrived.set()
        if self.hang_ups:
            self.hang_ups -= 1
            server.transport.abort()
        if self.seconds:
            await asyncio.sleep(self.seconds.pop(0))
        return "250 taken"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def listening(box: Mailbox | None = None) -> Iterator[Mailbox]:
    """A mailbox behind a real server; its `url` is what MAIL_URL would be."""
    box = box or Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


@asynccontextmanager
async def silent(answer: Callable[[asyncio.StreamWriter], None]) -> AsyncIterator[str]:
    """A server that takes the connection, does `answer` and says nothing more; its URL."""
    open_ones: list[asyncio.StreamWriter] = []

    async def meet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append(writer)
        answer(writer)

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"smtp://127.0.0.1:{port}"
    for writer in open_ones:
        writer.close()
    server.close()
    await server.wait_closed()
