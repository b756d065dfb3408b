"""The look keeps its promises: enough contrast, nothing inline, no other host, one small sheet."""

import gzip
import re
from pathlib import Path

import pytest

SERVER = Path(__file__).parents[2] / "server"
READER = ("qr-decode.js", "qr-tables.js")
SHEET = (SERVER / "static/app.css").read_text()
TEMPLATES = sorted((SERVER / "templates").rglob("*.html"))
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2: 1.4.3 and 1.4.11
GROUNDS = ("ground", "card", "sand")
PAIRS = [
    *(
        (word, on, TEXT)
        for word in ("ink", "soft", "brand", "brand-strong", "accent", "bad")
        for on in GROUNDS
    ),
    *((line, on, SHAPE) for line in ("edge", "focus") for on in GROUNDS),
    *((kind, f"{kind}-pale", TEXT) for kind in ("good", "wait", "bad")),
    *(("ink", f"{kind}-pale", TEXT) for kind in ("good", "wait", "bad", "brand")),
    *((word, "deep", TEXT) for word in ("on-deep", "soft-on-deep")),
    *(("on-brand", on, TEXT) for on in ("brand", "brand-strong")),
    ("clay", "ground", SHAPE),
    ("clay", "deep", SHAPE),
]


def figures(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


LIGHT, DARK = (figures(block) for block in re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL)[:2])


@pytest.mark.parametrize("colours", [LIGHT, LIGHT | DARK], ids=["light", "dark"])
def test_every_pair_of_colours_has_enough_contrast(colours: dict[str, str]) -> None:
    weak = [
        (word, on, round(contrast(colours[word], colours[on]), 2))
        for word, on, least in PAIRS
        if contrast(colours[word], colours[on]) < least
    ]

    assert weak == []


def test_templates_hold_no_inline_style_or_script() -> None:
    """Data for search engines (`application/ld+json`) is nothing that a browser carries out."""
    inline = [
        (path.name, found)
        for path in TEMPLATES
        for found in re.findall(
            r"\sstyle=|<style|\son\w+=|<script(?![^>]*\s(?:src=|type=.application/ld))",
            path.read_text(),
        )
    ]

    assert inline == []


def test_pages_load_nothing_from_elsewhere() -> None:
    loaded = [
        (path.name, found)
        for path in TEMPLATES
        for found in re.findall(
            r"<(?:link|script|img|source)\b[^>]*https?:[^>]*>", path.read_text()
        )
    ]

    assert loaded == []
    assert re.findall(r"@import|url\(", SHEET) == []


def test_sheet_and_script_stay_small() -> None:
    files = list((SERVER / "static").iterdir())
    reader = [path.read_bytes() for path in files if path.name in READER]

    assert sum(path.stat().st_size for path in files if not path.name.startswith("qr-")) < 45_000
    # of QR codes, fetched by the desk at the door alone, where a browser reads none itself
    assert len(reader) == len(READER)
    assert sum(len(gzip.compress(body)) for body in reader) < 50_000


def test_what_is_not_ours_comes_with_its_licence() -> None:
    licence = (SERVER / "static" / "qr-LICENSE.txt").read_text()

    assert "The MIT License" in licence
    assert all("qr-LICENSE.txt" in (SERVER / "static" / name).read_text()[:600] for name in READER)


def test_no_page_takes_a_name_that_the_frame_has() -> None:
    """Jinja gives a block the frame's macro, silently: forms then lead to `<Macro 'here'>`."""
    frame = next(path for path in TEMPLATES if path.name == "base.html")
    names = set(re.findall(r"{%-? (?:macro|set) (\w+)", frame.read_text()))
    taken = [
        f"{path.name}: {name}"
        for path in TEMPLATES
        if path != frame
        for name in re.findall(r"{%-? (?:macro|set) (\w+)", path.read_text())
        if name in names
    ]

    assert names >= {"here", "who", "places"}
    assert taken == []
