"""Who lets themselves be found: practices in every province, one profile that waits."""

import random
from typing import Any

from server.actors import SYSTEM, Actor
from server.database import execute
from server.demo.society import Society
from server.directory import deciding, queries, service, workplaces
from server.directory.rules import FIELDS
from server.people import numbers

SEED = 1858
CITIES = (
    *(("Groningen", "GR"), ("Leeuwarden", "FR"), ("Assen", "DR"), ("Zwolle", "OV")),
    *(("Enschede", "OV"), ("Almere", "FL"), ("Arnhem", "GE"), ("Nijmegen", "GE")),
    *(("Utrecht", "UT"), ("Amersfoort", "UT"), ("Amsterdam", "NH"), ("Haarlem", "NH")),
    *(("Alkmaar", "NH"), ("Den Haag", "ZH"), ("Rotterdam", "ZH"), ("Leiden", "ZH")),
    *(("Delft", "ZH"), ("Middelburg", "ZE"), ("Goes", "ZE"), ("Breda", "NB")),
    *(("Eindhoven", "NB"), ("Tilburg", "NB"), ("Maastricht", "LI"), ("Roermond", "LI")),
)
KINDS = (
    ("Praktijk voor pijnpsychologie {}", "primary_care_practice", "first"),
    ("Ziekenhuis {}, pijnpoli", "general_hospital", "second"),
    ("Revalidatiecentrum {}", "rehabilitation_centre", "second"),
    ("Academisch pijncentrum {}", "academic_hospital", "third"),
)
HEADLINES = (
    ("Psycholoog bij chronische pijn en slaapproblemen", "Psychologist for chronic pain and sleep"),
    ("Leren leven met pijn, samen met uw naasten", "Learning to live with pain, with your family"),
    ("Pijn na een operatie of ongeval", "Pain after an operation or accident"),
    ("Behandeling van pijn en angst om te bewegen", "Treatment of pain and fear of movement"),
)
ABOUT = (
    "Ik werk met mensen die langer dan drie maanden pijn hebben. Samen kijken wij wat de pijn in"
    " stand houdt en wat u weer wilt kunnen.\n\nIk overleg graag met uw huisarts, pijnarts of"
    " fysiotherapeut."
)
ABOUT_EN = (
    "I work with people who have had pain for more than three months. Together we look at what"
    " keeps the pain going and what you would like to do again."
)
GIVEN = {
    "intervention": ("pain_education", "cbt", "act", "emdr", "hypnosis"),
    "target_group": ("adults", "children", "adolescents", "relatives"),
    "factor": ("catastrophising", "fear_of_movement", "sleep", "depression", "anxiety", "ptsd"),
}


async def open_up(society: Society) -> None:
    """Twenty-four members are in the directory; the last one waits for the board."""
    chance, day = random.Random(SEED), society.calendar.day(0)
    fitting = [
        member
        for member in society.members
        if await queries.has_type_for_it(member.person_id or 0, day)
    ]
    for n, (member, (city, province)) in enumerate(zip(fitting, CITIES, strict=False)):
        await _number(society, member, n)
        await _profile(society, member, chance, n)
        name, setting, echelon = KINDS[n % len(KINDS)]
        place = dict.fromkeys(workplaces.COLUMNS, "")
        place |= {"name": name.format(city), "city": city, "province": province}
        place |= {"setting": setting, "echelon": echelon, "street": f"Stationsplein {n + 1}"}
        await workplaces.add(member, place, now=society.calendar.ago(60))
        accepts = n % 4 != 3
        await service.say_referrals(
            member,
            accepts=accepts,
            waiting_weeks=chance.randint(1, 20) if accepts else None,
            now=society.calendar.ago(chance.randint(2, 80)),
        )
        await _offer(society, member, is_last=n == len(CITIES) - 1)


async def _number(society: Society, member: Actor, n: int) -> None:
    if n % 2:
        return
    number, title = f"099{n:06d}25", "clinical_psychologist" if n % 6 == 0 else "gz_psychologist"
    claimed = await numbers.claim(SYSTEM, member.person_id or 0, "BIG", number, title=title)
    seen_on = society.calendar.day(-90)
    await numbers.verify(SYSTEM, claimed, method="BIG-register", on=seen_on)


async def _profile(society: Society, member: Actor, chance: random.Random, n: int) -> None:
    nl, en = HEADLINES[n % len(HEADLINES)]
    values: dict[str, Any] = {
        **{"headline": nl, "headline_en": en, "about": ABOUT, "about_en": ABOUT_EN},
        **{"website": "", "languages": ["nl", "en"] if n % 2 else ["nl"]},
        **{v: chance.sample(codes, chance.randint(1, 3)) for v, codes in GIVEN.items()},
        "shown": {**dict.fromkeys(FIELDS, "public"), "phone": "members", "numbers": "hidden"},
    }
    await service.save(member, values, expected_revision=None, now=society.calendar.ago(70))


async def _offer(society: Society, member: Actor, *, is_last: bool) -> None:
    await service.submit(member, now=society.calendar.ago(3 if is_last else 50))
    if not is_last:
        rows = await execute("SELECT id FROM profile WHERE person = $1", member.person_id)
        await deciding.publish(society.board, rows[0]["id"], now=society.calendar.ago(49))
