"""Every letter is complete in both languages and says the same twice."""

import re
from dataclasses import fields
from html.parser import HTMLParser

import pytest
from jinja2 import Environment, meta

from emails import blocks, gallery, plain, rendering
from emails.rendering import FOLDER, FRAME, Rendered

LETTERS = gallery.all_letters()
LANGUAGES = ("nl", "en")
CATEGORIES = {"service", "news", "group", "research"}
OF_THE_FRAME = {"name", "language", "subject", "greeting"}

each = pytest.mark.parametrize("kind", LETTERS)
in_both = pytest.mark.parametrize("language", LANGUAGES)


class Seen(HTMLParser):
    """What somebody sees of an HTML letter, below its head and the name of the house."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("title", "style") or given.get("class") == "house":
            self.unseen = tag
        if tag == "a":
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.unseen:
            self.unseen = ""

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.texts.append(data)


def seen(html: str) -> Seen:
    parser = Seen()
    parser.feed(html)
    return parser


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def sample(kind: str, language: str) -> Rendered:
    letter = LETTERS[kind].sample()
    values = rendering.values_of(letter, "Anna de Vries")
    return rendering.render(kind, language, values, letter.category)


@each
@in_both
def test_text_and_html_say_the_same_words(kind: str, language: str) -> None:
    rendered = sample(kind, language)

    assert words(rendered.text) == words(" ".join(seen(rendered.html).texts))


@each
@in_both
def test_every_link_is_absolute_and_stands_in_the_text(kind: str, language: str) -> None:
    rendered = sample(kind, language)

    assert seen(rendered.html).links == blocks.URL.findall(rendered.text)


@each
@in_both
def test_nothing_is_left_to_fill_in(kind: str, language: str) -> None:
    rendered = sample(kind, language)

    left = r"[{}]|\bNone\b|\bundefined\b|localhost|\n\n\n|  |[ \t]\n"
    assert re.findall(left, rendered.subject + rendered.text.replace("-- \n", "")) == []


@each
@in_both
def test_the_subject_is_one_line_that_fits(kind: str, language: str) -> None:
    subject = sample(kind, language).subject

    assert subject == plain.one_line(subject)
    assert 0 < len(subject) < plain.SUBJECT_AT_MOST
    assert not subject.endswith("…")


@each
def test_a_letter_uses_exactly_what_it_declares(kind: str) -> None:
    declared = {field.name for field in fields(LETTERS[kind])}
    used: set[str] = set()
    for language in LANGUAGES:
        source = (FOLDER / kind / f"{language}.txt").read_text()
        used |= meta.find_undeclared_variables(Environment().parse(source))

    assert used == declared


@each
def test_a_letter_leaves_the_names_of_the_frame_alone(kind: str) -> None:
    letter = LETTERS[kind]

    assert {field.name for field in fields(letter)} & OF_THE_FRAME == set()
    assert set(letter.paragraphs) <= {field.name for field in fields(letter)}
    assert letter.category in CATEGORIES


def test_every_folder_belongs_to_a_letter() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/*.txt")}

    assert folders - {FRAME} == set(LETTERS)


def test_both_languages_have_the_same_files() -> None:
    files = [{p.parent.name for p in FOLDER.glob(f"*/{language}.txt")} for language in LANGUAGES]

    assert files[0] == files[1]


def test_every_letter_says_when_it_is_sent() -> None:
    silent = [kind for kind, letter in LETTERS.items() if "ent " not in (letter.__doc__ or "")]

    assert silent == []
