"""Everything in the admin has a name in both languages."""

import re

import pytest

from server import admin, language
from server.web.admin_kit import names
from tests.admin.conftest import DESKS as SAMPLES

DESKS = [*admin.DESKS, *SAMPLES]
NEVER = {"session", "sign_in_link", "role_grant", "rate_limit", "feed_state"}


@pytest.mark.parametrize("said", language.LANGUAGES)
def test_every_table_column_and_choice_has_a_name(said: str) -> None:
    missing = []
    for desk in DESKS:
        try:
            names.table(said, desk.name)
            names.group(said, desk.group)
        except language.UnknownMessage as unknown:
            missing.append(str(unknown))
        for name in desk.shown:
            try:
                names.column(said, desk, name)
                names.choices(said, desk.column(name))
            except language.UnknownMessage as unknown:
                missing.append(str(unknown))

    assert missing == []


@pytest.mark.parametrize("said", language.LANGUAGES)
def test_names_of_tables_can_stand_in_addresses(said: str) -> None:
    addresses = [names.address(said, desk.name) for desk in DESKS]

    assert [a for a in addresses if not re.fullmatch("[a-z_]+", a)] == []


def test_no_two_tables_share_an_address() -> None:
    taken: dict[str, str] = {}
    for desk in admin.DESKS:
        for address in {desk.name, *(names.address(said, desk.name) for said in ("nl", "en"))}:
            assert taken.setdefault(address, desk.name) == desk.name


def test_secrets_have_no_desk() -> None:
    assert NEVER & {desk.name for desk in admin.DESKS} == set()
