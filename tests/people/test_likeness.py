"""What two people share, in points and words: without a database."""

import random

import pytest

from server.people.likeness import ENOUGH, Facts, compare, facts, pairs


def one(person_id: int, **values: object) -> Facts:
    numbers = values.pop("numbers", ())
    row = {
        **dict.fromkeys(("initials", "first_name", "surname", "partner_surname", "email_key"), ""),
        **dict.fromkeys(("phone", "postcode", "city"), ""),
    }
    return facts({**row, "id": person_id, **values}, numbers)  # type: ignore[arg-type]


ANNA = {"initials": "A.", "surname": "van der Berg", "postcode": "8011 AB", "city": "Zwolle"}


@pytest.mark.parametrize(
    ("other", "reasons", "is_enough"),
    [
        ({"initials": "A.", "surname": "Van der Berg", "postcode": "8011 AB"},
         "name postcode", True),
        ({"initials": "A.", "surname": "Van der Berg"}, "name", False),
        ({"initials": "A.", "prefix": "van der", "surname": "Berg"}, "name", False),
        ({"initials": "B.", "surname": "van der Berg", "postcode": "8011 AB"}, "postcode", False),
        ({"initials": "A.", "surname": "Smit", "partner_surname": "van der Berg", "city": "Zwolle",
          "postcode": "8011 AB"}, "name postcode city", True),
        ({"initials": "A.", "surname": "van der Bergh", "postcode": "8011 AB", "city": "zwolle"},
         "postcode similar_name city", True),
        ({"initials": "C.", "surname": "Vos"}, "", False),
    ],
)  # fmt: skip
def test_what_two_people_share(other: dict[str, str], reasons: str, is_enough: bool) -> None:
    found = compare(one(1, **ANNA), one(2, **other))

    assert (list(found.reasons), found.score >= ENOUGH) == (reasons.split(), is_enough)


def test_number_is_enough_by_itself_and_a_common_mailbox_is_nothing() -> None:
    number = {("BIG", "09912345625")}
    shared = compare(one(1, surname="A", numbers=number), one(2, surname="B", numbers=number))
    common = compare(
        one(1, surname="A", email_key="info@a.nl"), one(2, surname="B", email_key="info@b.nl")
    )
    own = compare(
        one(1, surname="A", email_key="zijlstra@a.nl"),
        one(2, surname="B", email_key="zijlstra@b.nl"),
    )

    assert (shared.reasons, shared.score >= ENOUGH) == (("number",), True)
    assert (common.reasons, own.reasons) == ((), ("mailbox",))


@pytest.mark.parametrize(
    "shared",
    [
        {"surname": "van der Berg", "postcode": "8011 AB"},
        {"surname": "van der Bergh", "postcode": "8011 AB", "city": "Zwolle"},
        {"surname": "van der Berg", "first_name": "Anna"},
    ],
)
def test_who_has_no_initials_is_compared_too(shared: dict[str, str]) -> None:
    known = one(1, **{**ANNA, "first_name": "Anna"})
    other = one(2, **shared)

    found = pairs([known, other])

    assert [(pair.first, pair.second) for pair in found] == [(1, 2)]


def test_order_of_the_two_makes_no_difference() -> None:
    a, b = one(1, **ANNA), one(2, **{**ANNA, "initials": "A.B."})

    assert compare(a, b) == compare(b, a)


def test_twins_are_found_among_twenty_thousand_people() -> None:
    chance = random.Random(3)
    surnames = [f"{chance.choice('bdghjkmnprstvw')}{n:04d}aar" for n in range(4000)]
    everybody = [
        one(
            n,
            initials=chance.choice("ABCDEFGHIJ"),
            surname=chance.choice(surnames),
            postcode=f"{chance.randint(1000, 9999)} {chance.choice('ABCDE')}X",
            phone=f"+316{chance.randint(10_000_000, 99_999_999)}",
            email_key=f"naam{n}@bench.example",
        )
        for n in range(20_000)
    ]
    twins = [one(100_000 + n, **{k: getattr(everybody[n], k) for k in ("phone", "postcode")},
                 initials=everybody[n].initial, surname=next(iter(everybody[n].surnames)))
             for n in range(0, 20_000, 500)]  # fmt: skip

    found = {(pair.first, pair.second) for pair in pairs([*everybody, *twins])}

    assert found >= {(n, 100_000 + n) for n in range(0, 20_000, 500)}
    assert len(found) < 100
