"""Asking people who registered before a question was there."""

from emails.letters.questions import AnswersAsked
from server import language
from server.actors import Actor
from server.audit import service as audit
from server.database import transaction
from server.errors import NotFound
from server.events import queries as events
from server.outbox import service as outbox
from server.questions import queries, rules
from server.questions.queries import Sheet
from server.questions.refusals import NobodyToAsk
from server.questions.rules import Question
from server.rights import Area
from server.web import links


async def owing(event_id: int) -> list[tuple[Sheet, list[Question]]]:
    """Who is registered and still owes answers, and to what."""
    questions = await queries.of_event(event_id)
    if not any(one.is_required for one in questions):
        return []
    known, found = await queries.answers(event_id), []
    for sheet in await queries.sheets(event_id):
        has = known.get(sheet.id, queries.Answers())
        owed = rules.missing(questions, sheet.asker, has.values, has.versions.values())
        if owed:
            found.append((sheet, owed))
    return found


async def ask_them(actor: Actor, event: events.EventView) -> int:
    """A letter to who owes answers; for the same questions once each. How many it is for.

    Refuses: NobodyToAsk. Raises NotFound.
    """
    if not actor.manages(event.group_id, Area.events):
        raise NotFound
    async with transaction():
        reached = [(sheet, owed) for sheet, owed in await owing(event.id) if sheet.email]
        if not reached:
            raise NobodyToAsk
        for sheet, owed in reached:
            await _post(sheet, owed)
        after = {"people": len(reached)}
        await audit.record(actor, "ask_answers", ("event", event.id), after=after)
    return len(reached)


async def _post(sheet: Sheet, owed: list[Question]) -> None:
    said = sheet.language
    letter = AnswersAsked(
        event=sheet.title(said),
        when=language.span(sheet.starts_at, sheet.ends_at, said),
        questions="\n".join(f"- {one.label(said)}" for one in owed),
        url=links.absolute(f"/registrations/{sheet.code}/answers"),
    )
    to = outbox.Recipient(sheet.person_id, sheet.display_name, sheet.email or "", said)
    which = ".".join(str(one.version_id) for one in owed)
    await outbox.post(letter, to, cause=f"answers:{sheet.id}:{which}")
