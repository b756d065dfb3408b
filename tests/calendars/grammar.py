"""Rules of our own for a feed's bytes: parsers are lenient and miss half of all planted faults."""

import re

LINE = re.compile(r'^[A-Z][A-Z0-9-]*(?:;[A-Z-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*:(.*)$')
OCTETS = 75
REQUIRED = (
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SEQUENCE",
    "STATUS",
    "SUMMARY",
    "LAST-MODIFIED",
    "ORGANIZER",
    "CLASS",
    "TRANSP",
    "URL",
    "DESCRIPTION",
)
NEVER = ("X-WR-TIMEZONE", "ATTENDEE", "VALARM", "X-ALT-DESC", "ATTACH", "METHOD:REQUEST")
CALENDAR = ("VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:PUBLISH")


def unfolded(feed: bytes) -> list[str]:
    """The content lines."""
    return feed.decode().replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def entries(feed: bytes) -> list[list[str]]:
    """The lines of each VEVENT."""
    found = unfolded(feed)
    starts = [n for n, line in enumerate(found) if line == "BEGIN:VEVENT"]
    return [found[n + 1 : found.index("END:VEVENT", n)] for n in starts]


def by_uid(feed: bytes) -> dict[str, list[str]]:
    """The lines of each VEVENT by its UID."""
    return {value(entry, "UID"): entry for entry in entries(feed)}


def value(entry: list[str], name: str) -> str:
    """The value of a property that occurs once, as written."""
    (line,) = [line for line in entry if re.split("[;:]", line)[0] == name]
    return LINE.match(line)[1]  # type: ignore[index]


def check(feed: bytes) -> None:
    """Fail on whatever a strict client refuses."""
    assert feed.startswith(b"BEGIN:VCALENDAR\r\n")
    assert feed.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in feed.replace(b"\r\n", b"")
    assert b"\r" not in feed.replace(b"\r\n", b"")
    assert [line for line in feed.split(b"\r\n") if len(line) > OCTETS] == []
    assert feed.count(b"BEGIN:VTIMEZONE") == 1
    lines = unfolded(feed)
    assert [line for line in lines if not LINE.match(line)] == []
    assert [name for name in CALENDAR if name not in lines] == []
    assert [name for name in NEVER if name.encode() in feed] == []
    assert re.findall(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]", feed.decode()) == []
    uids = [value(entry, "UID") for entry in entries(feed)]
    assert uids == sorted(set(uids))
    for entry in entries(feed):
        names = [re.split("[;:]", line)[0] for line in entry]
        assert sorted(name for name in REQUIRED if names.count(name) != 1) == []
        assert value(entry, "DTSTAMP") == value(entry, "LAST-MODIFIED")
        assert [line for line in entry if line.startswith("DT") and not dated(line)] == []


def dated(line: str) -> bool:
    forms = (
        r"DT(START|END);TZID=Europe/Amsterdam:\d{8}T\d{6}",
        r"DT(START|END|STAMP):\d{8}T\d{6}Z",
        r"DT(START|END);VALUE=DATE:\d{8}",
    )
    return any(re.fullmatch(form, line) for form in forms)
