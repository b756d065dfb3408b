"""The cookies of accounts: the session, and which browser asked for a link or a passkey."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from server.accounts import rules
from server.web import cookies, tokens
from server.web.cookies import read

SESSION, BROWSER, ASKED = "session", "asked-here", "passkey"
SECONDS_TO_ANSWER = 300
SECONDS_TO_ARRIVE = 3600


def session(token: str) -> Cookie:
    """The cookie of a session; an empty token removes it."""
    return cookies.make(SESSION, token, int(rules.SESSION_LIFE.total_seconds()))


def browser_of(request: Request[Any, Any, Any]) -> str:
    """The mark of the browser that asks now: the one it has, or a new one."""
    return read(request, BROWSER) or tokens.new()


def browser(secret: str) -> Cookie:
    """The mark of the browser that asked for a sign-in link; mail leads here from elsewhere."""
    return cookies.make(BROWSER, secret, SECONDS_TO_ARRIVE)


def asked(browser: str) -> Cookie:
    """Which browser a passkey was asked in."""
    return cookies.make(ASKED, browser, SECONDS_TO_ANSWER, is_strict=True)
