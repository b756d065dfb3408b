"""What each office may see and change is one table, and holds nothing that nobody may do."""

import pytest

from emails.letters.fees import AboutFee
from server.rights import (
    CHANGE,
    LETTERS,
    OFFICES,
    RIGHTS,
    SEE,
    Area,
    letters_kept_from,
    may_change,
    may_read_why,
    may_see,
)


def test_every_area_has_its_offices() -> None:
    assert set(RIGHTS) == set(Area)
    for offices in RIGHTS.values():
        assert set(offices) <= set(OFFICES)
        assert set(offices.values()) <= {SEE, CHANGE}


@pytest.mark.parametrize("area", Area)
def test_somebody_can_change_every_area_but_the_audit_trail(area: Area) -> None:
    assert may_change(OFFICES, area) is (area != Area.audit)


def test_money_is_the_treasurers_and_not_the_secretarys() -> None:
    assert may_change({"treasurer"}, Area.money)
    assert not may_see({"secretary", "board", "editor", "accreditor"}, Area.money)


def test_letters_about_fees_are_about_money() -> None:
    kinds = [one.kind() for one in AboutFee.__subclasses__()]

    assert {kind: Area.money for kind in kinds} == LETTERS
    assert letters_kept_from({"secretary"}) == [*LETTERS]
    assert letters_kept_from({"secretary", "chair"}) == []


def test_why_is_read_by_who_may_read_all_that_changed() -> None:
    assert may_read_why({"secretary"}, "membership_type", ["name_nl"])
    assert not may_read_why({"secretary"}, "membership_type", ["name_nl", "fee_cents"])
    assert not may_read_why({"secretary"}, "fee", [])
    assert may_read_why({"treasurer"}, "fee", ["note"])


def test_two_offices_add_up_and_no_office_opens_nothing() -> None:
    assert may_change({"treasurer", "editor"}, Area.newsletters)
    assert not any(may_see({"check_in"}, area) or may_see((), area) for area in Area)


def test_the_system_may_do_anything() -> None:
    assert all(may_change({"system"}, area) for area in Area)
