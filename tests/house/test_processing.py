"""Every table and column says why it is kept; whatever points at a person is found and erased."""

import pytest
from piccolo.columns import JSONB, Text, Varchar

from server import language, references
from server.database import execute
from server.privacy import paper, register
from server.web.admin_kit import names
from tables.piccolo_app import APP_CONFIG
from tables.processing import COMMON, PROCESSING, Erasing, Ground, Sensitivity

TABLES = {str(table._meta.tablename): table for table in APP_CONFIG.table_classes}
NOT_THEIRS = {"verified_by", "decided_by", "approved_by"}  # who of the board did it


def test_every_table_and_every_column_is_in_the_processing_register() -> None:
    wrong = []
    assert set(PROCESSING) == set(TABLES)
    for name, table in TABLES.items():
        columns = {str(column._meta.name) for column in table._meta.columns} - COMMON
        said = PROCESSING[name].columns()
        wrong += [f"{name}.{column}" for column in columns ^ set(said)]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(PROCESSING))
def test_what_is_kept_of_people_has_a_ground_and_an_end(name: str) -> None:
    one = PROCESSING[name]
    kinds = set(one.columns().values())
    is_about_people = bool(kinds & {Sensitivity.personal, Sensitivity.sensitive})

    assert is_about_people <= bool(one.subject)
    assert (one.ground == Ground.nobody) <= (not is_about_people)
    assert bool(one.subject) == (one.erasing != Erasing.nothing)
    assert set(one.blanks) <= set(one.columns())
    secret = {str(c._meta.name) for c in TABLES[name]._meta.columns if c._meta.secret}
    assert {column for column in secret if one.columns()[column] != Sensitivity.secret} == set()


@pytest.mark.parametrize("said", language.LANGUAGES)
def test_what_is_handed_out_is_in_words(said: str) -> None:
    for name in (n for n, one in PROCESSING.items() if one.subject):
        for column in register.about_people(name):
            assert paper.label(column, said)
            assert names.choices(said, register.TABLES[name][column]) != {}


# What is kept as it was; the plan and the register page say so, with the ground.
STAYS = {"bank_account", "invoice", "role_grant", "group_membership", "registration_line"}
KEPT_WORDS = {
    "person": {"province", "country", "language"},
    "proposal": {"title", "abstract", "format", "topics", "language"},  # talks.forgetting
}


@pytest.mark.parametrize("name", sorted(n for n, p in PROCESSING.items() if p.subject))
def test_what_erasure_leaves_alone_is_named(name: str) -> None:
    one = PROCESSING[name]
    assert (one.erasing == Erasing.keep) == (name in STAYS)
    if one.erasing == Erasing.blank and one.blanks:
        texts = {
            str(column._meta.name)
            for column in TABLES[name]._meta.columns
            if isinstance(column, (Varchar, Text, JSONB)) and column._meta.choices is None
        }
        said = {c for c, kind in one.columns().items() if kind != Sensitivity.plain}
        assert texts & said <= set(one.blanks) | KEPT_WORDS.get(name, set())


@pytest.mark.anyio
async def test_whatever_points_at_a_person_has_a_subject(db: None) -> None:
    pointing = {
        one.table
        for one in await references.to("person")
        if one.column not in NOT_THEIRS and one.table != "person"
    }

    assert {table for table in pointing if not PROCESSING[table].subject} == set()
    for one in PROCESSING.values():
        if one.subject:
            name = next(n for n, p in PROCESSING.items() if p is one)
            await execute(f'SELECT 1 FROM "{name}" t WHERE {one.subject}', [1])
