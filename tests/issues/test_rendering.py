"""Text and HTML of an issue say the same, in the reader's language, and run nothing."""

import re

import pytest

from emails import markdown
from emails.issues import Frame, Words, read
from tests.house.test_letters import seen, words

FRAME = Frame("Nieuwsbrief", "public", "https://n.example/archief/1")
BODY = """Beste {{name}},

# Groot

## Agenda

- **Een** [dag](https://example.org/dag?a=1&b=2)
- twee
  met een tweede regel

3. drie
4. vier
   - diep

> Een citaat
> met `code`

---

![De zaal](https://example.org/zaal.png)

https://example.org/bloot en <https://example.org/haken>
"""


def filled(body: str = BODY, said: str = "nl", name: str = "Anna de Vries"):  # type: ignore[no-untyped-def]
    reading = read({"nl": Words("Nieuws", body), "en": Words("", "")}, said, FRAME)
    return reading.fill(
        name, unsubscribe="https://n.example/u/1", preferences="https://n.example/p/1"
    )


def test_text_and_html_say_the_same_words() -> None:
    rendered = filled()
    urls = re.compile(r"\(?https?://\S+|\b[34]\.(?= )|[=*-]{3,}")
    text = urls.sub("", rendered.text)
    html = urls.sub("", " ".join(seen(rendered.html).texts))
    assert words(text) == words(html)


def test_every_link_of_the_html_stands_in_the_text() -> None:
    rendered = filled()
    links = seen(rendered.html).links
    assert len(links) == 6
    assert [url for url in links if url not in rendered.text] == []


def test_nothing_is_fetched_and_nothing_of_anybodys_own_is_html() -> None:
    rendered = filled(BODY + "\n\n<script>alert(1)</script> <img src=x> [j](javascript:alert(1))")
    assert "<img" not in rendered.html
    assert "<script" not in rendered.html
    assert "javascript:" not in "".join(seen(rendered.html).links)


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Anna", "Anna"),
        ("", "lezer"),
        ("**vet** [x](https://kwaad.example)", "lezer"),
        ("Jan & *Piet*", "Jan & *Piet*"),
    ],
)
def test_a_name_is_only_a_name(name: str, greeted: str) -> None:
    rendered = filled("Beste {{name}},", name=name)
    assert rendered.text.startswith(f"Beste {greeted},\n")
    assert f"Beste {greeted}," in " ".join(seen(rendered.html).texts)
    assert "kwaad" not in rendered.html


def test_a_language_that_is_not_written_says_so_and_falls_back() -> None:
    both = {"nl": Words("Nieuws", "Tekst"), "en": Words("News", "Words")}
    only = {"nl": Words("Nieuws", "Tekst"), "en": Words("", "")}
    assert read(both, "en", FRAME).subject == "News"
    fallen = read(only, "en", FRAME)
    assert (fallen.subject, fallen.language) == ("Nieuws", "nl")
    assert fallen.text.startswith("This issue is available in Dutch only.\n\nTekst")
    assert '<html lang="nl">' in fallen.html
    assert '<p lang="en"' in fallen.html
    assert "Unsubscribe: " in fallen.text


def test_the_text_keeps_the_shape_of_lists_and_quotations() -> None:
    text = markdown.to_text(markdown.read(BODY), "Afbeelding")
    assert "- Een dag (https://example.org/dag?a=1&b=2)\n- twee\n  met een tweede regel" in text
    assert "\n\n3. drie\n4. vier\n   - diep\n\n> Een citaat\n> met code" in text
    assert "Groot\n=====\n\nAgenda\n------\n\n- " in text
