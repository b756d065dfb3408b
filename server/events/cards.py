"""An event as schema.org/Event: what its page and the open feed say too, for search engines."""

from datetime import datetime, timedelta
from typing import Any

from server import clock, language
from server.clock import AMSTERDAM
from server.events import drawing
from server.events.queries import EventView
from server.web import links
from tables.events import EventMode, EventState, Visibility

MOMENT = timedelta(microseconds=1)  # whole days end with the midnight after the last
SCHEMA = "https://schema.org/"
ATTENDANCE = {
    EventMode.on_site: "OfflineEventAttendanceMode",
    EventMode.online: "OnlineEventAttendanceMode",
    EventMode.hybrid: "MixedEventAttendanceMode",
}
SHOWN = (EventState.published, EventState.postponed, EventState.cancelled, EventState.completed)


def is_public(event: EventView) -> bool:
    """Whether everybody may know of it, as in the open feed: only then does it have a card."""
    return event.visibility == Visibility.public and event.state in SHOWN


def picture(event: EventView, said: str) -> str:
    """The address of the picture that is shared; another one when it shows something else."""
    version = drawing.card(event, said).digest[:8]
    return links.absolute(f"/events/{event.slug}/card.png?lang={said}&v={version}")


def json_ld(event: EventView, said: str, now: datetime) -> dict[str, Any]:
    """The card of an event that everybody may know of; the joining link is never on it."""
    address = links.absolute(f"/events/{event.slug}")
    card: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "url": address,
        "identifier": f"event-{event.uid}",
        "name": event.title(said),
        "description": event.summary(said),
        "image": picture(event, said),
        "startDate": _moment(event.starts_at, event.all_day),
        "endDate": _moment(event.ends_at - event.all_day * MOMENT, event.all_day),
        "eventStatus": SCHEMA + _status(event),
        "eventAttendanceMode": SCHEMA + ATTENDANCE[EventMode(event.mode)],
        "location": _locations(event, address),
        "organizer": {"@type": "Organization", "name": _organiser(event, said)},
    }
    if _status(event) == "EventRescheduled" and event.moved_from_at:
        card["previousStartDate"] = _moment(event.moved_from_at, event.all_day)
    if event.takes_registrations(now) and not event.members_only_registration:
        card["offers"] = {
            "@type": "Offer",
            "url": f"{address}/registration",
            "availability": SCHEMA + ("SoldOut" if event.is_full else "InStock"),
        }
    return {name: value for name, value in card.items() if value}


def _moment(moment: datetime, all_day: bool) -> str:
    """With its offset (`+02:00`), or only the day."""
    if all_day:
        return clock.day_of(moment).isoformat()
    return moment.astimezone(AMSTERDAM).isoformat(timespec="seconds")


def _status(event: EventView) -> str:
    if event.state == EventState.cancelled:
        return "EventCancelled"
    if event.state == EventState.postponed:
        return "EventPostponed"
    return "EventRescheduled" if event.moved_from_at else "EventScheduled"


def _locations(event: EventView, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if event.mode != EventMode.online and event.place:
        postal = {
            "streetAddress": event.street,
            "postalCode": event.postcode,
            "addressLocality": event.city,
            "addressCountry": "NL",
        }
        given = {name: value for name, value in postal.items() if value}
        name = event.venue or event.place
        place = {"@type": "PostalAddress", **given}
        found.append({"@type": "Place", "name": name, "address": place})
    if event.is_online:
        found.append({"@type": "VirtualLocation", "url": address})
    return found


def _organiser(event: EventView, said: str) -> str:
    return event.group(said) or language.text(said, "site.name")
