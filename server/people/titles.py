"""Titles that the law or a register protects, in what people write of themselves. Pure."""

import re
from collections.abc import Mapping, Sequence

from server.people.rules import Name, display_name, fold

IN_NAME = ("initials", "first_name", "prefix", "surname", "partner_prefix", "partner_surname")
BESIDE_NAME = ("titles_before", "titles_after")
# Titles that the law or a register keeps for those who stand in it (Wet BIG art. 3 and 17; NIP).
# Looked for among the letters and digits of a text; "psychologie" is a field and no title.
PROTECTED = {
    code: re.compile(pattern)
    for code, pattern in {
        "gz_psychologist": r"(?:gz|gezondheidszorg)psycholo(?:og|gen?(?!ie))"
        r"|healthcarepsychologist",
        "psychotherapist": r"psychotherapeut(?!isch)|psychotherapist",
        "clinical_psychologist": r"klinische?psycholo(?:og|gen?(?!ie))|clinicalpsychologist",
        "clinical_neuropsychologist": r"klinische?neuropsycholo(?:og|gen?(?!ie))"
        r"|clinicalneuropsychologist",
        "remedial_educationalist": r"orthopedagoo?gen?generalist|orthopedagooggeneralist",
        "child_psychologist_nip": r"kinderenjeugdpsycholoognip",
        "registered_psychologist_nip": r"registerpsycholoognip",
    }.items()
}


def unproved_titles(text: str, verified: Sequence[str]) -> list[str]:
    """Codes of the protected titles in a text whose number nobody has verified.

    Whoever is a clinical (neuro)psychologist is a health-care psychologist too (Wet BIG art. 14).
    """
    squeezed = "".join(c for c in fold(text) if c.isalnum())
    proved = set(verified)
    if proved & {"clinical_psychologist", "clinical_neuropsychologist"}:
        proved.add("gz_psychologist")
    return [
        code
        for code, pattern in PROTECTED.items()
        if code not in proved and pattern.search(squeezed)
    ]


def beside_name(row: Mapping[str, Sequence[str]], verified: Sequence[str]) -> dict[str, str]:
    """The lists of titles with a protected one without its number: field → message key."""
    found = [part for part in BESIDE_NAME if unproved_titles(" ".join(row[part]), verified)]
    return dict.fromkeys(found, "people.field.title_in_name")


def in_name(name: Name, verified: Sequence[str]) -> dict[str, str]:
    """The parts of a name that carry a protected title without its number: field → message key."""
    found = [part for part in IN_NAME if unproved_titles(getattr(name, part), verified)]
    if not found and unproved_titles(display_name(name), verified):
        found = ["surname"]
    return dict.fromkeys(found, "people.field.title_in_name")
