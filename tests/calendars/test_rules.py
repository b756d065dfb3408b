"""What a feed shows and for how long."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.calendars import rules
from server.calendars.plain import plain
from server.calendars.rules import Standing, Status
from server.web.throttle import PerMinute
from tables.registrations import LineState

NOW = datetime(2026, 5, 12, 17, 30, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 5, 12), date(2025, 5, 1)),
        (date(2026, 5, 31), date(2025, 5, 1)),
        (date(2026, 1, 1), date(2025, 1, 1)),
        (date(2028, 2, 29), date(2027, 2, 1)),
    ],
)
def test_the_window_begins_with_the_month_a_year_ago(today: date, first: date) -> None:
    assert rules.first_day(today) == first


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([LineState.confirmed], Status.confirmed),
        ([LineState.cancelled, LineState.confirmed, LineState.waiting], Status.confirmed),
        ([LineState.waiting], Status.tentative),
        ([LineState.cancelled, LineState.offered], Status.tentative),
        ([LineState.approval], Status.tentative),
        ([LineState.unverified], Status.tentative),
        ([LineState.cancelled], Status.cancelled),
        ([LineState.declined, LineState.expired], Status.cancelled),
        ([LineState.cancelled_by_organiser], Status.cancelled),
        ([LineState.rejected], Status.cancelled),
    ],
)
def test_the_best_claim_decides_how_an_event_shows(states: list[LineState], status: Status) -> None:
    assert rules.status_of_lines(states) is status


@pytest.mark.parametrize(
    ("lines", "talks", "is_meeting", "status"),
    [
        ([], [], False, None),
        ([], [], True, Status.confirmed),
        ([], ["submitted", "withdrawn"], False, None),
        ([], ["submitted"], True, Status.confirmed),
        ([], ["accepted"], True, Status.tentative),
        ([], ["accepted", "delivered"], False, Status.confirmed),
        (["cancelled"], [], True, Status.cancelled),
        (["waiting"], [], True, Status.tentative),
        (["waiting"], ["confirmed"], False, Status.confirmed),
        (["cancelled"], ["accepted"], False, Status.tentative),
        (["confirmed"], ["accepted"], False, Status.confirmed),
        (["cancelled"], ["cancelled"], True, Status.cancelled),
    ],
)
def test_the_best_claim_counts_and_only_without_one_the_meeting_of_the_group(
    lines: list[str], talks: list[str], is_meeting: bool, status: Status | None
) -> None:
    assert rules.status_of(lines, talks, is_meeting=is_meeting) is status


@pytest.mark.parametrize(
    ("revoked", "standing"),
    [
        (None, Standing.live),
        (NOW, Standing.revoked),
        (NOW - timedelta(days=30) + timedelta(seconds=1), Standing.revoked),
        (NOW - timedelta(days=30), Standing.gone),
    ],
)
def test_a_withdrawn_address_is_an_empty_calendar_for_thirty_days(
    revoked: datetime | None, standing: Standing
) -> None:
    assert rules.standing(revoked, NOW) is standing


def test_last_modified_is_in_whole_seconds_and_always_later() -> None:
    whole = NOW.replace(microsecond=0)

    assert rules.next_last_modified(None, NOW) == whole
    assert rules.next_last_modified(whole - timedelta(hours=1), NOW) == whole
    assert rules.next_last_modified(whole, NOW) == whole + timedelta(seconds=1)
    assert rules.next_last_modified(whole + timedelta(seconds=9), NOW) == whole + timedelta(
        seconds=10
    )


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("Google-Calendar-Importer", "Google"),
        ("Microsoft.Exchange/15.20 (ExchangeServer)", "Outlook"),
        ("iOS/17.4 (21E219) dataaccessd/1.0", "Apple"),
        ("macOS/14.4 (23E214) CalendarAgent/1013", "Apple"),
        ("Mozilla/5.0 (X11; Linux) Gecko Thunderbird/128.0", "Thunderbird"),
        ("Nextcloud Server Crawler", "Nextcloud"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_the_program_is_known_by_its_name(agent: str, family: str) -> None:
    assert rules.client_family(agent) == family


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("Gewoon.\r\nTwee regels.", "Gewoon.\nTwee regels."),
        ("Een\n\n\n\ntwee", "Een\n\ntwee"),
        ("# Kop\n\nOver **pijn** en _slaap_.", "Kop\n\nOver pijn en slaap."),
        ("[de site](https://example.org/a_b)", "de site https://example.org/a_b"),
        ("<https://example.org>", "https://example.org"),
        ("[https://example.org](https://example.org)", "https://example.org"),
        ("[mail](mailto:a@example.org)", "mail a@example.org"),
        (
            "- een\n- twee\n  - diep\n\n1. eerst\n2. dan",
            "- een\n- twee\n  - diep\n\n1. eerst\n2. dan",
        ),
        ("> citaat", "citaat"),
        ("<b>geen</b> opmaak & <script>x</script>", "<b>geen</b> opmaak & <script>x</script>"),
        (r"5 \* 3 = `a*b`", "5 * 3 = a*b"),
        ("```\ncode\n```", "code"),
    ],
)
def test_markdown_becomes_plain_lines(markdown: str, text: str) -> None:
    assert plain(markdown) == text


def test_a_key_is_refused_after_its_limit_and_others_are_not() -> None:
    throttle = PerMinute(2)

    answers = [throttle.wait("203.0.113.7") > 0 for _ in range(4)]

    assert answers in ([False, False, True, True], [False, False, True, False])
    assert throttle.wait("203.0.113.8") == 0
    assert [throttle.wait("127.0.0.1") for _ in range(5)] == [0] * 5
