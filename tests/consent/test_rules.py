"""Consent rules: what the newest answer means, and who may say yes after a no."""

import pytest

from server.consent import rules
from server.consent.rules import OnlyThePerson
from tables.consent import ConsentAction as A


@pytest.mark.parametrize("action", list(A))
def test_given_confirmed_and_imported_are_a_yes(action: A) -> None:
    assert rules.is_yes(action) is (action in {A.given, A.confirmed, A.imported})


def test_no_answer_is_no_consent() -> None:
    assert rules.is_yes(None) is False


@pytest.mark.parametrize("newest", [None, *A])
@pytest.mark.parametrize("action", list(A))
@pytest.mark.parametrize("by_the_person", [True, False])
def test_every_answer_after_every_other(newest: A | None, action: A, by_the_person: bool) -> None:
    said_no = newest in {A.withdrawn, A.objected}
    own_yes = by_the_person and action in {A.given, A.confirmed}

    if said_no and action in {A.given, A.confirmed, A.imported} and not own_yes:
        with pytest.raises(OnlyThePerson):
            rules.check(newest, action, by_the_person=by_the_person)
    else:
        rules.check(newest, action, by_the_person=by_the_person)
