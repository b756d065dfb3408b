"""What the coming event day asks: three questions, one of them conditional, and what people eat."""

from dataclasses import replace
from datetime import datetime

from server import clock
from server.actors import SYSTEM
from server.questions import answering, needs, queries, rules, service
from server.questions.queries import AskedNeeds, NeedView
from server.questions.rules import Option, Question
from tables.questions import Audience, QuestionKind

TRAVEL = Question(
    id=0,
    version_id=0,
    kind=QuestionKind.one_of,
    is_required=True,
    label_nl="Hoe komt u?",
    label_en="How do you travel?",
    options=(
        Option("1", "Met de trein of bus", "By train or bus"),
        Option("2", "Met de auto", "By car"),
        Option("3", "Op de fiets of lopend", "By bicycle or on foot"),
    ),
    audience=Audience.on_site,
)
PLACE_IN_CAR = Question(
    id=0,
    version_id=0,
    kind=QuestionKind.yes_no,
    only_if_value="2",
    label_nl="Kan er iemand met u meerijden vanaf het station?",
    label_en="Can somebody ride along from the station?",
)
WISH = Question(
    id=0,
    version_id=0,
    kind=QuestionKind.long_text,
    label_nl="Wat wilt u die dag graag leren?",
    label_en="What would you like to learn that day?",
    help_nl="De sprekers lezen dit zonder uw naam.",
    help_en="The speakers read this without your name.",
)
SAID = (
    ({"1": ["1"], "3": ["Hoe ik partners erbij betrek."]}, NeedView(("vegetarian",))),
    ({"1": ["2"], "2": ["yes"]}, NeedView(("gluten_free",), "noten")),
    ({"1": ["1"], "3": ["Voorbeelden uit de kliniek."]}, NeedView(access="Ringleiding")),
    ({"1": ["3"]}, NeedView(("vegetarian", "lactose_free"))),
)


async def ask(told: dict[str, int]) -> None:
    """The questions, and what the first to register answered; the others still owe an answer."""
    event_id, now = told["free_day"], clock.now()
    travel = await service.add(SYSTEM, event_id, TRAVEL, now=now)
    car = replace(PLACE_IN_CAR, only_if=travel)
    numbered = {"1": travel, "2": await service.add(SYSTEM, event_id, car, now=now)}
    numbered["3"] = await service.add(SYSTEM, event_id, WISH, now=now)
    await needs.ask(SYSTEM, event_id, AskedNeeds(diet=True, access=True), now=now)
    await _answer(event_id, numbered, now)


async def _answer(event_id: int, numbered: dict[str, int], now: datetime) -> None:
    questions = await queries.of_event(event_id)
    for sheet, (said, need) in zip(await queries.sheets(event_id), SAID, strict=False):
        typed = {f"q{numbered[key]}": value for key, value in said.items()}
        checked = rules.check(questions, sheet.asker, typed)
        given = answering.filled(questions, checked, need)
        await answering.change(SYSTEM, sheet, given, now=now)
