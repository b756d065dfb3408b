"""The page on which a letter to one segment is written, looked at, and then sent."""

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from emails import rendering
from server import clock
from server.errors import Invalid, NotFound
from server.events.board import managed
from server.registrations import sorts
from server.turnout import board, queries, rules, service
from server.turnout.board import Chosen
from server.turnout.rules import Choice, Guest
from server.turnout.service import Draft
from server.web import links
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, see_other
from server.web.visitor import require_signed_in
from tables.turnout import Segment

AnyRequest = Request[Any, Any, Any]
SUBJECT, WORDS = 78, 5000  # characters
TYPED = ("subject", "words", "subject_en", "words_en")


class LetterForm(Form):
    """Subject and words, once more in English, and a tick for who waits. `seen`: as looked at."""

    subject = StringField(
        "turnout.field.subject", [required(), at_most(SUBJECT)], filters=[stripped]
    )
    words = TextAreaField("turnout.field.words", [required(), at_most(WORDS)], filters=[stripped])
    subject_en = StringField("turnout.field.subject_en", [at_most(SUBJECT)], filters=[stripped])
    words_en = TextAreaField("turnout.field.words_en", [at_most(WORDS)], filters=[stripped])
    to_waiting = BooleanField("turnout.field.to_waiting")
    key = HiddenField()
    seen = HiddenField()


async def write(request: AnyRequest, slug: FromPath[str], segment: FromPath[str]) -> Response[Any]:
    """An empty letter to exactly these people."""
    about = await _about(request, slug, segment)
    return _page(request, about, LetterForm(data={"key": str(uuid4())}))


async def send(request: AnyRequest, slug: FromPath[str], segment: FromPath[str]) -> Response[Any]:
    """First the letter as it will arrive; the same letter once more is sent.

    What was changed after the look is looked at again.
    """
    about, actor = await _about(request, slug, segment), require_signed_in(request)
    form: Any = await LetterForm.read(request)
    if not form.validate() or form.seen.data != _fingerprint(about.choice, form):
        return _look(request, about, form)
    try:
        await service.send(actor, about.event, about.choice, _draft(form), now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return _page(request, about, form)
    return see_other(f"/board/events/{slug}/numbers", notice="turnout.notice.sent")


def _look(request: AnyRequest, about: Chosen, form: Any) -> Response[Any]:
    """The letter as it will arrive; with a key of its own, for it is another letter."""
    form.key.data = str(uuid4())
    draft = _draft(form)
    try:
        service.check(require_signed_in(request), about.event, about.choice, draft)
        if not _recipients(about):
            raise Invalid(words="turnout.field.nobody")
    except Invalid as invalid:
        form.blame(Invalid(**{k: v for k, v in invalid.fields.items() if not form[k].errors}))
    if form.problems:
        form.seen.data = ""
        return _page(request, about, form)
    form.seen.data = _fingerprint(about.choice, form)
    return _page(request, about, form, _letters(about, draft))


async def sent(
    request: AnyRequest, slug: FromPath[str], message_id: FromPath[int]
) -> Response[Any]:
    """A letter as it was sent: by whom, when, to which segment, to how many."""
    event = await managed(request, slug)
    message = await queries.message(event.id, message_id)
    if not service.may_see(require_signed_in(request), Segment(message.segment)):
        raise NotFound
    units = await sorts.of_event(event.id, now=clock.now())
    unit = next((one for one in units if one.id == message.unit_id), None)
    return page(request, "turnout/sent.html", event=event, message=message, unit=unit)


async def _about(request: AnyRequest, slug: str, named: str) -> Chosen:
    about = await board.chosen(request, slug, named)
    if about.choice.segment in rules.NOT_WRITTEN_TO:
        raise NotFound
    return about


def _draft(form: Any) -> Draft:
    return Draft(
        subject=form.subject.data or "",
        words=form.words.data or "",
        key=_key(form.key.data or ""),
        subject_en=form.subject_en.data or "",
        words_en=form.words_en.data or "",
        to_waiting=bool(form.to_waiting.data),
    )


def _key(typed: str) -> UUID:
    """The key of the form as it was opened; of a broken one, a new letter."""
    try:
        return UUID(typed)
    except ValueError:
        return uuid4()


def _fingerprint(choice: Choice, form: Any) -> str:
    """What was looked at: whoever changes a word, or the segment, looks again."""
    parts = (choice.segment.value, str(choice.unit_id), choice.ticket_class)
    typed = (str(form[name].data or "") for name in (*TYPED, "key"))
    return hashlib.sha256("\x1f".join((*parts, *typed)).encode()).hexdigest()


def _page(
    request: AnyRequest,
    about: Chosen,
    form: Any,
    letters: Sequence[tuple[str, rendering.Rendered]] = (),
) -> Response[Any]:
    people = _recipients(about)
    left_out = [(one, rules.why_not(one, about.choice.segment)) for one in about.people]
    return page(
        request,
        "turnout/letter.html",
        status=422 if form.problems else 200,
        event=about.event,
        choice=about.choice,
        unit=about.unit,
        form=form,
        people=people,
        left_out=[(one, why) for one, why in left_out if why],
        english=sum(one.language == "en" for one in people),
        letters=letters,
        address=board.address,
    )


def _recipients(about: Chosen) -> list[Guest]:
    return rules.recipients(about.found.guests, about.choice, is_over=about.found.is_over)


def _letters(about: Chosen, draft: Draft) -> list[tuple[str, rendering.Rendered]]:
    """As it will arrive, in each language in which somebody gets it: language and letter."""
    first = {guest.language: guest for guest in reversed(_recipients(about))}
    found = []
    for said, guest in sorted(first.items(), reverse=True):
        named = service.named(about.event, about.choice, about.units, said)
        letter = service.letter_to(guest, named, about.event, draft)
        values = rendering.values_of(letter, guest.name) | {"url": links.absolute("/…")}
        found.append((said, rendering.render(letter.kind(), said, values, letter.category)))
    return found
