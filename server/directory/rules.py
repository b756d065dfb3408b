"""What of a profile is shown to whom, on which day. Pure: every page, file and API uses this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from server.people.titles import unproved_titles
from tables.directory import Visibility

FIELDS = (
    *("about", "intervention", "target_group", "factor", "languages", "workplaces"),
    *("referrals", "contact", "phone", "website", "numbers"),
)
TERMS = ("intervention", "target_group", "factor")
FACETS = (*TERMS, "setting", "echelon", "province", "language")
LANGUAGES = (
    *("nl", "en", "fy", "de", "fr", "es", "pt", "it", "pl", "tr", "ar", "rif", "ku", "fa", "so"),
    *("ti", "uk", "ru", "zh"),
)
REFERRALS_LAST = timedelta(days=90)
CONFIRMED_LASTS = timedelta(days=365)
GRACE = timedelta(days=30)
SAID = ("name", "street", "city")  # what one writes of a place in words of one's own
SEES = {
    Visibility.public: {Visibility.public},
    Visibility.members: {Visibility.public, Visibility.members},
    Visibility.board: {Visibility.public, Visibility.members, Visibility.board},
}


@dataclass(frozen=True)
class Place:
    """Where somebody works; `setting`, `echelon` and `province` are codes."""

    name: str
    setting: str
    echelon: str
    street: str
    postcode: str
    city: str
    province: str
    phone: str
    website: str


@dataclass(frozen=True)
class Whole:
    """A profile with everything in it; `seen` makes of it what somebody may see."""

    id: int
    slug: str
    name: str
    name_words: str
    surname: str
    headline: str
    headline_en: str
    about: str
    about_en: str
    languages: tuple[str, ...]
    website: str
    phone: str
    accepts_referrals: bool | None
    waiting_weeks: int | None
    referrals_said_on: date | None
    terms: frozenset[tuple[str, str]]
    places: tuple[Place, ...]
    titles: tuple[str, ...]
    numbers: tuple[tuple[str, str], ...]
    visibility: Mapping[str, str]

    @property
    def has_fit_name(self) -> bool:
        """Whether the name carries no protected title without its number: else nobody finds it."""
        return not unproved_titles(self.name, self.titles)


@dataclass(frozen=True)
class Entry:
    """What one kind of reader sees of a profile: nothing else of it ever leaves the house."""

    id: int
    slug: str
    name: str
    name_words: str
    surname: str
    titles: tuple[str, ...] = ()
    headline: str = ""
    headline_en: str = ""
    about: str = ""
    about_en: str = ""
    languages: tuple[str, ...] = ()
    terms: frozenset[tuple[str, str]] = frozenset()
    places: tuple[Place, ...] = ()
    website: str = ""
    phone: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    accepts_referrals: bool | None = None
    waiting_weeks: int | None = None
    can_be_written: bool = False

    def said(self, field: str, language: str) -> str:
        """`headline` or `about` in the reader's language, else in the other."""
        own, english = str(getattr(self, field)), str(getattr(self, f"{field}_en"))
        return (english or own) if language == "en" else (own or english)

    def codes(self, facet: str) -> frozenset[str]:
        """Its values of one facet."""
        if facet in TERMS:
            return frozenset(code for vocabulary, code in self.terms if vocabulary == facet)
        if facet == "language":
            return frozenset(self.languages)
        return frozenset(str(getattr(place, facet)) for place in self.places) - {""}


def seen(whole: Whole, reader: Visibility, day: date) -> Entry:
    """What `reader` (public, members or board) sees of a profile on a day.

    Name and verified titles are what publishing is about; every other field has its own choice,
    and what has none is hidden. A text that carries a protected title without its verified number
    is not shown, and referrals are forgotten ninety days after they were said.
    """
    open_to = SEES[reader]
    shown = {name for name in FIELDS if whole.visibility.get(name) in open_to}
    texts = {
        name: getattr(whole, name) for name in ("headline", "headline_en", "about", "about_en")
    }
    fit = {
        name: text
        for name, text in texts.items()
        if "about" in shown and not unproved_titles(text, whole.titles)
    }
    said_lately = says_referrals(whole.referrals_said_on, day) and "referrals" in shown
    return Entry(
        id=whole.id,
        slug=whole.slug,
        name=whole.name,
        name_words=whole.name_words,
        surname=whole.surname,
        titles=whole.titles,
        languages=whole.languages if "languages" in shown else (),
        terms=frozenset((v, code) for v, code in whole.terms if v in shown),
        places=_places(whole, shown) if "workplaces" in shown else (),
        website=whole.website if "website" in shown else "",
        phone=whole.phone if "phone" in shown else "",
        numbers=whole.numbers if "numbers" in shown else (),
        accepts_referrals=whole.accepts_referrals if said_lately else None,
        waiting_weeks=whole.waiting_weeks if said_lately else None,
        can_be_written="contact" in shown,
        **fit,
    )


def _places(whole: Whole, shown: set[str]) -> tuple[Place, ...]:
    """Places as they are shown, without what is hidden and without an unproved title."""
    hidden = dict.fromkeys({"phone", "website"} - shown, "")
    return tuple(
        replace(place, **hidden, **dict.fromkeys(titled(place, whole.titles), ""))
        for place in whole.places
    )


def titled(place: Place, verified: Sequence[str]) -> list[str]:
    """The fields of a place that carry a protected title which its holder has not proved."""
    return [name for name in SAID if unproved_titles(getattr(place, name), verified)]


def says_referrals(said_on: date | None, day: date) -> bool:
    """Whether what was said of referrals is young enough to be shown."""
    return said_on is not None and day <= said_on + REFERRALS_LAST
