"""A profile for machines: JSON-LD for search engines, a vCard for address books."""

from collections.abc import Callable
from typing import Any

from segno.helpers import make_vcard_data

from server.directory.rules import Entry, Place
from server.web import links

Label = Callable[[str, str], str]


def address_of(entry: Entry) -> str:
    """The page of a profile."""
    return links.absolute(f"/directory/{entry.slug}")


def json_ld(entry: Entry, language: str, label: Label) -> dict[str, Any]:
    """The profile as schema.org/Person: only what the page itself shows to everybody."""
    card: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Person",
        "@id": address_of(entry),
        "url": address_of(entry),
        "name": entry.name,
        "jobTitle": [label("professional_title", code) for code in entry.titles],
        "description": entry.said("headline", language),
        "knowsLanguage": list(entry.languages),
        "knowsAbout": sorted(label(v, code) for v, code in entry.terms),
        "telephone": entry.phone,
        "sameAs": entry.website,
        "identifier": [
            {"@type": "PropertyValue", "propertyID": register, "value": number}
            for register, number in entry.numbers
        ],
        "workLocation": [_place(place) for place in entry.places],
    }
    return {name: value for name, value in card.items() if value}


def _place(place: Place) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "streetAddress": place.street,
        "postalCode": place.postcode,
        "addressLocality": place.city,
        "addressRegion": place.province,
        "addressCountry": "NL",
    }
    found = {
        "@type": "Place",
        "name": place.name,
        "telephone": place.phone,
        "url": place.website,
        "address": {name: value for name, value in address.items() if value},
    }
    return {name: value for name, value in found.items() if value}


def vcard(entry: Entry, label: Label) -> str:
    """The profile as vCard 3.0 (RFC 2426)."""
    place = entry.places[0] if entry.places else None
    given = entry.name.removesuffix(entry.surname).strip()
    text: str = make_vcard_data(
        f"{entry.surname};{given}",
        entry.name,
        phone=entry.phone or None,
        url=[address_of(entry), *([entry.website] if entry.website else [])],
        org=place.name if place else None,
        street=place.street or None if place else None,
        city=place.city or None if place else None,
        zipcode=place.postcode or None if place else None,
        country="Nederland" if place else None,
        title=[label("professional_title", code) for code in entry.titles] or None,
    )
    return text
