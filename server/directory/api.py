"""The directory over the API: what everybody sees on the pages, no more."""

from typing import Any

import msgspec
from litestar import Request
from litestar.params import FromPath

from server import clock
from server.directory import pages, reading
from server.directory.rules import FACETS, Entry, Place
from server.web import links
from server.web.visitor import language_of
from tables.directory import Visibility

AnyRequest = Request[Any, Any, Any]


class ValueOut(msgspec.Struct):
    """A value of the vocabularies."""

    code: str
    label: str


class PlaceOut(msgspec.Struct):
    """Where somebody works."""

    name: str
    setting: str
    echelon: str
    street: str
    postcode: str
    city: str
    province: str
    phone: str
    website: str


class PsychologistOut(msgspec.Struct):
    """What everybody may know of a psychologist; empty is: not public, or not said."""

    slug: str
    name: str
    url: str
    titles: list[ValueOut]
    headline: str
    about: str
    languages: list[str]
    terms: dict[str, list[ValueOut]]
    workplaces: list[PlaceOut]
    phone: str
    website: str
    numbers: list[list[str]]
    accepts_referrals: bool | None
    waiting_weeks: int | None
    contact_url: str


class DirectoryOut(msgspec.Struct):
    """One page of what was found. `counts`: facet → code → how many choosing it would give."""

    total: int
    page: int
    psychologists: list[PsychologistOut]
    counts: dict[str, dict[str, int]]


async def search(request: AnyRequest) -> DirectoryOut:
    """Search as on the page: `q`, every facet (several times: either), `referrals=1`, `page`."""
    directory = await reading.directory(clock.today())
    asked, number = pages.asked_in(request, directory), pages.page_number(request)
    found = directory.indexes[Visibility.public].search(
        asked, start=(number - 1) * pages.PAGE, size=pages.PAGE
    )
    said = language_of(request)
    return DirectoryOut(
        total=found.total,
        page=number,
        psychologists=[_out(entry, directory, said) for entry in found.entries],
        counts={facet: dict(found.counts[facet]) for facet in FACETS},
    )


async def one(request: AnyRequest, slug: FromPath[str]) -> PsychologistOut:
    """One psychologist. 404 when they are not (or no longer) to be found."""
    entry, directory = await pages.find(slug, Visibility.public)
    return _out(entry, directory, language_of(request))


def _out(entry: Entry, directory: reading.Directory, said: str) -> PsychologistOut:
    def value(facet: str, code: str) -> ValueOut:
        return ValueOut(code, directory.label(facet, code, said))

    page = f"/directory/{entry.slug}"
    return PsychologistOut(
        slug=entry.slug,
        name=entry.name,
        url=links.absolute(page),
        titles=[value("professional_title", code) for code in entry.titles],
        headline=entry.said("headline", said),
        about=entry.said("about", said),
        languages=list(entry.languages),
        terms={
            facet: [value(facet, code) for code in sorted(entry.codes(facet))]
            for facet in ("intervention", "target_group", "factor")
        },
        workplaces=[_place(place) for place in entry.places],
        phone=entry.phone,
        website=entry.website,
        numbers=[list(number) for number in entry.numbers],
        accepts_referrals=entry.accepts_referrals,
        waiting_weeks=entry.waiting_weeks,
        contact_url=links.absolute(f"{page}/contact") if entry.can_be_written else "",
    )


def _place(place: Place) -> PlaceOut:
    return PlaceOut(**vars(place))
