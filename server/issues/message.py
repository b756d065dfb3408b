"""A newsletter as an RFC 5322 message, with the way off that mail programs offer (RFC 8058)."""

from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

from emails import plain
from emails.rendering import Rendered
from server.issues.claims import Claimed
from server.issues.views import Issue
from server.outbox.message import SENDER_NAME, host, one_address, read_by_program, sender
from server.web.links import absolute

LONGEST_LINE = 998
ONE_CLICK = "List-Unsubscribe=One-Click"


class Verbatim(UnstructuredHeader, BaseHeader):
    """A header that leaves as it is: folded or encoded, its addresses could not be read."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Keep what is encoded as it is."""
        super().parse(value, kwds)
        kwds["decoded"] = value

    def fold(self, *, policy: Policy) -> str:
        """On one line."""
        line = f"{self.name}: {self}"
        if not line.isascii() or not line.isprintable() or len(line) > LONGEST_LINE:
            raise ValueError(f"{self.name} does not fit a line")
        return line + policy.linesep


def _policy() -> Policy:
    registry = HeaderRegistry()
    for name in ("id", "unsubscribe", "unsubscribe-post", "help", "archive", "post"):
        registry.map_to_type(f"list-{name}", Verbatim)
    return SMTP.clone(header_factory=registry)


POLICY = _policy()


def links(token: str) -> tuple[str, str]:
    """The way off and the way to the preferences, for the holder of a token."""
    return absolute(f"/u/{token}"), absolute(f"/newsletters/preferences/{token}")


def by_mail(token: str) -> str:
    """The way off for mail programs that only write letters; the program or a person reads them."""
    return f"mailto:{read_by_program()}?subject=unsubscribe%20{quote(token)}"


def build(
    letter: tuple[Rendered, str], one: Claimed, issue: Issue, token: str, now: datetime
) -> EmailMessage:
    """The message for one reader, with the language that it is in.

    `token` empty: a test for somebody who is not on the list.

    Raises BadAddress.
    """
    rendered, rendered_in = letter
    message = EmailMessage(policy=POLICY)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{one.message_id}@{host()}>"
    message["From"] = Address(SENDER_NAME, addr_spec=sender())
    message["To"] = one_address(one.email)
    message["Subject"] = rendered.subject
    message["List-Id"] = f"{_phrase(issue.list.name(one.language))} <{issue.list.list_id}>"
    if token:
        off, preferences = links(token)
        message["List-Unsubscribe"] = f"<{off}>, <{by_mail(token)}>"
        message["List-Unsubscribe-Post"] = ONE_CLICK
        message["List-Help"] = f"<{preferences}>"
    message["List-Archive"] = f"<{absolute(issue.archive_path)}>"
    message["List-Post"] = "NO"
    message["Precedence"] = "bulk"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = rendered_in
    return message


def _phrase(name: str) -> str:
    """The name of a list as a phrase (RFC 2919): quoted, or encoded where it is not ASCII."""
    line = plain.one_line(name)
    if not line.isascii():
        return Header(line, "utf-8", maxlinelen=LONGEST_LINE).encode(linesep="")
    escaped = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
