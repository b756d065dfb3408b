"""Documents of two event days: for everybody, for who comes, and for the board only."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from server.actors import SYSTEM
from server.demo.days import Calendar
from server.events import filing
from server.web import pdf, uploads

TEMPLATE = Path(__file__).with_name("papers.typ")
# Event → title, title in English, who may see it, what stands in it.
PAPERS = {
    "full_day": (
        (
            "Programmaboekje",
            "Programme booklet",
            "public",
            "In de ochtend de stand van het onderzoek, in de middag oefent u in kleine groepen.",
        ),
        (
            "Slaapdagboek om mee te oefenen",
            "Sleep diary to practise with",
            "participants",
            "Vul dit dagboek een week lang in en neem het mee naar de middag.",
        ),
        (
            "Draaiboek voor de organisatie",
            "Script for the organisers",
            "board",
            "08.30 uur: zaal open. 09.00 uur: koffie. 09.30 uur: opening door de voorzitter.",
        ),
    ),
    "past_day": (
        (
            "Dia's van de ochtend",
            "Slides of the morning",
            "participants",
            "Wat werkt bij kinderen en jongeren: een overzicht.",
        ),
    ),
}


async def hand_out(told: Mapping[str, int], calendar: Calendar) -> None:
    """Put them with their events; one was renewed since."""
    for name, papers in PAPERS.items():
        for title, title_en, visibility, text in papers:
            said = {"title": title, "title_en": title_en, "visibility": visibility}
            key = await filing.add(
                SYSTEM, told[name], said, await _paper(title, text), now=calendar.ago(12)
            )
            if visibility == "public":
                newer = await _paper(title, f"{text} De lunch is om 12.30 uur.")
                await filing.replace(SYSTEM, key, newer, now=calendar.ago(3) + timedelta(hours=2))


async def _paper(title: str, text: str) -> uploads.Upload:
    data = {"title": title, "author": "Netwerk Pijnpsychologie", "text": text}
    return uploads.taken(f"{title}.pdf", await pdf.made(TEMPLATE, data))
