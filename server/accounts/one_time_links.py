"""Links that open something once. Only the SHA-256 of their token is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.accounts import rules
from server.database import execute
from server.web import links, tokens
from tables.accounts import LinkPurpose, SignInLink

LONGEST_PATH = 300
TO_COME_IN = (LinkPurpose.sign_in, LinkPurpose.invitation)
PATHS = {LinkPurpose.set_up: "/set-up/"}
LIVES = {
    LinkPurpose.sign_in: rules.LINK_LIFE,
    LinkPurpose.set_up: rules.SET_UP_LIFE,
    LinkPurpose.invitation: rules.INVITATION_LIFE,
}


@dataclass(frozen=True)
class Link:
    """A fresh link: its address, for a letter, and until when it works."""

    id: int
    url: str
    until: datetime


async def make(
    person_id: int | None,
    purpose: LinkPurpose,
    *,
    next_path: str = "/me",
    browser: str = "",
    carries_proof: bool = False,
    now: datetime,
) -> Link:
    """Make a link; `next_path` leads to a page of ours or to /me. `browser`: who asked, if known.

    A person has one set-up link, or one invitation, at a time: earlier ones stop working.
    """
    if purpose != LinkPurpose.sign_in:
        await execute(
            "DELETE FROM sign_in_link WHERE purpose = $1 AND used_at IS NULL"
            " AND person IS NOT DISTINCT FROM $2",
            *(purpose.value, person_id),
        )
    token = tokens.new()
    is_fit = links.is_local(next_path) and len(next_path) <= LONGEST_PATH
    link = SignInLink(
        person=person_id,
        purpose=purpose,
        token_hash=tokens.hash_of(token),
        browser_hash=tokens.hash_of(browser) if browser else None,
        carries_proof=carries_proof,
        next_path=next_path if is_fit else "/me",
        created_at=now,
        expires_at=now + LIVES[purpose],
    )
    await link.save()
    path = PATHS.get(purpose, "/sign-in/")
    return Link(link.id, links.absolute(path + token), link.expires_at)


async def use_up(
    token: str, purposes: tuple[LinkPurpose, ...], *, now: datetime
) -> dict[str, Any] | None:
    """The link, which from now on is used; None if it cannot be used (any more)."""
    rows = await execute(
        "UPDATE sign_in_link SET used_at = $3 WHERE token_hash = $1"
        " AND purpose = ANY($2::text[]) AND used_at IS NULL AND expires_at > $3"
        " RETURNING person, purpose, next_path, carries_proof, browser_hash",
        *(tokens.hash_of(token), [purpose.value for purpose in purposes], now),
    )
    return rows[0] if rows else None


async def find_open(
    token: str, purposes: tuple[LinkPurpose, ...], *, now: datetime
) -> dict[str, Any] | None:
    """A link that can still be used; looking does not use it up."""
    rows = await execute(
        "SELECT purpose, browser_hash FROM sign_in_link WHERE token_hash = $1"
        " AND purpose = ANY($2::text[]) AND used_at IS NULL AND expires_at > $3",
        *(tokens.hash_of(token), [purpose.value for purpose in purposes], now),
    )
    return rows[0] if rows else None


def is_same_browser(link: dict[str, Any], browser: str) -> bool:
    """Whether the link was asked for in this browser, or in none that we know."""
    asked_in = link["browser_hash"]
    return asked_in is None or (bool(browser) and asked_in == tokens.hash_of(browser))
