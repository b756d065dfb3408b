"""Telephone numbers, postcodes and bank accounts."""

import pytest

from server.people import contact


@pytest.mark.parametrize(
    ("written", "kept", "words"),
    [
        ("06-12345678", "+31612345678", "06 12345678"),
        ("0031 6 1234 5678", "+31612345678", "06 12345678"),
        ("(020) 551 93 33", "+31205519333", "020 551 9333"),
        ("+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
    ],
)
def test_a_telephone_number_is_kept_one_way_and_read_another(
    written: str, kept: str, words: str
) -> None:
    assert contact.phone(written) == kept
    assert contact.phone_in_words(kept) == words


@pytest.mark.parametrize("written", ["12", "06-1234", "abc", "+999 12345678"])
def test_what_cannot_be_dialled_is_no_telephone_number(written: str) -> None:
    assert contact.phone(written) is None


def test_no_number_is_fine() -> None:
    assert contact.phone("  ") == ""
    assert contact.phone_in_words("later") == "later"


@pytest.mark.parametrize(
    ("written", "kept"),
    [("1234ab", "1234 AB"), (" 1011  fi ", "1011 FI"), ("9999 OQ", "9999 OQ"), ("", "")],
)
def test_a_postcode_has_one_form_and_any_letters(written: str, kept: str) -> None:
    assert contact.postcode(written) == kept


@pytest.mark.parametrize(
    "written", ["0123 AB", "1234 SA", "1234 SD", "1234 SS", "1234", "12345 AB"]
)
def test_what_was_never_issued_is_no_postcode(written: str) -> None:
    assert contact.postcode(written) is None
    assert contact.postcode(written, "BE") == written


def test_an_iban_has_right_check_digits() -> None:
    assert contact.iban("NL91 ABNA 0417 1643 00") == "NL91ABNA0417164300"
    assert contact.iban("NL92 ABNA 0417 1643 00") is None
    assert contact.iban("") is None
