"""The documents say what is so."""

import re
from pathlib import Path

from server import language
from server.cli import lists
from tables.piccolo_app import APP_CONFIG

ROOT = Path(__file__).parents[2]
README_AT_MOST = 150


def settings_of(document: str) -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", document, re.MULTILINE))


def test_every_setting_is_explained_and_in_the_readme() -> None:
    example = settings_of((ROOT / ".env.example").read_text())
    read = set(
        re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', (ROOT / "server/settings/loading.py").read_text())
    )
    readme = (ROOT / "README.md").read_text()

    assert {name.removesuffix("_FILE") for name in read} - {"CI"} == example
    assert [name for name in sorted(example) if f"`{name}`" not in readme] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < README_AT_MOST


def test_the_machines_are_drawn_as_they_are() -> None:
    assert (ROOT / lists.STATES).read_text() == lists.states_document(), "run: make states"


def test_every_state_is_among_the_words() -> None:
    words = (ROOT / "docs/words.md").read_text()
    missing = []
    for table in APP_CONFIG.table_classes:
        column = next((c for c in table._meta.columns if c._meta.name == "state"), None)
        if column is None or column._meta.choices is None:
            continue
        name = str(table._meta.tablename)
        for choice in column._meta.choices:
            key = f"states.{name}.{choice.value}"
            row = [name, choice.value, language.text("nl", key), language.text("en", key)]
            if f"| {' | '.join(row)} |" not in words:
                missing.append(key)

    assert missing == []


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        (path.name, target)
        for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text())
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_decisions_that_code_names_exist() -> None:
    numbers = {path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")}
    named = {
        number
        for path in (ROOT / "server").rglob("*.py")
        for number in re.findall(r"[Dd]ecision (\d{4})", path.read_text())
    }

    assert named - numbers == set()


def test_every_test_that_the_security_list_names_exists() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"\| ([a-z_/]+\.py)::(test_\w+) \|", text)
    lost = [
        f"{file}::{name}"
        for file, name in named
        if not re.search(rf"def {name}\(", (ROOT / "tests" / file).read_text())
    ]

    assert len(named) > 50
    assert lost == []
