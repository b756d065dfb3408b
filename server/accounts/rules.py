"""How long things of accounts last."""

from datetime import timedelta

LINK_LIFE = timedelta(minutes=10)
LINK_KEPT = timedelta(days=7)
SET_UP_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)
SESSION_LIFE = timedelta(days=90)
IDLE_DAYS = 30
IDLE_HOURS_WITH_OFFICE = 12
TOUCH_EVERY = timedelta(minutes=5)


def device_in_words(user_agent: str) -> str:
    """`Firefox, Windows`: enough to recognise one's own device, no more."""
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    systems = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browser = next((name for name in browsers if name in user_agent), "")
    system = next((name for name in systems if name in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
