"""Links that add one event or subscribe to a feed."""

from datetime import UTC, datetime

from server.web.calendar_links import Copied, for_event, for_feed

DAY = Copied(
    title="Pijn & slaap, dag 1",
    starts_at=datetime(2026, 5, 12, 17, 30, tzinfo=UTC),
    ends_at=datetime(2026, 5, 12, 20, 0, tzinfo=UTC),
    all_day=False,
    place="Domus, Utrecht",
    page="https://example.org/events/pijn",
    ics="https://example.org/events/pijn/event.ics",
)
CONGRESS = Copied(
    title="Congres",
    starts_at=datetime(2026, 11, 3, 23, 0, tzinfo=UTC),
    ends_at=datetime(2026, 11, 6, 23, 0, tzinfo=UTC),
    all_day=True,
    place="",
    page="https://example.org/events/congres",
    ics="https://example.org/events/congres/event.ics",
)


def test_one_event_is_added() -> None:
    links = for_event(DAY)

    assert links.google == (
        "https://calendar.google.com/calendar/render?action=TEMPLATE"
        "&text=Pijn%20%26%20slaap%2C%20dag%201&dates=20260512T193000/20260512T220000"
        "&ctz=Europe/Amsterdam&location=Domus%2C%20Utrecht&details=https://example.org/events/pijn"
    )
    assert links.outlook_com == (
        "https://outlook.live.com/calendar/0/deeplink/compose?rru=addevent"
        "&subject=Pijn%20%26%20slaap%2C%20dag%201&startdt=2026-05-12T17:30:00Z"
        "&enddt=2026-05-12T20:00:00Z&location=Domus%2C%20Utrecht"
        "&body=https://example.org/events/pijn"
    )
    assert links.ics == DAY.ics


def test_whole_days_have_an_exclusive_end() -> None:
    links = for_event(CONGRESS)

    assert "&dates=20261104/20261107&" in links.google
    assert "&startdt=2026-11-04&enddt=2026-11-07&allday=true&" in links.outlook_365


def test_a_feed_is_subscribed_to() -> None:
    links = for_feed("https://example.org/calendars/public.ics?lang=en", "Agenda")

    assert links.webcal == "webcal://example.org/calendars/public.ics?lang=en"
    assert links.outlook_365 == (
        "https://outlook.office.com/calendar/0/addfromweb"
        "?url=https://example.org/calendars/public.ics%3Flang%3Den&name=Agenda"
    )
    assert links.google == "https://calendar.google.com/calendar/u/0/r/settings/addbyurl"
