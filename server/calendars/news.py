"""The public agenda for news readers: Atom (RFC 4287) and JSON Feed 1.1, of the same entries."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as Xml

from server import language as words
from server.calendars import feeds
from server.calendars.faults import Rendered, sift
from server.calendars.feeds import Feed
from server.calendars.ical import UID_DOMAIN, FeedHeader, title_of
from server.calendars.plain import clean, one_line, plain
from server.calendars.rules import CalendarEntry
from server.clock import AMSTERDAM
from server.web.links import absolute

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
BEFORE_ANYTHING = datetime(2026, 1, 1, tzinfo=UTC)  # an empty feed was made then, for ever


def feed(form: str, language: str) -> Feed:
    """The public agenda as news: `form` is atom or json."""
    public = feeds.public(language)
    source = absolute(f"/calendars/public.{form}") + ("?lang=en" if language == "en" else "")
    header = replace(public.header, source=source)
    return replace(public, key=f"{form}:{language}", header=header, write=WRITERS[form])


def atom(header: FeedHeader, entries: Iterable[CalendarEntry]) -> Rendered:
    """One `entry` for each event, told anew when it changes; the newest change first."""
    items, left_out = sift(entries, lambda entry: (entry, _atom_entry(entry, header.language)))
    feed = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": header.language})
    _put(feed, "title", one_line(header.name))
    _put(feed, "subtitle", one_line(header.description))
    _put(feed, "id", header.source)
    _put(feed, "updated", _moment(_newest(entry for entry, _ in items)))
    Xml.SubElement(feed, "link", rel="self", type="application/atom+xml", href=header.source)
    Xml.SubElement(feed, "link", rel="alternate", type="text/html", href=header.url)
    _put(Xml.SubElement(feed, "author"), "name", one_line(header.organiser.name))
    feed.extend(element for _, element in sorted(items, key=_newest_first))
    Xml.indent(feed)
    body = Xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return Rendered(body + b"\n", left_out)


def json_feed(header: FeedHeader, entries: Iterable[CalendarEntry]) -> Rendered:
    """One item for each event. `_event` is ours: what a program wants to count with."""
    items, left_out = sift(entries, lambda entry: (entry, _item(entry, header.language)))
    feed = {
        "version": JSON_FEED,
        "title": one_line(header.name),
        "description": one_line(header.description),
        "home_page_url": header.url,
        "feed_url": header.source,
        "language": header.language,
        "authors": [{"name": one_line(header.organiser.name)}],
        "items": [item for _, item in sorted(items, key=_newest_first)],
    }
    return Rendered(json.dumps(feed, ensure_ascii=False, indent=1).encode() + b"\n", left_out)


def _atom_entry(entry: CalendarEntry, language: str) -> Xml.Element:
    element = Xml.Element("entry")
    _put(element, "title", title_of(entry, language))
    _put(element, "id", _id(entry))
    _put(element, "updated", _moment(entry.changed_at))
    _put(element, "published", _moment(entry.created_at))
    Xml.SubElement(element, "link", rel="alternate", type="text/html", href=entry.url)
    for name in entry.categories:
        Xml.SubElement(element, "category", term=one_line(name))
    _put(element, "summary", _summary(entry, language))
    _put(element, "content", _content(entry, language), type="text")
    return element


def _item(entry: CalendarEntry, language: str) -> dict[str, Any]:
    return {
        "id": _id(entry),
        "url": entry.url,
        "title": title_of(entry, language),
        "summary": _summary(entry, language),
        "content_text": _content(entry, language),
        "date_published": _moment(entry.created_at),
        "date_modified": _moment(entry.changed_at),
        "tags": [one_line(name) for name in entry.categories],
        "_event": {
            "starts_at": _local(entry.starts_at, all_day=entry.all_day),
            "ends_at": _local(entry.ends_at, all_day=entry.all_day),
            "all_day": entry.all_day,
            "status": entry.status.value,
            "place": one_line(entry.place),
            "sequence": entry.sequence,
        },
    }


def _id(entry: CalendarEntry) -> str:
    """A name for ever: what the calendars call it, as an IRI (RFC 4151)."""
    return f"tag:{UID_DOMAIN},2026:{entry.uid}"


def _summary(entry: CalendarEntry, language: str) -> str:
    """When and where, in one line."""
    if entry.all_day:
        last = entry.ends_at - timedelta(microseconds=1)
        days = [
            words.long_day(day.astimezone(AMSTERDAM), language) for day in (entry.starts_at, last)
        ]
        when = " – ".join(dict.fromkeys(days))
    else:
        when = words.span(entry.starts_at, entry.ends_at, language)
    return one_line(", ".join(part for part in (when, entry.place) if part))


def _content(entry: CalendarEntry, language: str) -> str:
    notes = "\n".join(one_line(note) for note in entry.notes)
    told = (_summary(entry, language), notes, plain(entry.text))
    return clean("\n\n".join(part for part in told if part)).strip()


def _put(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    Xml.SubElement(parent, name, attributes).text = text


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(moment: datetime, *, all_day: bool) -> str:
    local = moment.astimezone(AMSTERDAM)
    return local.date().isoformat() if all_day else local.isoformat(timespec="seconds")


def _newest(entries: Iterable[CalendarEntry]) -> datetime:
    return max((entry.changed_at for entry in entries), default=BEFORE_ANYTHING)


def _newest_first(item: tuple[CalendarEntry, object]) -> tuple[float, str]:
    return -item[0].changed_at.timestamp(), item[0].uid


WRITERS = {"atom": atom, "json": json_feed}
