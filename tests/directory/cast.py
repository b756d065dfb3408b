"""A psychologist with a profile full of marked values, and a board that decides."""

from typing import Any

from server import clock
from server.actors import Actor
from server.database import execute
from server.directory import deciding, queries, service, workplaces
from server.directory.rules import FIELDS
from server.knowledge import service as knowledge
from server.people import numbers
from tables.people import Person
from tests import factories

TERMS = {
    "intervention": [
        {"code": "cbt", "nl": "cognitieve gedragstherapie", "en": "CBT", "synonyms": ["CGT"]},
        {"code": "act", "nl": "acceptatietherapie", "en": "acceptance", "synonyms": ["ACT"]},
    ],
    "target_group": [{"code": "adults", "nl": "volwassenen", "en": "adults"}],
    "factor": [{"code": "sleep", "nl": "slaapproblemen", "en": "sleep problems"}],
    "setting": [{"code": "gp_practice", "nl": "huisartsenpraktijk", "en": "general practice"}],
    "echelon": [{"code": "first", "nl": "eerste lijn", "en": "first line"}],
    "province": [
        {"code": "UT", "nl": "Utrecht", "en": "Utrecht"},
        {"code": "LI", "nl": "Limburg", "en": "Limburg"},
    ],
    "professional_title": [
        {"code": "gz_psychologist", "nl": "gezondheidszorgpsycholoog", "en": "health psychologist"}
    ],
}
# What only stands in one field, field by field: where it is read, the field is shown.
MARKS = {
    "about": "Merkzin",
    "intervention": "gedragstherapie",
    "target_group": "volwassenen",
    "factor": "slaapproblemen",
    "languages": "Turks",
    "workplaces": "Merkstraat",
    "phone": "+31201112233",
    "website": "merk-website.example",
    "referrals": "Wachttijd ongeveer 7 weken",
    "numbers": "09912345625",
    "contact": "/contact",
}
VALUES: dict[str, Any] = {
    **{"headline": "Merkzin", "headline_en": "", "about": "Merkzin en meer", "about_en": ""},
    **{"languages": ["tr"], "website": "https://merk-website.example"},
    **{"intervention": ["cbt"], "target_group": ["adults"], "factor": ["sleep"]},
}
PLACE = {
    **{"name": "Merkstraat 1 praktijk", "setting": "gp_practice", "echelon": "first"},
    **{"street": "Merkstraat 1", "postcode": "3511 AB", "city": "Utrecht", "province": "UT"},
    **{"phone": "+31201112233", "website": "https://merk-website.example/plek"},
}
BOARD = Actor(name="Carla", roles=frozenset({"board"}))


def values(**shown: str) -> dict[str, Any]:
    """Everything filled in; the fields named are shown so, the others hidden."""
    return {**VALUES, "shown": {**dict.fromkeys(FIELDS, "hidden"), **shown}}


async def plant_terms() -> None:
    for vocabulary, terms in TERMS.items():
        await knowledge.add_missing_terms(BOARD, vocabulary, terms, now=clock.now())


async def psychologist(name: str = "Anna", **shown: str) -> tuple[Person, Actor]:
    """A member with a profile, not yet offered."""
    who = await factories.member(name)
    await execute("UPDATE membership_type SET in_directory = true")
    holder = factories.acting(who, is_member=True)
    now = clock.now()
    digits = MARKS["numbers"] if name == "Anna" else f"099{who.id:06d}25"
    number = await numbers.claim(BOARD, int(who.id), "BIG", digits, title="gz_psychologist")
    await numbers.verify(BOARD, number, method="BIG-register", on=clock.today())
    await service.save(holder, values(**shown), expected_revision=None, now=now)
    await workplaces.add(holder, PLACE, now=now)
    await service.say_referrals(holder, accepts=True, waiting_weeks=7, now=now)
    return who, holder


async def published(name: str = "Anna", **shown: str) -> tuple[Person, Actor]:
    """A member who can be found."""
    who, holder = await psychologist(name, **(shown or {"about": "public"}))
    await execute("UPDATE profile SET state = 'submitted' WHERE person = $1", who.id)
    own = await queries.of_person(int(who.id), clock.today())
    assert own is not None
    await deciding.publish(BOARD, own.whole.id, now=clock.now())
    return who, holder
