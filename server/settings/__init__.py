"""Settings from the environment or `.env`: all wrong ones are named at once.

There is no separate switch for production: an address that others can reach *is* production,
and then https, a secret key and a mail transport are required. Demo people are refused there, and
wherever HOST lets others in.
"""

from server.settings.loading import load
from server.settings.shape import Association, Settings, WrongSettings

__all__ = ["Association", "Settings", "WrongSettings", "current", "load", "use"]

_IN_USE: list[Settings] = []


def use(settings: Settings) -> None:
    """Make these the settings of this process; before anything asks for them."""
    _IN_USE[:] = [settings]


def current() -> Settings:
    """The settings of this process."""
    if not _IN_USE:
        raise RuntimeError("no settings are in use")
    return _IN_USE[0]
