"""Who there are: people, memberships, groups, and who reads which newsletter."""

import random
from dataclasses import dataclass, field
from datetime import timedelta

from server.accounts import service as accounts
from server.actors import SYSTEM, Actor
from server.database import execute
from server.demo import names
from server.demo.days import Calendar
from server.groups import seats
from server.groups import service as groups
from server.groups.seats import NewSeat
from server.memberships import notice
from server.memberships import service as memberships
from server.newsletters import lists
from server.newsletters import service as newsletters
from server.people import service as people
from server.people.rules import display_name
from tables.accounts import Role
from tables.groups import GroupRole

SEED = 1925
TYPES = ("gewoon",) * 9 + ("aspirant", "aspirant", "buitengewoon", "belangstellend")
GROUPS = {
    "scholing": {
        "name": "Werkgroep Scholing",
        "name_en": "Working group on education",
        "mission": "Wij maken scholing over pijn voor psychologen: van de basis in de opleiding tot"
        " verdieping voor wie elke dag met pijn werkt.",
        "mission_en": "We make training about pain for psychologists: from the basics to in-depth"
        " courses for those who work with pain every day.",
        "colour": "teal",
    },
    "onderzoek": {
        "name": "Werkgroep Onderzoek",
        "name_en": "Working group on research",
        "mission": "Wij brengen onderzoekers en behandelaars samen, en vertalen resultaten naar de"
        " spreekkamer.",
        "mission_en": "We bring researchers and clinicians together and translate results to the"
        " consulting room.",
        "colour": "purple",
    },
    "richtlijnen": {
        "name": "Werkgroep Richtlijnen",
        "name_en": "Working group on guidelines",
        "mission": "Wij werken mee aan richtlijnen en zorgstandaarden, zodat de psycholoog daarin"
        " een duidelijke plaats heeft.",
        "mission_en": "We work on guidelines and care standards, so that the psychologist has a"
        " clear place in them.",
        "colour": "orange",
    },
    "programmacommissie": {
        "kind": "committee",
        "name": "Programmacommissie",
        "name_en": "Programme committee",
        "mission": "Wij stellen het programma van het congres samen en beoordelen de voorstellen"
        " voor voordrachten.",
        "mission_en": "We put the congress programme together and review the proposed talks.",
        "colour": "crimson",
    },
    "bestuur": {
        "kind": "board",
        "name": "Bestuur",
        "name_en": "Board",
        "mission": "Wij leiden de vereniging en vertegenwoordigen haar naar buiten.",
        "mission_en": "We lead the association and represent it.",
        "colour": "slategray",
    },
}


OFFICES = (Role.chair, Role.secretary, Role.treasurer)


@dataclass
class Society:
    """The people and groups of the story, for the chapters that follow."""

    calendar: Calendar
    chance: random.Random
    fixed: dict[str, Actor] = field(default_factory=dict)
    members: list[Actor] = field(default_factory=list)
    contacts: list[Actor] = field(default_factory=list)
    groups: dict[str, int] = field(default_factory=dict)
    board: Actor = SYSTEM


async def found(calendar: Calendar) -> Society:
    """Sixty members, eight others, five groups."""
    society = Society(calendar, random.Random(SEED))
    await _people(society)
    await _memberships(society)
    await _groups(society)
    await _readers(society)
    return society


async def _people(society: Society) -> None:
    for role, character in names.fixed().items():
        society.fixed[role] = await _person(society, character, is_member=role != "spreker")
    society.members += [one for role, one in society.fixed.items() if role != "spreker"]
    for character in names.members():
        society.members.append(await _person(society, character, is_member=True))
    for character in names.contacts():
        society.contacts.append(await _person(society, character, is_member=False))
    carla = society.fixed["bestuur"]
    since = society.calendar.day(-700)
    await accounts.grant(SYSTEM, carla.person_id or 0, Role.board, from_on=since)
    for member, office in zip(society.members[10:13], OFFICES, strict=True):
        await accounts.grant(SYSTEM, member.person_id or 0, office, from_on=since)
    society.board = Actor(carla.person_id, carla.name, carla.email, roles=frozenset({"board"}))


async def _person(society: Society, character: names.Character, *, is_member: bool) -> Actor:
    long_ago = society.calendar.ago(900)
    person_id = await people.create_from(SYSTEM, character.columns, now=long_ago)
    await people.confirm_email(person_id, now=long_ago)
    shown = display_name(character.name)
    return Actor(person_id, shown, character.email, is_member=is_member)


async def _memberships(society: Society) -> None:
    rows = await execute("SELECT id, code FROM membership_type")
    types = {row["code"]: row["id"] for row in rows}
    ids: list[int] = []
    for n, member in enumerate(society.members):
        code = "gewoon" if n < len(society.fixed) else TYPES[n % len(TYPES)]
        starts_on = society.calendar.day(-society.chance.randint(150, 850))
        ids.append(
            await memberships.start(SYSTEM, member.person_id or 0, types[code], starts_on=starts_on)
        )
    leaving = society.members[-1]
    await notice.give(leaving, ids[-1], now=society.calendar.ago(12))


async def _groups(society: Society) -> None:
    calendar = society.calendar
    for slug, values in GROUPS.items():
        given = {**values, "slug": slug}
        society.groups[slug] = await groups.create(SYSTEM, given, now=calendar.ago(800))
    chairs = {"scholing": "voorzitter", "bestuur": "bestuur"}
    for n, (slug, group_id) in enumerate(society.groups.items()):
        others = society.members[8 + n * 7 : 14 + n * 7]
        chair = society.fixed.get(chairs.get(slug, ""), others[0])
        await _seat(society, group_id, chair, GroupRole.chair)
        for one in others[1:]:
            await _seat(society, group_id, one)
    committee = society.groups["programmacommissie"]
    await _seat(society, committee, society.fixed["commissie"], GroupRole.secretary)
    await _seat(society, society.groups["scholing"], society.fixed["lid"])
    asking = society.members[50]
    await seats.request_seat(asking, society.groups["scholing"], now=calendar.ago(4))


async def _seat(
    society: Society, group_id: int, who: Actor, role: GroupRole = GroupRole.member
) -> None:
    from_on = society.calendar.day(-society.chance.randint(40, 140))
    seat = NewSeat(group_id, who.person_id or 0, from_on, role)
    await seats.add_member(SYSTEM, seat, now=society.calendar.ago(140))


async def _readers(society: Society) -> None:
    """A list about training beside the first two, and people who chose them themselves."""
    calendar = society.calendar
    values: dict[str, object] = {
        "slug": "scholing",
        "name_nl": "Scholing en congressen",
        "name_en": "Training and congresses",
        "description_nl": "Vier keer per jaar: wat er te leren valt over pijn.",
        "description_en": "Four times a year: what there is to learn about pain.",
        "position": 3,
    }
    await lists.create_list(SYSTEM, values, calendar.ago(400))
    readers = [*society.members[:40], *society.contacts[:5], society.fixed["spreker"]]
    for n, reader in enumerate(readers):
        chosen = ["newsletter", "scholing"] if n % 3 == 0 else ["newsletter"]
        if reader.is_member:
            chosen.append("members")
        asked_at = calendar.ago(society.chance.randint(20, 390)) + timedelta(seconds=n)
        await newsletters.choose(reader, chosen, now=asked_at)
