"""Make text from outside harmless in a letter: no control characters, no lines it may not have."""

import unicodedata

UNSEEN = {"Cc", "Cs", "Zl", "Zp"}
# These turn the direction of what follows, so that an address reads as another one.
TURNING = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
LONGEST_NAME = 80
SUBJECT_AT_MOST = 78  # RFC 5322, 2.1.1
NO_NAME = ("://", "www.", "@", "<", ">")


def one_line(text: str) -> str:
    """The text on one line, without anything that cannot be seen."""
    if not text.isprintable():
        text = "".join(char if _is_seen(char) else " " for char in text)
    return " ".join(text.split())


def some_lines(text: str) -> str:
    """The text with its lines and at most one empty line between them."""
    lines = [one_line(line) for line in text.splitlines()]
    found: list[str] = []
    for line in lines:
        if line or (found and found[-1]):
            found.append(line)
    return "\n".join(found).strip()


def subject(text: str) -> str:
    """One line that fits a subject; a longer one ends in three dots."""
    line = one_line(text)
    if len(line) <= SUBJECT_AT_MOST:
        return line
    return line[: SUBJECT_AT_MOST - 1].rstrip(" ,:;-") + "…"


def name(text: str) -> str:
    """A name to greet by, or nothing: what reads as an address or as advertising is no name."""
    line = one_line(text)
    is_name = len(line) <= LONGEST_NAME and not any(part in line.lower() for part in NO_NAME)
    return line if is_name else ""


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in UNSEEN and char not in TURNING
