"""A tiny server of our own for IMAP4rev1 over TLS: as much as reading a mailbox needs.

No mail server is installed on the machines where these tests run; this one speaks the commands of
RFC 3501 that are used, literals included, over a real TLS connection.
"""

import asyncio
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Account:
    """One mailbox, what is flagged in it, and what clients said."""

    url: str = ""
    messages: list[bytes] = field(default_factory=list)
    flags: dict[int, set[str]] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    trusting: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def certificate(folder: Path, name: str) -> Path:
    """A key and a certificate that vouches for itself, in one file."""
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def serving(folder: Path, *, name: str = "localhost") -> Iterator[Account]:
    """A server in a thread of its own, and the account in it."""
    account = Account()
    path = certificate(folder / "tls", name)
    account.trusting.load_verify_locations(path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    loop = asyncio.new_event_loop()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _talk(account, reader, writer)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(
        asyncio.start_server(meet, "localhost", 0, ssl=tls), loop
    ).result(10)
    port = server.sockets[0].getsockname()[1]
    account.url = f"imaps://agenda:geheim@localhost:{port}"
    try:
        yield account
    finally:
        loop.call_soon_threadsafe(server.close)
        asyncio.run_coroutine_threadsafe(_settle(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _settle() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _talk(
    account: Account, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    writer.write(b"* OK ready\r\n")
    while line := await reader.readline():
        text = line.decode().strip()
        tag, _, rest = text.partition(" ")
        account.heard.append(rest)
        answers, verdict = _answer(account, rest)
        for answer in answers:
            writer.write(answer + b"\r\n")
        writer.write(f"{tag} {verdict}\r\n".encode())
        await writer.drain()
        if rest.upper().startswith("LOGOUT"):
            break
    writer.close()


def _answer(account: Account, rest: str) -> tuple[list[bytes], str]:
    """What the server says to a command, and the verdict."""
    found = [n for n, _ in enumerate(account.messages, 1) if not account.flags.get(n)]
    known = "OK in" if '"geheim"' in rest else "NO [AUTHENTICATIONFAILED] no"
    said: dict[str, tuple[list[bytes], str]] = {
        "CAPABILITY": ([b"* CAPABILITY IMAP4rev1"], "OK done"),
        "LOGIN": ([], known),
        "SELECT": ([f"* {len(account.messages)} EXISTS".encode()], "OK [READ-WRITE] done"),
        "UID SEARCH": ([b"* SEARCH " + " ".join(map(str, found)).encode()], "OK done"),
        "LOGOUT": ([b"* BYE"], "OK bye"),
    }
    for verb, answer in said.items():
        if rest.upper().startswith(verb):
            return answer
    wanted = re.match(r"UID (FETCH|STORE) (\d+) (.*)", rest)
    return _of_one(account, wanted) if wanted else ([], "BAD what")


def _of_one(account: Account, wanted: re.Match[str]) -> tuple[list[bytes], str]:
    number = int(wanted[2])
    if wanted[1] == "STORE":
        account.flags.setdefault(number, set()).add(wanted[3].partition("(")[2].strip(")"))
        return [], "OK done"
    body = account.messages[number - 1]
    if "RFC822.SIZE" in wanted[3]:
        return [f"* {number} FETCH (UID {number} RFC822.SIZE {len(body)})".encode()], "OK done"
    head = f"* {number} FETCH (UID {number} BODY[] {{{len(body)}}}\r\n".encode()
    return [head + body + b")"], "OK done"
