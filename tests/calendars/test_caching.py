"""Conditional requests, case by case (RFC 9110, 13)."""

from datetime import UTC, datetime

import pytest

from server.web.caching import Answers, Asked, Stored, accepts_gzip, asked, which_unchanged

ETAGS = ("abc", "abc-gz")
CHANGED = datetime(2026, 5, 12, 17, 30, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "gzip", "unchanged"),
    [
        ('"abc"', False, 0),
        ('"abc"', True, 0),
        ('"abc-gz"', True, 1),
        ('"abc-gz"', False, 1),
        ('W/"abc"', False, 0),
        ('"x", W/"abc-gz" , "y"', True, 1),
        ('"abc", "abc-gz"', True, 1),
        ('"abc", "abc-gz"', False, 0),
        ("*", False, 0),
        (" * ", True, 1),
        ('"other"', False, None),
        ('"ABC"', False, None),
        ('"abc', False, None),
        ("abc", False, None),
        ("", False, None),
        ('"a,b"', False, None),
    ],
)
def test_if_none_match(header: str, gzip: bool, unchanged: int | None) -> None:
    assert which_unchanged(ETAGS, CHANGED, Asked(gzip, header)) == unchanged


@pytest.mark.parametrize(
    ("header", "unchanged"),
    [
        ("Tue, 12 May 2026 17:30:00 GMT", 0),
        ("Tue, 12 May 2026 17:30:01 GMT", 0),
        ("Tue, 12 May 2026 17:29:59 GMT", None),
        ("Tuesday, 12-May-26 17:30:00 GMT", 0),
        ("Tue May 12 17:30:00 2026", 0),
        ("Tue, 12 May 2026 17:30:00 +0000", None),
        ("Tue, 12 May 2026 17:30:00", None),
        ("2026-05-12T17:30:00Z", None),
        ("Tue, 32 May 2026 17:30:00 GMT", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_if_modified_since(header: str, unchanged: int | None) -> None:
    assert which_unchanged(ETAGS, CHANGED, Asked(if_modified_since=header)) == unchanged


def test_an_etag_that_does_not_match_outweighs_a_date_that_does() -> None:
    request = Asked(if_none_match='"other"', if_modified_since="Tue, 12 May 2026 17:30:00 GMT")

    assert which_unchanged(ETAGS, CHANGED, request) is None


@pytest.mark.parametrize(
    ("header", "allowed"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("br;q=1.0, GZIP;q=0.5", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("", False),
    ],
)
def test_whether_gzip_may_be_sent(header: str, allowed: bool) -> None:
    assert accepts_gzip(header) is allowed


def test_headers_of_a_request_are_read_and_lists_joined() -> None:
    headers = [
        (b"accept-encoding", b"gzip"),
        (b"if-none-match", b'"a"'),
        (b"if-none-match", b'"b"'),
        (b"if-modified-since", b"Tue, 12 May 2026 17:30:00 GMT"),
    ]

    assert asked(headers) == Asked(True, '"a", "b"', "Tue, 12 May 2026 17:30:00 GMT")


def test_every_answer_has_its_own_headers() -> None:
    stored = Stored(b"body", b"zip", "abc", CHANGED)
    answers = Answers(
        stored,
        {
            "Cache-Control": "private, no-cache",
            "Vary": "Accept-Encoding",
            "Content-Type": "text/calendar; charset=utf-8",
        },
    )
    shared = [(b"cache-control", b"private, no-cache"), (b"vary", b"Accept-Encoding")]
    typed = [*shared, (b"content-type", b"text/calendar; charset=utf-8")]
    dated = (b"last-modified", b"Tue, 12 May 2026 17:30:00 GMT")

    plain = answers.to("GET", Asked())
    zipped = answers.to("HEAD", Asked(gzip=True))
    unchanged = answers.to("GET", Asked(if_none_match="*"))

    assert (plain.status, plain.body) == (200, b"body")
    assert plain.headers == [*typed, dated, (b"etag", b'"abc"'), (b"content-length", b"4")]
    assert (zipped.status, zipped.body) == (200, b"")
    assert zipped.headers == [
        *typed,
        dated,
        (b"etag", b'"abc-gz"'),
        (b"content-length", b"3"),
        (b"content-encoding", b"gzip"),
    ]
    assert (unchanged.status, unchanged.body) == (304, b"")
    assert unchanged.headers == [*shared, dated, (b"etag", b'"abc"')]
