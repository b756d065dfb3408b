"""What the check of a text finds, and what it leaves alone."""

import pytest

from emails.issues import Words
from server.issues import lint

NONE = Words("", "")


def found(body: str, subject: str = "Nieuws") -> list[tuple[str, str, bool]]:
    remarks = lint.remarks({"nl": Words(subject, body), "en": Words("News", "Dear all,")})
    return [(one.code, one.detail, one.blocks) for one in remarks]


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        ("Beste {{voornaam}},", "placeholder", "{{voornaam}}"),
        ("Beste *|FNAME|*,", "placeholder", "*|FNAME|*"),
        ("Lorem ipsum dolor", "placeholder", "Lorem ipsum"),
        ("TODO: datum", "placeholder", "TODO"),
        ("[site](http://example.org)", "link_unsafe", "http://example.org"),
        ("[dag](/events/dag)", "link_odd", "/events/dag"),
        ("[dag](https://localhost:3000/x)", "link_home", "https://localhost:3000/x"),
        ("[x](http://localhost:8000/admin/)", "link_inside", "http://localhost:8000/admin/"),
        ("[x](http://localhost:8000/board)", "link_inside", "http://localhost:8000/board"),
        ("[](https://example.org)", "link_empty", "https://example.org"),
        ("![](https://example.org/p.png)", "alt", "https://example.org/p.png"),
        ("![Zaal](http://localhost/p.png)", "link_home", "http://localhost/p.png"),
        ("![Zaal](data:image/png;base64,AA)", "link_odd", "data:image/png;base64,AA"),
        ("[x](https://x.org/{{name}})", "link_odd", "https://x.org/%7B%7Bname%7D%7D"),
        ("[x](javascript:alert)", "unread", "[x](javascript:alert)"),
        ("<b>vet</b>", "unread", "<b>vet</b>"),
        ("Afmelden: https://x.org/u/abcdefghijkl", "unsubscribe", ""),
    ],
)
def test_it_stops_what_must_be_mended(body: str, code: str, detail: str) -> None:
    assert (code, detail, True) in found(f"Beste lezer,\n\n{body}")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Voor de agenda: [klik hier](https://example.org)", "click_here"),
        ("![De zaal](https://example.org/p.png)", "picture"),
        ("DIT IS EEN HEEL BELANGRIJKE MEDEDELING VOOR U", "shouting"),
        ("woord " * 6000, "heavy"),
    ],
)
def test_it_warns_and_lets_go(body: str, code: str) -> None:
    assert [(one, blocks) for one, _, blocks in found(body)] == [(code, False)]


@pytest.mark.parametrize(
    "body",
    [
        "Beste {{name}},\n\n## Agenda\n\n- [Dag](https://example.org/dag?a=1&b=2)",
        "Schrijf ons: [post](mailto:netwerk@example.org)",
        "[Agenda](http://localhost:8000/events)",  # our own address, as it is in development
        "3 < 4 en 5 > 4, {accolades} en [haken]",
    ],
)
def test_it_leaves_good_text_alone(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (" ", "subject_empty"),
        ("x" * 71, "subject_long"),
        ("Beste {{name}}", "subject_placeholder"),
    ],
)
def test_a_subject_says_something_and_fits(subject: str, code: str) -> None:
    assert [(one, blocks) for one, _, blocks in found("Tekst", subject)] == [(code, True)]


def test_a_language_that_is_missing_is_said_and_none_at_all_stops() -> None:
    one = lint.remarks({"nl": Words("Nieuws", "Tekst"), "en": NONE})
    none = lint.remarks({"nl": Words("Nieuws", " "), "en": NONE})

    assert [(r.code, r.language, r.blocks) for r in one] == [("missing", "en", False)]
    assert [(r.code, r.blocks) for r in none] == [("empty", True)]
