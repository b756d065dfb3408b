"""The cookies of accounts: the session, and secrets that are shown once."""

from litestar.datastructures import Cookie

from server import settings
from server.accounts import rules
from server.web import sealing

SECONDS_TO_SHOW = 300
ONCE = "shown-once"
ASKED = "passkey"
BROWSER = "asked-here"
SECONDS_TO_ARRIVE = 3600


def session_cookie_name() -> str:
    """`__Host-` binds the cookie to this host; browsers accept that over https only."""
    return "__Host-session" if settings.current().is_secure else "session"


def session(token: str) -> Cookie:
    """The cookie of a session; an empty token removes it."""
    seconds = int(rules.SESSION_LIFE.total_seconds()) if token else 0
    return _cookie(session_cookie_name(), token, seconds, "/", "lax")


def once(purpose: str, words: list[str], path: str) -> Cookie:
    """Words for the very next page and for nobody else; none remove them."""
    sealed = sealing.seal(purpose, "\n".join(words).encode()).decode() if words else ""
    return _cookie(ONCE, sealed, SECONDS_TO_SHOW if words else 0, path, "strict")


def read_once(purpose: str, sealed: str) -> list[str]:
    """What `once` put away, if it was this and not long ago."""
    plain = sealing.unseal(purpose, sealed.encode(errors="replace"), seconds=SECONDS_TO_SHOW)
    return plain.decode().split("\n") if plain else []


def browser(secret: str) -> Cookie:
    """The mark of the browser that asked for a sign-in link; mail leads here from elsewhere."""
    return _cookie(BROWSER, secret, SECONDS_TO_ARRIVE, "/sign-in", "lax")


def asked(browser: str) -> Cookie:
    """Which browser a passkey was asked in."""
    return _cookie(ASKED, browser, SECONDS_TO_SHOW, "/", "strict")


def _cookie(name: str, value: str, seconds: int, path: str, same_site: str) -> Cookie:
    return Cookie(
        name,
        value=value,
        max_age=seconds,
        path=path,
        httponly=True,
        secure=settings.current().is_secure,
        samesite="strict" if same_site == "strict" else "lax",
    )
