"""Every letter is complete in both languages and says the same twice."""

import re
from dataclasses import asdict, fields
from html import unescape
from pathlib import Path

import pytest
from jinja2 import Environment, meta

from emails import gallery, rendering

LETTERS = gallery.all_letters()
SUBJECT_AT_MOST = 78


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_reads_well(kind: str, language: str) -> None:
    letter = LETTERS[kind].sample()
    values = {**asdict(letter), "name": "Anna de Vries"}

    rendered = rendering.render(kind, language, values, letter.category)

    assert 0 < len(rendered.subject) <= SUBJECT_AT_MOST
    assert not re.search(r"[{}]|None|\bundefined\b", rendered.text)
    assert words(rendered.text) <= words(plain(rendered.html))
    for url in rendering.URL.findall(rendered.text):
        assert f'href="{url}"' in rendered.html


def words(text: str) -> set[str]:
    return set(re.findall(r"\w[\w’'-]+", text))


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_uses_exactly_what_it_declares(kind: str) -> None:
    declared = {field.name for field in fields(LETTERS[kind])}
    used: set[str] = set()
    for language in ("nl", "en"):
        source = (rendering.FOLDER / kind / f"{language}.txt").read_text()
        used |= meta.find_undeclared_variables(Environment().parse(source))

    assert used - {"name"} == declared


def test_every_folder_belongs_to_a_letter() -> None:
    folders = {p.parent.name for p in Path(rendering.FOLDER).glob("*/nl.txt")}

    assert folders == set(LETTERS)


def test_every_letter_says_when_it_is_sent() -> None:
    silent = [kind for kind, letter in LETTERS.items() if "ent " not in (letter.__doc__ or "")]

    assert silent == []
