"""What of a profile is shown, and protected titles without a number."""

import pytest

from server.directory.rules import unproved_titles

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
