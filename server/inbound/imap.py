"""A mailbox on a server: IMAP4rev1 (RFC 3501) over TLS, the certificate checked."""

import imaplib
import ssl
from typing import Any
from urllib.parse import unquote, urlsplit

from server.inbound.reading import MOST_BYTES

PORT = 993
SECONDS = 30
LOOKED_AT = "NetwerkRead"  # ours: what people did not read yet stays unread


class NoMailbox(OSError):
    """The server does not let us in, or has no such folder."""


class Imap:
    """One open mailbox: `imaps://name:password@host/folder`, INBOX without a folder."""

    def __init__(self, url: str, tls: ssl.SSLContext) -> None:
        parts = urlsplit(url)
        self._server = imaplib.IMAP4_SSL(
            parts.hostname or "", parts.port or PORT, ssl_context=tls, timeout=SECONDS
        )
        try:
            self._server.login(unquote(parts.username or ""), unquote(parts.password or ""))
            folder = unquote(parts.path.lstrip("/")) or "INBOX"
            self._must(self._server.select(f'"{folder}"'))
        except (imaplib.IMAP4.error, NoMailbox) as problem:
            self._server.shutdown()
            raise NoMailbox(str(problem)) from None

    def names(self) -> list[str]:
        """The UIDs of what is unread and was not looked at."""
        found = self._must(self._server.uid("SEARCH", "UNSEEN", "UNKEYWORD", LOOKED_AT))
        return [name.decode() for name in (found[0] or b"").split()]

    def fetch(self, name: str) -> bytes | None:
        """The whole message, without marking it as read; None when it is too large or gone."""
        size = self._must(self._server.uid("FETCH", name, "(RFC822.SIZE)"))
        line = size[0] if size and isinstance(size[0], bytes) else b""
        digits = line.partition(b"RFC822.SIZE ")[2].partition(b")")[0].split(b" ")[0]
        if not digits.isdigit() or int(digits) > MOST_BYTES:
            return None
        got = self._must(self._server.uid("FETCH", name, "(BODY.PEEK[])"))
        return next((one[1] for one in got if isinstance(one, tuple)), None)

    def put_away(self, name: str, *, is_done: bool) -> None:
        """Read, or only looked at."""
        flag = "\\Seen" if is_done else LOOKED_AT
        self._must(self._server.uid("STORE", name, "+FLAGS.SILENT", f"({flag})"))

    def close(self) -> None:
        """Say goodbye; whoever does not answer is left without."""
        try:
            self._server.logout()
        except (imaplib.IMAP4.error, OSError):
            self._server.shutdown()

    def _must(self, answer: tuple[str, list[Any]]) -> list[Any]:
        kind, data = answer
        if kind != "OK":
            raise NoMailbox(f"the mail server said {kind}")
        return data
