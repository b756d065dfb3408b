"""Numbers of registers: fit, doubtful, or wrong with a proposal. Nothing is changed silently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.people import registers
from server.people.registers import Checked, check, looks_like_bsn


@pytest.mark.parametrize("number", ["09012345625", "99012345616", "19012345631"])
def test_eleven_digits_are_a_big_number(number: str) -> None:
    assert check("BIG", number) == Checked(number)


@pytest.mark.parametrize(
    ("written", "proposal"),
    [
        ("9012345625", "09012345625"),  # a spreadsheet took the zero
        ("090 123 456 25", "09012345625"),
        ("0901234562", "00901234562"),
        ("0.90123456-25", "09012345625"),
        ("090123456251", None),
        ("09O12345625", None),
        ("٠٩٠١٢٣٤٥٦٢٥", None),
    ],
)
def test_a_big_number_that_is_not_one_is_proposed_never_changed(
    written: str, proposal: str | None
) -> None:
    assert check("BIG", written) == Checked(written, "people.number.big", proposal=proposal)


@pytest.mark.parametrize(
    ("number", "title", "warning"),
    [
        ("09012345625", "gz_psychologist", None),
        ("09012345625", "clinical_psychologist", None),
        ("09012345616", "psychotherapist", None),
        ("09012345616", "gz_psychologist", "people.number.big_title"),
        ("09012345631", "psychotherapist", "people.number.big_title"),
        ("09012345699", "psychotherapist", None),
        ("09012345616", "", None),
    ],
)
def test_the_profession_in_a_big_number_may_raise_a_doubt(
    number: str, title: str, warning: str | None
) -> None:
    assert check("BIG", number, title) == Checked(number, warning=warning)


@pytest.mark.parametrize(
    ("written", "proposal"),
    [("123456", "NIP-00123456"), ("nip 123456", "NIP-00123456"), ("NIP-123456789", None)],
)
def test_a_nip_number_is_proposed_in_its_form(written: str, proposal: str | None) -> None:
    assert check("NIP", "NIP-00123456") == Checked("NIP-00123456")
    assert check("NIP", written) == Checked(written, "people.number.nip", proposal=proposal)


def test_an_agb_code_has_eight_digits() -> None:
    assert check("AGB", "94012345") == Checked("94012345")
    assert check("AGB", "4012345").proposal == "04012345"
    assert check("AGB", "x").problem == "people.number.agb"


@pytest.mark.parametrize(
    "bsn",
    [
        *("111222333", "123456782", "111.222.333", "BSN 111222333", "bsn111222333"),
        *("nr. 111 22 2333 (sofi)", "１１１２２２３３３"),
    ],
)
def test_a_citizen_service_number_is_refused_with_the_reason(bsn: str) -> None:
    assert looks_like_bsn(bsn)
    assert check("BIG", bsn).problem == "people.number.bsn"
    assert check("VGCt", bsn).problem == "people.number.bsn"
    if not bsn.isdecimal():
        assert check("VEN", f"nr {bsn}").problem == "people.number.bsn"


def test_registers_with_nine_digits_of_their_own_take_bare_ones() -> None:
    assert check("SKJ", "111222333") == Checked("111222333")
    assert check("SKJ", "BSN 111222333").problem == "people.number.bsn"
    assert not looks_like_bsn("0111222333")  # ten in a row are something else


def test_other_registers_take_any_decent_number() -> None:
    assert check("VGCt", "V-2012/14") == Checked("V-2012/14")
    assert check("VGCt", "x" * 60).problem == "people.number.form"
    assert check("VGCt", "  ").problem == "people.number.empty"


@given(st.text(max_size=60), st.sampled_from(registers.REGISTERS))
def test_a_proposal_is_itself_fit(text: str, register: str) -> None:
    found = check(register, text)

    assert found.number == text.strip()
    if found.proposal is not None:
        assert check(register, found.proposal).problem in (None, "people.number.bsn")
