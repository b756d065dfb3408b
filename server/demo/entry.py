"""A masterclass that is paid for, with members first and a code for a partner; and an afternoon
for which the group looks at who comes."""

from datetime import timedelta

from server.actors import SYSTEM, Actor
from server.admission import codes, dues, terms
from server.database import execute
from server.demo.days import FRIDAY
from server.demo.programme import Stay, hold
from server.demo.society import Society
from server.events.terms import Terms
from server.registrations import service as registrations
from server.registrations.wishes import RegistrationForm

PRICES = {"speaker": 0, "member": 4500, "partner": 7500, "other": 12500}


async def tell(society: Society) -> None:
    """Full: six have a place, of whom three paid; two wait, one takes a free place at once."""
    at, ago = society.calendar.at, society.calendar.ago
    [venue] = await execute("SELECT id FROM venue ORDER BY id LIMIT 1")
    day = {
        **{"kind": "course", "venue": venue["id"]},
        **{
            "title": "Masterclass Acceptatie bij pijn",
            "title_en": "Masterclass Acceptance in pain",
        },
        "summary": "Een dag oefenen in een kleine groep.",
        "summary_en": "A day of practice in a small group.",
        **{"starts_at": at(76, "09:30", FRIDAY), "ends_at": at(76, "16:30", FRIDAY)},
    }
    event_id = await hold(society, Stay(day, ({"capacity": 6},), ago(30)))
    others_from = ago(10)
    windows = {"other": (others_from, at(60, "17:00"))}
    them = [
        Terms(name, opens_at, closes_at, cents)
        for name, cents in PRICES.items()
        for opens_at, closes_at in [windows.get(name, (None, None))]
    ]
    await terms.set_all(SYSTEM, event_id, them, now=ago(30))
    partner = {"label": "Revalidatiecentrum", "ticket_class": "partner", "uses": 2,
               "expires_at": None}  # fmt: skip
    await codes.make(SYSTEM, event_id, partner, now=ago(29))
    for n, who in enumerate([*society.members[22:27], society.fixed["lid"]]):
        form = RegistrationForm()
        await registrations.register(who, event_id, form, now=ago(20) + timedelta(hours=n))
    guest = RegistrationForm(code=(await codes.of_event(event_id))[0].code)
    await registrations.register(society.contacts[0], event_id, guest, now=ago(19))
    late = RegistrationForm(auto_accept=True)
    await registrations.register(society.members[28], event_id, late, now=ago(5))
    await _pay(society, event_id)
    await _looked_at(society)


async def _pay(society: Society, event_id: int) -> None:
    treasurer = Actor(person_id=society.fixed["bestuur"].person_id, roles=frozenset({"treasurer"}))
    owed = [one for one in await dues.of_event(event_id) if one.is_owed]
    for n, one in enumerate(owed[:3]):
        action, reason = ("waive", "Verzorgt de middag mee.") if n == 2 else ("pay", "")
        await dues.mark(treasurer, one.id, action, reason=reason, now=society.calendar.ago(3))


async def _looked_at(society: Society) -> None:
    """Two ask for a place at an afternoon with approval."""
    at, ago = society.calendar.at, society.calendar.ago
    day = {
        **{"kind": "meeting", "mode": "online", "needs_approval": True},
        **{"title": "Besloten casusmiddag", "title_en": "Case afternoon, by approval"},
        **{"starts_at": at(48, "13:00", FRIDAY), "ends_at": at(48, "16:00", FRIDAY)},
    }
    event_id = await hold(society, Stay(day, ({"kind": "online", "capacity": 8},), ago(14)))
    for n, who in enumerate(society.members[29:31]):
        await registrations.register(who, event_id, RegistrationForm(), now=ago(4 - n))
