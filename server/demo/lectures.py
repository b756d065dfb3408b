"""The talks of a past and a coming congress, in every stage that a proposal can be in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from server.actors import Actor
from server.demo.days import FRIDAY
from server.demo.programme import Stay, hold
from server.demo.society import Society
from server.talks import calls, decisions, drafts, service
from server.talks.rules import Text


@dataclass(frozen=True)
class Idea:
    """A proposal: whose, about what, and how far it has come."""

    title: str
    abstract: str
    topics: tuple[str, ...]
    steps: tuple[str, ...] = ("submit",)
    format: str = "lecture"
    affiliation: str = ""


PAST = (
    Idea(
        "Bewegen ondanks angst",
        "Wat exposure in vivo doet bij bewegingsangst, aan de hand van drie casussen.",
        ("factor:fear_of_movement", "intervention:cbt"),
    ),
    Idea(
        "Volhouden is ook een klacht",
        "Over mensen die doorgaan tot het niet meer gaat, en hoe u dat patroon bespreekt.",
        ("factor:learning",),
    ),
    Idea(
        "ACT in een groep",
        "Ervaringen met acht groepen in een revalidatiecentrum, met uitkomsten na een jaar.",
        ("intervention:act", "setting:rehabilitation_centre"),
        format="workshop",
    ),
)
SPEAKERS_OWN = (
    Idea(
        "Slaap als ingang bij chronische pijn",
        "Wie beter slaapt, heeft minder pijn. Hoe bespreekt u slaap, en wat is de volgorde van"
        " behandelen?",
        ("factor:sleep", "intervention:cbt"),
        ("submit", "accept"),
        affiliation="Voorbeeldziekenhuis Leiden",
    ),
    Idea(
        "Pijneducatie zonder plaatjes",
        "Een eerste schets: uitleg over pijn voor mensen die niet graag lezen.",
        ("intervention:pain_education",),
        (),
        affiliation="Voorbeeldziekenhuis Leiden",
    ),
)
COMING = (
    Idea(
        "Catastroferen meten in de huisartsenpraktijk",
        "Een korte vragenlijst, afgenomen door de praktijkondersteuner: wat levert dat op?",
        ("factor:catastrophising", "setting:gp_practice"),
    ),
    Idea(
        "EMDR bij pijn na een ongeval",
        "Resultaten van een reeks enkelvoudige casussen, met ruimte voor vragen.",
        ("intervention:emdr", "factor:ptsd"),
        ("submit", "accept", "confirm"),
    ),
    Idea(
        "Samen met de fysiotherapeut",
        "Hoe twee vakken één behandelplan maken, en wat patiënten daarvan merken.",
        ("setting:primary_care_practice",),
        format="workshop",
    ),
    Idea(
        "Verwachtingen en placebo",
        "Wat een behandelaar zegt, werkt mee. Over verwachtingen in de spreekkamer.",
        ("factor:expectations",),
        ("submit", "reserve"),
    ),
    Idea(
        "Virtual reality op de pijnpoli",
        "Een verslag van het eerste jaar: voor wie het werkt, en voor wie niet.",
        ("intervention:virtual_reality", "setting:pain_clinic"),
        ("submit", "revise"),
    ),
    Idea(
        "Hypnose in tien minuten",
        "Een korte oefening voor bij ingrepen.",
        ("intervention:hypnosis",),
        ("submit", "reject"),
        format="workshop",
    ),
    Idea(
        "De partner in de behandeling",
        "Waarom de partner vanaf het eerste gesprek meedoet.",
        ("intervention:partner_therapy",),
        ("submit", "withdraw"),
    ),
    Idea(
        "Zelfeffectiviteit na revalidatie",
        "Wat blijft er over na een jaar? Een onderzoek onder tweehonderd mensen.",
        ("factor:self_efficacy",),
        format="poster",
    ),
)
NOTES = {
    "reserve": "Een mooi voorstel; het programma is op dit onderwerp al vol.",
    "revise": "Wilt u de resultaten van het eerste jaar toevoegen?",
    "reject": "Dit past niet in het thema van deze dag.",
}
SPEAKERS = {"submit": service.submit, "confirm": service.confirm, "withdraw": service.withdraw}
ANSWERS: dict[str, Any] = {
    "reserve": decisions.reserve,
    "revise": decisions.revise,
    "reject": decisions.reject,
}
DECISIONS = {"accept": decisions.accept, "deliver": decisions.deliver}


async def tell(society: Society, told: Mapping[str, int]) -> None:
    """The past congress with delivered talks; the coming one with an open call."""
    await _past(society, told["past_congress"])
    await _coming(society)


async def _past(society: Society, event_id: int) -> None:
    ago = society.calendar.ago
    call_id = await _call(society, event_id, ago(325), ago(270))
    done = ("submit", "accept", "confirm", "deliver")
    for n, idea in enumerate(PAST):
        speaker = society.members[25 + n]
        told = Idea(idea.title, idea.abstract, idea.topics, done, idea.format)
        await _propose(society, call_id, speaker, told, ago(300 - n))


async def _coming(society: Society) -> None:
    at, ago = society.calendar.at, society.calendar.ago
    year = society.calendar.day(120, FRIDAY).year
    values = {
        **{"kind": "congress", "title": f"Congres Pijn en psychologie {year}"},
        "title_en": f"Congress Pain and psychology {year}",
        "summary": "Een dag voor iedereen die met pijn werkt: lezingen, workshops en posters.",
        "summary_en": "A day for all who work with pain: lectures, workshops and posters.",
        "description": "De oproep voor voordrachten is open. Het programma verschijnt hier zodra"
        " het klaar is.",
        "description_en": "The call for talks is open. The programme will appear here.",
        **{"starts_at": at(120, "09:00", FRIDAY), "ends_at": at(120, "17:00", FRIDAY)},
        "registration_opens_at": at(60, "09:00"),
    }
    event_id = await hold(society, Stay(values, [{"capacity": 150}], ago(45)))
    call_id = await _call(society, event_id, ago(40), at(35, "23:59"))
    for n, idea in enumerate(SPEAKERS_OWN):
        await _propose(society, call_id, society.fixed["spreker"], idea, ago(8 - n))
    speakers = [*society.members[15:21], society.contacts[5], society.members[33]]
    for n, (idea, speaker) in enumerate(zip(COMING, speakers, strict=True)):
        await _propose(society, call_id, speaker, idea, ago(30 - n))


async def _call(society: Society, event_id: int, opens: datetime, closes: datetime) -> int:
    values: dict[str, Any] = {
        **{"event": event_id, "committee": society.groups["programmacommissie"]},
        **{"title": "Oproep voor voordrachten", "title_en": "Call for talks"},
        "text": "Stuur uw voorstel in: nieuw onderzoek, ervaring uit de praktijk, of een workshop.",
        "text_en": "Send us your proposal: new research, experience from practice, or a workshop.",
        **{"opens_at": opens, "closes_at": closes, "is_published": True},
        "formats": ["lecture:20", "workshop:75", "poster"],
    }
    return await calls.create_call(society.board, values, opens)


async def _propose(
    society: Society, call_id: int, speaker: Actor, idea: Idea, at: datetime
) -> None:
    text = Text(
        title=idea.title,
        abstract=idea.abstract,
        format=idea.format,
        topics=idea.topics,
        affiliation=idea.affiliation or "Voorbeeldpraktijk",
    )
    code = "".join(society.chance.choices(drafts.ALPHABET, k=drafts.CODE_LENGTH))
    view = await drafts.draft(speaker, call_id, text, code=code, opened_at=at, now=at)
    await _walk(society, view.id, speaker, idea.steps, at)


async def _walk(
    society: Society, proposal_id: int, speaker: Actor, steps: Sequence[str], at: datetime
) -> None:
    """The speaker and the committee, a few days apart."""
    for n, step in enumerate(steps):
        now = society.calendar.now if step == "deliver" else at + timedelta(days=3 * n)
        if step in SPEAKERS:
            await SPEAKERS[step](speaker, proposal_id, now=now)
        elif step in NOTES:
            await ANSWERS[step](society.board, proposal_id, note=NOTES[step], now=now)
        else:
            await DECISIONS[step](society.board, proposal_id, now=now)
