"""How a source is cited: the APA manner (7th edition), in Dutch and English. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

EDITORS = {"nl": ("Red.", "Red."), "en": ("Ed.", "Eds.")}
UNDATED = {"nl": "z.d.", "en": "n.d."}


@dataclass(frozen=True)
class Author:
    """Somebody who made a source; every part but the surname may be unknown."""

    surname: str
    initials: str = ""
    first_name: str = ""
    prefix: str = ""
    role: str = ""

    @property
    def is_editor(self) -> bool:
        """Edited the book instead of writing it."""
        return self.role == "editor"


@dataclass(frozen=True)
class Work:
    """What a citation is made of; nothing is repaired or guessed."""

    title: str
    subtitle: str = ""
    authors: tuple[Author, ...] = ()
    year: int | None = None
    publisher: str = ""
    url: str = ""


@dataclass(frozen=True)
class Citation:
    """A citation in three parts, so that a page can set the title apart."""

    before: str
    title: str
    after: str

    @property
    def text(self) -> str:
        """The whole line."""
        return f"{self.before}{self.title}{self.after}"


def cite(work: Work, language: str) -> Citation:
    """`Cranenburgh, B. van (2012). Pijn. Waarom? Toegepaste Neurowetenschappen.`

    Without authors the title comes first; without a year: z.d. / n.d.
    """
    title = f"{work.title}: {work.subtitle}" if work.subtitle else work.title
    year = f"({work.year or UNDATED[language]})."
    tail = "".join(f" {part}" for part in (_sentence(work.publisher), work.url) if part)
    if not work.authors:
        stop = "" if title.endswith((".", "?", "!")) else "."
        return Citation("", title, f"{stop} {year}{tail}")
    stop = "" if title.endswith((".", "?", "!")) else "."
    return Citation(f"{makers(work.authors, language)} {year} ", title, f"{stop}{tail}")


def makers(authors: Sequence[Author], language: str) -> str:
    """`Wilgen, P. van, & Nijs, J.`; editors are named as such."""
    names = [inverted(author) for author in authors]
    line = names[0] if len(names) == 1 else _joined(names)
    if all(author.is_editor for author in authors):
        one, many = EDITORS[language]
        return f"{line} ({one if len(names) == 1 else many})"
    return line


def _joined(names: Sequence[str]) -> str:
    """A comma before the last name, unless the only other name has none itself."""
    bare = len(names) == 2 and "," not in names[0]
    return ", ".join(names[:-1]) + (" & " if bare else ", & ") + names[-1]


def inverted(author: Author) -> str:
    """`Heuvel, F. van den`: the core surname first, the prefix last; `Rumping` if that is all."""
    given = author.initials or "".join(f"{n[0]}." for n in author.first_name.split())
    if not given:
        whole = f"{author.prefix} {author.surname}".strip()
        return whole[:1].upper() + whole[1:]
    return f"{author.surname}, {given} {author.prefix}".strip()


def _sentence(words: str) -> str:
    return words if not words or words.endswith(".") else f"{words}."
