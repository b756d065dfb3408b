"""What there was, is and will be: events, and who registered for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from server.actors import SYSTEM, Actor
from server.demo.days import FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY
from server.demo.society import GROUPS, Society
from server.events import service as events
from server.registrations import organising
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm
from tables.events import Room, Venue

VENUES: dict[str, dict[str, Any]] = {
    "jaarbeurs": {
        "name": "De Voorbeeldzaal",
        "street": "Stationsplein 12",
        "postcode": "3511 ED",
        "city": "Utrecht",
        "route": "Vijf minuten lopen van station Utrecht Centraal, uitgang centrum.",
        "accessibility": "Drempelvrij, met lift en ringleiding.",
        "latitude": Decimal("52.088600"),
        "longitude": Decimal("5.107300"),
        "is_location_checked": True,
    },
    "academie": {
        "name": "Academiegebouw",
        "street": "Hoofdstraat 1",
        "postcode": "8011 AA",
        "city": "Zwolle",
        "route": "Tien minuten lopen van het station.",
        "accessibility": "Rolstoelingang aan de achterzijde.",
    },
}
ROOMS: dict[str, list[dict[str, Any]]] = {
    "jaarbeurs": [
        {"name": "Grote zaal", "capacity": 120, "route": "Begane grond, rechts na de balie."},
        {
            **{"name": "Zaal 2", "capacity": 40, "route": "Eerste verdieping, links van de trap."},
            "accessibility": "Met de lift bereikbaar; er is een ringleiding.",
        },
    ],
    "academie": [
        {"name": "Aula", "capacity": 60, "route": "Door de hoofdingang rechtdoor."},
        {"name": "Bovenzaal", "capacity": 16, "accessibility": "Alleen met de trap bereikbaar."},
    ],
}
# Each group met once and meets again: days from today.
MEETINGS = {
    "scholing": (-30, 13),
    "onderzoek": (-44, 26),
    "richtlijnen": (-16, 9),
    "programmacommissie": (-21, 6),
    "bestuur": (-14, 15),
}


@dataclass(frozen=True)
class Stay:
    """One event in the story: when, where, how many places, and how it came to be known."""

    values: Mapping[str, Any]
    places: Sequence[Mapping[str, Any]] = ()
    made_at: datetime | None = None
    action: str = "publish"


async def venues() -> dict[str, int]:
    """The places where the network meets, and their rooms, by name."""
    made: dict[str, int] = {}
    for key, values in VENUES.items():
        venue = Venue(**values)
        await venue.save()
        made[key] = int(venue.id)
        for room in ROOMS[key]:
            row = Room(venue=venue.id, **room)
            await row.save()
            made[room["name"]] = int(row.id)
    return made


async def hold(society: Society, stay: Stay) -> int:
    """Make an event and show it, some time before it takes place."""
    made_at = stay.made_at or society.calendar.ago(40)
    event_id = await events.create(SYSTEM, stay.values, now=made_at)
    for position, unit in enumerate(stay.places):
        await events.add_unit(SYSTEM, event_id, {**unit, "position": position})
    if stay.action == "publish":
        await events.publish(SYSTEM, event_id, now=made_at)
    elif stay.action == "announce":
        await events.announce(SYSTEM, event_id, now=made_at)
    return event_id


async def come(people: Sequence[Actor], event_id: int, *, first_at: datetime) -> list[str]:
    """They register one after another, an hour apart: the codes of their registrations."""
    codes = []
    for n, one in enumerate(people):
        at = first_at + timedelta(hours=n)
        view = await registrations.register(one, event_id, RegistrationForm(), now=at)
        codes.append(view.code)
    return codes


async def tell(society: Society) -> dict[str, int]:
    """Every event of the story but the congresses' talks: name → id."""
    places = await venues()
    told = await _past(society, places) | await _days(society, places)
    told |= await _meetings(society) | await _rest(society, places)
    return told


async def _past(society: Society, places: Mapping[str, int]) -> dict[str, int]:
    at, ago = society.calendar.at, society.calendar.ago
    congress = {
        **{"kind": "congress", "venue": places["jaarbeurs"]},
        "booked_room": places["Grote zaal"],
        **{"title": "Congres Pijn in beweging", "title_en": "Congress Pain in motion"},
        "summary": "Een dag over bewegen, vermijden en volhouden.",
        "summary_en": "A day about moving, avoiding and persisting.",
        "description": "Met lezingen en workshops voor iedereen die met pijn werkt.",
        **{"starts_at": at(-210, "09:00", FRIDAY), "ends_at": at(-210, "17:00", FRIDAY)},
    }
    past = await hold(society, Stay(congress, [{"capacity": 80}], ago(330)))
    await come(society.members[:42], past, first_at=ago(300))
    day = {
        **{"kind": "event_day", "venue": places["academie"], "title": "Eventdag Pijn bij kinderen"},
        "title_en": "Event day Pain in children",
        "summary": "Wat werkt bij kinderen en jongeren, en hoe betrekt u de ouders?",
        "summary_en": "What works for children and young people, and how to involve parents?",
        **{"starts_at": at(-75, "09:30", THURSDAY), "ends_at": at(-75, "16:30", THURSDAY)},
    }
    past_day = await hold(society, Stay(day, [{"capacity": 40}], ago(180)))
    await come(society.members[10:31], past_day, first_at=ago(150))
    return {"past_congress": past, "past_day": past_day}


async def _days(society: Society, places: Mapping[str, int]) -> dict[str, int]:
    at, ago = society.calendar.at, society.calendar.ago
    full_day = {
        **{"kind": "event_day", "venue": places["jaarbeurs"]},
        "booked_room": places["Zaal 2"],
        **{"title": "Eventdag Slapen met pijn", "title_en": "Event day Sleeping with pain"},
        "summary": "Slaapproblemen bij chronische pijn: onderzoek en behandeling.",
        "summary_en": "Sleep problems in chronic pain: research and treatment.",
        "description": "In de ochtend de stand van het onderzoek, in de middag oefent u met"
        " slaapinterventies.\n\n- Koffie vanaf 09.00 uur\n- Lunch is inbegrepen",
        "description_en": "Research in the morning, practice in the afternoon.",
        **{"starts_at": at(20, "09:30", THURSDAY), "ends_at": at(20, "16:30", THURSDAY)},
        **{"cancel_until_at": at(14, "17:00"), "contact_email": "scholing@example.org"},
    }
    full = await hold(society, Stay(full_day, [{"capacity": 12}], ago(60)))
    codes = await come(society.members[4:16], full, first_at=ago(50))
    waiting = [society.fixed["lid"], *society.members[20:23], society.contacts[0]]
    await come(waiting, full, first_at=ago(9))
    await registrations.cancel(society.members[4], codes[0], now=society.calendar.now)
    free_day = {
        **{"kind": "event_day", "venue": places["academie"], "mode": "hybrid"},
        **{"title": "Eventdag Samen beslissen", "title_en": "Event day Deciding together"},
        "summary": "Hoe kiest u samen met de patiënt een behandeling die past?",
        "summary_en": "How to choose a fitting treatment together with the patient?",
        "description": "Met oefeningen, ervaringsverhalen en tijd om elkaar te spreken.",
        **{"starts_at": at(48, "10:00", TUESDAY), "ends_at": at(48, "16:00", TUESDAY)},
        "online_url": "https://vergaderen.example.org/samen-beslissen",
    }
    online = {"kind": "online", "name_nl": "Plaats op afstand", "name_en": "Seat online"}
    free = await hold(society, Stay(free_day, [{"capacity": 40}, online], ago(30)))
    await come([*society.members[30:38], society.fixed["voorzitter"]], free, first_at=ago(20))
    return {"full_day": full, "free_day": free}


async def _meetings(society: Society) -> dict[str, int]:
    calendar = society.calendar
    general = {
        **{"kind": "meeting", "visibility": "members", "members_only_registration": True},
        **{"title": "Algemene ledenvergadering", "title_en": "General meeting of members"},
        "summary": "Jaarverslag, begroting en verkiezing van het bestuur.",
        "summary_en": "Annual report, budget and election of the board.",
        "starts_at": calendar.at(34, "19:30", WEDNESDAY),
        "ends_at": calendar.at(34, "21:30", WEDNESDAY),
        **{"mode": "online", "online_url": "https://vergaderen.example.org/alv"},
    }
    told = {"general": await hold(society, Stay(general, [{"name_nl": "Deelname"}]))}
    await come(society.members[2:9], told["general"], first_at=calendar.ago(15))
    for slug, days in MEETINGS.items():
        for n, away in enumerate(days):
            told[f"{slug}_{n}"] = await _meeting(society, slug, away)
    return told


async def _meeting(society: Society, slug: str, days: int) -> int:
    calendar = society.calendar
    group = GROUPS[slug]
    values = {
        **{"kind": "meeting", "visibility": "group", "group": society.groups[slug]},
        **{"title": f"Overleg {group['name']}", "title_en": f"Meeting {group['name_en']}"},
        "mode": "online",
        "online_url": f"https://vergaderen.example.org/{slug}",
        "starts_at": calendar.at(days, "16:00", MONDAY),
        "ends_at": calendar.at(days, "17:30", MONDAY),
    }
    return await hold(society, Stay(values, made_at=calendar.ago(60)))


async def _rest(society: Society, places: Mapping[str, int]) -> dict[str, int]:
    at, ago = society.calendar.at, society.calendar.ago
    cancelled = await hold(
        society,
        Stay(
            {
                **{"kind": "course", "venue": places["academie"]},
                **{"title": "Cursus Hypnose bij pijn", "title_en": "Course Hypnosis for pain"},
                "summary": "Twee dagdelen oefenen met medische hypnose.",
                "summary_en": "Half a day twice to practise medical hypnosis.",
                **{"starts_at": at(27, "13:00", FRIDAY), "ends_at": at(27, "17:00", FRIDAY)},
            },
            [{"capacity": 16}],
        ),
    )
    await come(society.members[40:46], cancelled, first_at=ago(25))
    reason = "De docent is ziek. We zoeken een nieuwe datum."
    await organising.cancel_event(SYSTEM, cancelled, reason=reason, now=ago(2))
    webinar = {
        **{"kind": "webinar", "mode": "online", "group": society.groups["onderzoek"]},
        **{"title": "Webinar Virtual reality bij pijn", "title_en": "Webinar Virtual reality"},
        "summary": "Wat laat onderzoek zien, en voor wie is het geschikt?",
        "summary_en": "What does research show, and for whom is it suitable?",
        **{"starts_at": at(16, "20:00", WEDNESDAY), "ends_at": at(16, "21:15", WEDNESDAY)},
        "online_url": "https://vergaderen.example.org/vr",
    }
    online = {"kind": "online", "name_nl": "Plaats op afstand", "name_en": "Seat online"}
    seen = await hold(society, Stay(webinar, [online]))
    await come([*society.members[12:26], *society.contacts[1:4]], seen, first_at=ago(18))
    later = {
        **{"kind": "event_day", "title": "Eventdag najaar", "title_en": "Autumn event day"},
        "summary": "Zet de dag vast in uw agenda; het programma volgt.",
        "summary_en": "Save the date; the programme follows.",
        **{"starts_at": at(200, "09:30", THURSDAY), "ends_at": at(200, "16:30", THURSDAY)},
    }
    announced = await hold(society, Stay(later, action="announce"))
    draft = {
        **{"kind": "course", "title": "Basiscursus Pijn", "title_en": "Basic course on pain"},
        **{"starts_at": at(95, "09:00", MONDAY), "ends_at": at(95, "17:00", MONDAY)},
    }
    made = await hold(society, Stay(draft, action="draft"))
    return {"cancelled": cancelled, "webinar": seen, "announced": announced, "draft": made}
