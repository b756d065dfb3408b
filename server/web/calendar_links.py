"""Links into the calendars that people use: add one event, or subscribe to a feed. Pure.

What Google and Outlook understand is undocumented in part; the forms here are those that work
(spaces must be `%20`: Outlook shows plus signs as they are).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

from server.clock import AMSTERDAM
from server.hours import which

GOOGLE_ADD = "https://calendar.google.com/calendar/render"
GOOGLE_BY_URL = "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
OUTLOOK = {
    "outlook_365": "https://outlook.office.com/calendar/0",
    "outlook_com": "https://outlook.live.com/calendar/0",
}
DETAILS_CHARACTERS = 500
SLOWEST = timedelta(hours=24)  # Google fetches a calendar when it likes, once in 8 to 24 hours


@dataclass(frozen=True)
class AddLinks:
    """Where one event is copied into a calendar; the copy does not follow changes."""

    google: str
    outlook_365: str
    outlook_com: str
    ics: str


@dataclass(frozen=True)
class SubscribeLinks:
    """The addresses by which a feed is subscribed to; `address` is the plain one to copy."""

    address: str
    webcal: str
    google: str
    outlook_365: str
    outlook_com: str


@dataclass(frozen=True)
class Copied:
    """What is copied of one event. `page` is its full address; `ics` that of its file."""

    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    place: str
    page: str
    ics: str
    summary: str = ""


def for_event(event: Copied) -> AddLinks:
    """Links that add one event to Google's and Microsoft's calendars, and the file for others."""
    details = f"{event.summary[:DETAILS_CHARACTERS]}\n\n{event.page}".strip()
    google = {
        "action": "TEMPLATE",
        "text": event.title,
        "dates": _google_dates(event),
        "ctz": "Europe/Amsterdam",
        "location": event.place,
        "details": details,
    }
    outlook = {
        "rru": "addevent",
        "subject": event.title,
        **_outlook_dates(event),
        "location": event.place,
        "body": details,
    }
    return AddLinks(
        google=f"{GOOGLE_ADD}?{_query(google)}",
        outlook_365=f"{OUTLOOK['outlook_365']}/deeplink/compose?{_query(outlook)}",
        outlook_com=f"{OUTLOOK['outlook_com']}/deeplink/compose?{_query(outlook)}",
        ics=event.ics,
    )


def for_feed(address: str, name: str) -> SubscribeLinks:
    """Links that subscribe to a feed. Google takes no address in a link: copy it, then go there."""
    outlook = _query({"url": address, "name": name})
    return SubscribeLinks(
        address=address,
        webcal="webcal://" + address.partition("://")[2],
        google=GOOGLE_BY_URL,
        outlook_365=f"{OUTLOOK['outlook_365']}/addfromweb?{outlook}",
        outlook_com=f"{OUTLOOK['outlook_com']}/addfromweb?{outlook}",
    )


def _google_dates(event: Copied) -> str:
    if event.all_day:
        starts = event.starts_at.astimezone(AMSTERDAM)
        return f"{starts:%Y%m%d}/{_day_after(event.ends_at):%Y%m%d}"
    return f"{_google(event.starts_at)}/{_google(event.ends_at)}"


def _google(moment: datetime) -> str:
    """Amsterdam time; UTC in the hour of October that comes twice, as in the feeds."""
    if which(moment):
        return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return f"{moment.astimezone(AMSTERDAM):%Y%m%dT%H%M%S}"


def _outlook_dates(event: Copied) -> dict[str, str]:
    if event.all_day:
        starts = event.starts_at.astimezone(AMSTERDAM)
        after = _day_after(event.ends_at)
        return {"startdt": f"{starts:%Y-%m-%d}", "enddt": f"{after:%Y-%m-%d}", "allday": "true"}
    starts, ends = event.starts_at.astimezone(UTC), event.ends_at.astimezone(UTC)
    return {"startdt": f"{starts:%Y-%m-%dT%H:%M:%SZ}", "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}


def _day_after(ends_at: datetime) -> datetime:
    """The exclusive end of an event of whole days."""
    last = (ends_at - timedelta(microseconds=1)).astimezone(AMSTERDAM)
    return last + timedelta(days=1)


def _query(values: dict[str, str]) -> str:
    return urlencode(values, quote_via=quote, safe="/:")
