"""Names as Dutch people write, sort and say them, and addresses as keys. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from email_validator import EmailNotValidError, validate_email

from tables.people import FormOfAddress, NameUse

LETTERS = str.maketrans(
    {
        "ĳ": "ij",
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "ß": "ss",
        "đ": "d",
        "þ": "th",
        "ð": "d",
    }
)
PREFIX_WORDS = {
    *("van", "von", "der", "den", "de", "het", "ten", "ter", "te", "la", "le", "du", "'t", "'s"),
    *("op", "in", "aan", "bij", "uit", "onder", "over", "tot", "voor", "d'", "l'", "el", "al"),
}
# "vd", "v.d.", "v/d", "v. d." before a name: van der, van den or van de.
SHORTENED = re.compile(r"(?<![a-z0-9])v\W{0,3}d(?![a-z0-9])\W*")
SHORT_VAN = re.compile(r"(?<![a-z0-9])v\.\s*")
ADDRESSES = {FormOfAddress.sir: "de heer", FormOfAddress.madam: "mevrouw"}
SHORT = 2  # letters
FOLDS = 4  # how often folding is tried before what is left counts as folded


@dataclass(frozen=True)
class Name:
    """A structured Dutch name, as the civil registry keeps it."""

    surname: str
    initials: str = ""
    first_name: str = ""
    prefix: str = ""
    partner_prefix: str = ""
    partner_surname: str = ""
    name_use: str = NameUse.own
    name_country: str = "NL"
    form_of_address: str = FormOfAddress.neutral


def fold(text: str) -> str:
    """Letters without marks or case, for sorting and searching; folding twice changes nothing."""
    for _ in range(FOLDS):
        folded = _fold_once(text)
        if folded == text:
            break
        text = folded
    return text


def _fold_once(text: str) -> str:
    lowered = unicodedata.normalize("NFKC", text).casefold().translate(LETTERS)
    bare = unicodedata.normalize("NFKD", lowered)
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(LETTERS)


def tidied(name: Name) -> Name:
    """White space as one space; prefixes in lower case, except in Belgium where they are a name."""
    kept = {
        key: " ".join(value.replace("’", "'").split())
        for key, value in vars(name).items()
        if key not in ("name_use", "form_of_address")
    }
    if name.name_country != "BE":
        kept |= {key: kept[key].lower() for key in ("prefix", "partner_prefix")}
    return replace(name, **kept)


def _parts(name: Name) -> list[tuple[str, str]]:
    """(prefix, surname) in the order in which this person uses them."""
    own, partner = (name.prefix, name.surname), (name.partner_prefix, name.partner_surname)
    if not name.partner_surname:
        return [own]
    orders = {
        NameUse.partner: [partner],
        NameUse.partner_own: [partner, own],
        NameUse.own_partner: [own, partner],
    }
    return orders.get(NameUse(name.name_use), [own])


def with_prefix(prefix: str, surname: str) -> str:
    """`van der Sluis`, `'t Hart`, `d'Ancona`."""
    return f"{prefix}{surname}" if prefix.endswith("'") else f"{prefix} {surname}".strip()


def full_surname(name: Name) -> str:
    """`Jongsma-van der Sluis`, `van der Sluis`, `'t Hart`."""
    return "-".join(with_prefix(*part) for part in _parts(name))


def display_name(name: Name) -> str:
    """`N.C. van der Sluis`; without initials the first name."""
    return " ".join(p for p in (name.initials or name.first_name, full_surname(name)) if p)


def formal_name(name: Name) -> str:
    """`mevrouw Van der Sluis`, `de heer 't Hart`; neutral: the initials instead."""
    address = ADDRESSES.get(FormOfAddress(name.form_of_address))
    if address is None:
        return display_name(name)
    return f"{address} {_capitalised(full_surname(name))}"


def envelope_name(name: Name, before: Sequence[str] = (), after: Sequence[str] = ()) -> str:
    """`Mevrouw drs. N.C. van der Sluis MSc`: the first line of an address, with titles."""
    address = ADDRESSES.get(FormOfAddress(name.form_of_address), "")
    words = " ".join((address, *before, display_name(name), *after))
    return _capitalised(words.strip())


def titles(words: str) -> list[str]:
    """Titles one by one: `prof. dr.`, `MSc, PhD`."""
    return [title for title in re.split(r"[\s,;]+", words) if title]


def _capitalised(words: str) -> str:
    """The first letter as a capital, except after an apostrophe ('t Hart stays 't Hart)."""
    return words if words.startswith(("'", "’")) else words[:1].upper() + words[1:]


def sort_key(name: Name) -> str:
    """Core surname, initials, prefix; in Belgium the prefix counts as part of the surname."""
    prefix, surname = _parts(name)[0]
    rest = " ".join(with_prefix(*part) for part in _parts(name)[1:])
    if name.name_country == "BE":
        prefix, surname = "", with_prefix(prefix, surname)
    keys = (surname, rest, name.initials or name.first_name, prefix)
    return " ".join(_plain(fold(key)) for key in keys if key)


def search_key(name: Name, email: str = "") -> str:
    """Everything one may look for, folded: as written, without spaces, with a short prefix.

    Every word of it comes after a space, the first one too: see `search_patterns`.
    """
    words = _plain(fold(f"{name.first_name} {name.initials} {full_surname(name)}"))
    given = _plain(fold(f"{name.first_name} {name.prefix} {name.surname}"))
    forms = [words, given, fold(email)]
    for prefix, surname in {(name.prefix, name.surname), *_parts(name)}:
        whole, bare = _plain(fold(f"{prefix} {surname}")), _plain(fold(surname))
        short = "".join(word[0] for word in _plain(fold(prefix)).split())
        forms += [whole, whole.replace(" ", ""), f"{short} {bare}"]
    return "".join(f" {form}" for form in dict.fromkeys(forms) if form.strip())[:400]


def searched(asked: str) -> str:
    """What was typed, as it stands in search keys: `v.d. Berg` is `vd berg`."""
    folded = fold(asked).strip()
    words = SHORT_VAN.sub("v ", SHORTENED.sub("vd ", folded))
    return folded if "@" in folded else _plain(words)


def search_patterns(asked: str) -> list[str]:
    """What was typed, as LIKE patterns that a search key fits all: `J. v.d. Berg` finds
    `Jan van der Berg`. A word of one or two letters is the beginning of a word.
    """
    plain = searched(asked)
    if "@" in plain:
        return ["%" + re.sub(r"([\\%_])", r"\\\1", plain) + "%"]
    return [f"% {word}%" if len(word) <= SHORT else f"%{word}%" for word in plain.split()]


def _plain(folded: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", folded).strip()


def name_from(words: str) -> Name:
    """A structured name from how a stranger typed it: `Anna van der Berg`."""
    parts = words.split()
    if not parts:
        return Name(surname="")
    if len(parts) == 1:
        return Name(surname=parts[0])
    start = next((n for n, p in enumerate(parts[1:-1], 1) if p.lower() in PREFIX_WORDS), None)
    end = len(parts) - 1 if start is None else start
    while start is not None and end < len(parts) - 1 and parts[end].lower() in PREFIX_WORDS:
        end += 1
    given = " ".join(parts[: start if start is not None else 1])
    between = " ".join(parts[start:end]).lower() if start is not None else ""
    surname = " ".join(parts[end:] if start is not None else parts[1:])
    name = Name(surname=surname, prefix=between)
    return replace(name, **{"initials" if "." in given else "first_name": given})


def valid_email(text: str | None) -> bool:
    """Exactly one address that could receive mail; asks no name server."""
    if not text or any(c in text for c in ",;\r\n\t\x00"):
        return False
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


def email_key(text: str) -> str:
    """The address as a key: trimmed, lower case, NFC, host in punycode; nothing guessed away."""
    local, _, host = unicodedata.normalize("NFC", text.strip().lower()).rpartition("@")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return f"{local}@{host}"
    return f"{local}@{host}"
