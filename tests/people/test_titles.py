"""Protected titles need their number, in a text and in a name."""

import pytest

from server.people.rules import Name
from server.people.titles import in_name, unproved_titles

PSYCHOLOGIST, CLINICAL = "gz_psychologist", "clinical_psychologist"


@pytest.mark.parametrize(
    ("text", "verified", "found"),
    [
        ("Psycholoog bij chronische pijn", (), []),
        ("GZ-psycholoog in Utrecht", (), [PSYCHOLOGIST]),
        ("gz–psycholoog", (PSYCHOLOGIST,), []),
        ("Ik ben klinisch psycholoog.", (PSYCHOLOGIST,), [CLINICAL]),
        ("Klinisch  Psycholoog en GZ-psycholoog", (CLINICAL,), []),
        ("PSYCHOTHERAPEUT", (), ["psychotherapist"]),
        ("Opgeleid als psychotherapeutisch werker", (), []),
        ("Wij zijn psychotherapeuten", (), ["psychotherapist"]),
        ("gezondheidszorg-psycholoog", (), [PSYCHOLOGIST]),
        ("GZpsycholoog, G.Z.-psycholoog", (), [PSYCHOLOGIST]),
        ("gz-psy\u00adcholoog", (), [PSYCHOLOGIST]),
        ("g\u200bz psycholoog", (), [PSYCHOLOGIST]),
        ("klinische psycholoog", (), [CLINICAL]),
        ("klinisch (neuro)psycholoog", (), ["clinical_neuropsychologist"]),
        ("team van klinisch psychologen", (), [CLINICAL]),
        ("Klinische psychologie gestudeerd", (), []),
        ("gz-psychologie en psychotherapie", (), []),
        ("", (), []),
    ],
)
def test_a_protected_title_needs_its_verified_number(
    text: str, verified: tuple[str, ...], found: list[str]
) -> None:
    assert unproved_titles(text, verified) == found


@pytest.mark.parametrize(
    ("name", "verified", "found"),
    [
        (Name("Berg", "A."), (), []),
        (Name("Berg", "Klinisch psycholoog A."), (), ["initials"]),
        (Name("Berg, GZ-psycholoog", "A."), (), ["surname"]),
        (Name("Berg", "A.", first_name="psychotherapeut Anna"), (), ["first_name"]),
        (Name("psycholoog", "GZ-"), (), ["surname"]),
        (Name("Berg, GZ-psycholoog", "A."), (PSYCHOLOGIST,), []),
    ],
)
def test_a_name_is_no_way_round(name: Name, verified: tuple[str, ...], found: list[str]) -> None:
    assert in_name(name, verified) == dict.fromkeys(found, "people.field.title_in_name")
