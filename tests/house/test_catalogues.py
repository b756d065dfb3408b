"""Both languages are complete, agree on what they fill in, and hold every key that is asked for."""

import re
import string
from pathlib import Path

import pytest

from server import language
from tables import piccolo_app

SERVER = Path(language.__file__).parent
STEMS = "|".join(path.stem for path in (language.FOLDER / "nl").glob("*.po"))
# Asked for with `t`, or handed to a macro that does; a name of a file is none.
ASKED = re.compile(rf"""'((?:{STEMS})(?:\.[a-z_0-9]+)+)(?<!\.js)'(?! ~)""")
IN_CODE = re.compile(
    r'"([a-z_]+\.(?:field|hint|notice|invalid|refusal|error|column)\.[a-z_.0-9]+)"'
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_messages() -> None:
    assert set(language.catalogue("nl")) == set(language.catalogue("en"))


def test_translations_fill_in_the_same_values() -> None:
    dutch, english = language.catalogue("nl"), language.catalogue("en")
    odd = [
        key
        for key in dutch
        if set().union(*map(fields, dutch[key])) != set().union(*map(fields, english[key]))
    ]

    assert odd == []


@pytest.mark.parametrize("said", language.LANGUAGES)
def test_no_message_is_empty(said: str) -> None:
    empty = [key for key, forms in language.catalogue(said).items() if not all(forms)]

    assert empty == []


@pytest.mark.parametrize("said", language.LANGUAGES)
def test_a_key_begins_with_the_name_of_its_file(said: str) -> None:
    misplaced = [
        (path.stem, key)
        for path in (language.FOLDER / said).glob("*.po")
        for key in re.findall(r'^msgid "(.+)"$', path.read_text(), re.MULTILINE)
        if key.partition(".")[0] != path.stem
    ]

    assert misplaced == []


def test_every_key_that_templates_ask_for_exists() -> None:
    asked = {
        (path.name, key)
        for path in (SERVER / "templates").rglob("*.html")
        for key in ASKED.findall(path.read_text())
    }

    assert [(name, key) for name, key in sorted(asked) if not language.knows(key)] == []


def test_every_key_that_code_names_exists() -> None:
    named = {
        (path.name, key)
        for path in SERVER.rglob("*.py")
        for key in IN_CODE.findall(path.read_text())
    }

    assert [(name, key) for name, key in sorted(named) if not language.knows(key)] == []


def test_every_state_of_every_table_has_a_word() -> None:
    missing = []
    for table in piccolo_app.APP_CONFIG.table_classes:
        column = next((c for c in table._meta.columns if c._meta.name == "state"), None)
        if column is not None and column._meta.choices is not None:
            name = table._meta.tablename
            keys = [f"states.{name}.{choice.value}" for choice in column._meta.choices]
            missing += [key for key in keys if not language.knows(key)]

    assert missing == []
