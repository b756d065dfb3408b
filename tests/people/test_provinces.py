"""A postcode lies in one province, also near the borders."""

import pytest

from server.people import provinces
from server.people import service as people


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("1012 AB", "NH"),  # Amsterdam
        ("1315 AB", "FL"),  # Almere
        ("1381 AB", "NH"),  # Weesp
        ("1391 AB", "UT"),  # Abcoude
        ("1394 AB", "NH"),  # Nederhorst den Berg
        ("1396 AB", "UT"),  # Baambrugge
        ("1404 AB", "NH"),  # Bussum
        ("1427 AB", "UT"),  # Amstelhoek
        ("2165 AB", "NH"),  # Lisserbroek
        ("2511 AB", "ZH"),  # Den Haag
        ("3466 AB", "ZH"),  # Waarder
        ("3511 AB", "UT"),  # Utrecht
        ("3653 AB", "ZH"),  # Woerdense Verlaat
        ("3771 AB", "GE"),  # Barneveld
        ("3811 AB", "UT"),  # Amersfoort
        ("3891 AB", "FL"),  # Zeewolde
        ("3925 AB", "GE"),  # Scherpenzeel
        ("4128 AB", "UT"),  # Lexmond, in Zuid-Holland until 2019
        ("4141 AB", "UT"),  # Leerdam, likewise
        ("4147 AB", "GE"),  # Asperen
        ("4213 AB", "ZH"),  # Dalem
        ("4241 AB", "ZH"),  # Arkel
        ("4695 AB", "ZE"),  # Sint-Maartensdijk
        ("4811 AB", "NB"),  # Breda
        ("5301 AB", "GE"),  # Zaltbommel
        ("5831 AB", "NB"),  # Boxmeer
        ("6021 AB", "NB"),  # Budel
        ("6211 AB", "LI"),  # Maastricht
        ("6585 AB", "LI"),  # Mook
        ("7741 AB", "DR"),  # Coevorden
        ("7951 AB", "OV"),  # Staphorst
        ("8011 AB", "OV"),  # Zwolle
        ("8051 AB", "GE"),  # Hattem
        ("8321 AB", "FL"),  # Urk
        ("8381 AB", "DR"),  # Vledder
        ("8911 AB", "FR"),  # Leeuwarden
        ("9479 AB", "GR"),  # Noordlaren
        ("9571 AB", "DR"),  # 2e Exloërmond
        ("9711 AB", "GR"),  # Groningen
        ("9761 AB", "DR"),  # Eelde
        ("9851 AB", "FR"),  # Burum
        ("9999 XL", "GR"),
        ("", ""),
        ("0999 AB", ""),
        ("B-9000", ""),
    ],
)
def test_province_of_a_postcode(postcode: str, code: str) -> None:
    assert provinces.of_postcode(postcode) == code


def test_postcode_elsewhere_has_no_province_of_ours() -> None:
    assert provinces.of_postcode("9000", "BE") == ""


def test_every_stretch_begins_after_the_one_before() -> None:
    assert sorted(set(provinces.FROM)) == provinces.FROM
    assert len(set(provinces.CODES)) == 12


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Noord-Brabant", "NB"),
        ("Fryslân", "FR"),
        ("friesland", "FR"),
        ("ut", "UT"),
        ("Hainaut", None),
    ],
)
def test_province_as_it_is_written(written: str, code: str | None) -> None:
    assert provinces.named(written) == code


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"postcode": "8011 AB"}, "OV"),
        ({"postcode": "8011 AB", "province": "UT"}, "OV"),
        ({"province": "UT"}, "UT"),
        ({"postcode": "9000", "country": "BE"}, ""),
        ({}, ""),
    ],
)
def test_province_follows_the_postcode(values: dict[str, str], code: str) -> None:
    assert people.computed({"surname": "Vos", **values})["province"] == code
