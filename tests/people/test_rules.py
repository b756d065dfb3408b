"""Names and addresses, without a database."""

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people import rules
from server.people.rules import Name

SLUIS = Name("Sluis", initials="N.C.", first_name="Noor", prefix="van der", form_of_address="madam")
JONGSMA = Name(
    "Sluis",
    initials="N.C.",
    prefix="van der",
    partner_surname="Jongsma",
    name_use="partner_own",
    form_of_address="madam",
)
HART = Name("Hart", initials="P.", prefix="'t", form_of_address="sir")
LANOTTE = Name("Lanotte", initials="J.", prefix="Van de", name_country="BE")
BERG = Name("Berg", first_name="Anna", initials="A.", prefix="van der")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (SLUIS, "N.C. van der Sluis"),
        (JONGSMA, "N.C. Jongsma-van der Sluis"),
        (HART, "P. 't Hart"),
        (Name("Ancona", initials="H.", prefix="d'"), "H. d'Ancona"),
        (Name("Yılmaz", first_name="Elif"), "Elif Yılmaz"),
        (Name("Plato"), "Plato"),
        (Name("Vos", initials="A.", partner_surname="Bos", name_use="partner"), "A. Bos"),
        (Name("Vos", initials="A.", partner_surname="Bos", name_use="own_partner"), "A. Vos-Bos"),
        (Name("Vos", initials="A.", partner_surname="Bos"), "A. Vos"),
    ],
)
def test_name_is_shown_as_its_owner_uses_it(name: Name, shown: str) -> None:
    assert rules.display_name(name) == shown


@pytest.mark.parametrize(
    ("name", "formal", "envelope"),
    [
        (SLUIS, "mevrouw Van der Sluis", "Mevrouw N.C. van der Sluis"),
        (JONGSMA, "mevrouw Jongsma-van der Sluis", "Mevrouw N.C. Jongsma-van der Sluis"),
        (HART, "de heer 't Hart", "De heer P. 't Hart"),
        (BERG, "A. van der Berg", "A. van der Berg"),
    ],
)
def test_name_in_a_letter(name: Name, formal: str, envelope: str) -> None:
    assert (rules.formal_name(name), rules.envelope_name(name)) == (formal, envelope)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (SLUIS, "sluis n c van der"),
        (JONGSMA, "jongsma van der sluis n c"),
        (HART, "hart p t"),
        (LANOTTE, "van de lanotte j"),
        (Name("Łuczak", initials="Ø."), "luczak o"),
        (Name("Ĳzerman", initials="ß"), "ijzerman ss"),
    ],
)
def test_name_sorts_at_its_core(name: Name, key: str) -> None:
    assert rules.sort_key(name) == key


def test_prefix_is_not_what_decides_the_order() -> None:
    names = [Name("Vos"), SLUIS, LANOTTE, BERG]

    ordered = sorted(names, key=rules.sort_key)

    assert [rules.full_surname(name) for name in ordered] == [
        "van der Berg",
        "van der Sluis",
        "Van de Lanotte",
        "Vos",
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "vd berg",
        "v.d. Berg",
        "v.d.Berg",
        "v/d berg",
        "V. D. Berg",
        "vanderberg",
        "VAN DER BERG",
        "berg",
        "anna van der berg",
        "bérg",
        "anna@",
    ],
)
def test_search_finds_van_der_berg(asked: str) -> None:
    key = rules.search_key(BERG, "Anna@Example.org")

    assert found(asked, key)


@pytest.mark.parametrize(
    "asked", ["van den berg", "vandenberg", "bergen", "v d bergh", "p. vd berg", "na vd berg"]
)
def test_search_does_not_find_somebody_else(asked: str) -> None:
    assert not found(asked, rules.search_key(BERG, "anna@example.org"))


@pytest.mark.parametrize(
    "asked",
    ["J. vd Berg", "j vd berg", "Jan v.d. Berg", "Jan Berg", "Berg, van den", "berg j", "van den"],
)
def test_search_finds_words_in_any_order(asked: str) -> None:
    key = rules.search_key(Name("Berg", prefix="van den", initials="J.", first_name="Jan"))

    assert found(asked, key)


def test_search_finds_a_name_that_is_no_longer_used() -> None:
    key = rules.search_key(
        Name("Sluis", prefix="van der", partner_surname="Bos", name_use="partner")
    )

    assert [found(asked, key) for asked in ("bos", "vd sluis")] == [True] * 2


def test_wildcards_are_looked_for_as_they_are() -> None:
    assert rules.search_patterns("a_b%@x") == [r"%a\_b\%@x%"]


def test_envelope_carries_the_titles() -> None:
    sir = Name("Berg", prefix="van den", initials="J.", form_of_address="sir")

    assert rules.envelope_name(sir, ["dr."], ["MSc"]) == "De heer dr. J. van den Berg MSc"
    assert rules.envelope_name(Name("Berg", initials="J."), ["drs."]) == "Drs. J. Berg"
    assert rules.titles(" prof.  dr.;LL.M., ") == ["prof.", "dr.", "LL.M."]


def test_nothing_asked_narrows_nothing() -> None:
    assert [rules.search_patterns(asked) for asked in ("", " . ")] == [[], []]


def found(asked: str, key: str) -> bool:
    return all(
        fnmatch.fnmatchcase(key, pattern.replace("\\", "").replace("%", "*"))
        for pattern in rules.search_patterns(asked)
    )


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    once = rules.fold(text)

    assert rules.fold(once) == once


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ĳsselmeer", "ijsselmeer"),
        ("Œuvre", "oeuvre"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Çelik", "celik"),
        ("IŞIK", "isik"),
        ("Ørsted", "orsted"),
        ("Ærø", "aero"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert rules.fold(text) == folded


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Anna van der Berg", Name("Berg", first_name="Anna", prefix="van der")),
        ("A.B. de Vries", Name("Vries", initials="A.B.", prefix="de")),
        ("Anna Maria de Jong", Name("Jong", first_name="Anna Maria", prefix="de")),
        ("Elif Yılmaz", Name("Yılmaz", first_name="Elif")),
        ("Plato", Name("Plato")),
        ("Jan 't Hart", Name("Hart", first_name="Jan", prefix="'t")),
        ("", Name("")),
    ],
)
def test_stranger_types_one_line(typed: str, name: Name) -> None:
    assert rules.name_from(typed) == name


def test_prefix_is_lower_case_but_not_in_belgium() -> None:
    dutch = rules.tidied(Name(" Berg ", prefix="Van  Der", initials="A. B."))
    belgian = rules.tidied(LANOTTE)

    assert (dutch, belgian) == (Name("Berg", prefix="van der", initials="A. B."), LANOTTE)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (" Anna@Example.ORG ", "anna@example.org"),
        ("a@bücher.example.org", "a@xn--bcher-kva.example.org"),
        ("Jose\u0301@example.org", "josé@example.org"),
        ("a.b+c@gmail.com", "a.b+c@gmail.com"),
        ("a@" + "x" * 64 + ".nl", "a@" + "x" * 64 + ".nl"),
    ],
)
def test_address_as_a_key(address: str, key: str) -> None:
    assert rules.email_key(address) == key


@given(st.text())
def test_key_of_a_key_is_the_key(text: str) -> None:
    once = rules.email_key(f"{text}@Example.org")

    assert rules.email_key(once) == once


@pytest.mark.parametrize(
    ("address", "is_valid"),
    [("anna@example.org", True), ("a@bücher.example.org", True), (None, False), ("", False)]
    + [(bad, False) for bad in ("anna", "a@b", "a@b.nl, c@d.nl", "a@b.nl\nc@d.nl", "A <a@b.nl>")],
)
def test_exactly_one_address(address: str | None, is_valid: bool) -> None:
    assert rules.valid_email(address) is is_valid
