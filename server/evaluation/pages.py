"""The form behind the link of a registration, and what it all adds up to for the board."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.errors import NotFound
from server.evaluation import service
from server.evaluation.service import SCORES, Answer
from server.events import board as events
from server.registrations import queries as registrations
from server.registrations.queries import RegistrationView
from server.web.forms import Form, at_most, required, stripped
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of
from tables.registrations import LineState

AnyRequest = Request[Any, Any, Any]


def _score(name: str) -> RadioField:
    return RadioField(f"evaluation.field.{name}", [required("errors.field.choice")])


def _words(name: str) -> TextAreaField:
    checks = [at_most(service.LONGEST)]
    return TextAreaField(f"evaluation.field.{name}", checks, filters=[stripped])


class EvaluationForm(Form):
    """Three scores, and one's own words."""

    overall = _score("overall")
    content = _score("content")
    organisation = _score("organisation")
    learned = _words("learned")
    better = _words("better")


async def ask(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """The form; thanks for who answered, and a sentence for who is too early or too late."""
    return await _page(request, await _came(code), EvaluationForm())


async def answer(request: AnyRequest, code: FromPath[str]) -> Response[Any]:
    """Take an answer; nothing joins it to who gave it."""
    view = await _came(code)
    form: Any = await EvaluationForm.read(request)
    _choices(request, form)
    if not form.validate():
        return await _page(request, view, form)
    scores = {name: int(form[name].data) for name in SCORES}
    given = Answer(**scores, learned=form.learned.data or "", better=form.better.data or "")
    await service.answer(view, given, now=clock.now())
    return see_other(f"/registrations/{code}/evaluation", notice="evaluation.notice.thanks")


async def results(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """What participants thought, for who manages the event."""
    event = await events.managed(request, slug)
    found = await service.results(event.id)
    return page(request, "evaluation/results.html", event=event, results=found)


async def _came(code: str) -> RegistrationView:
    view = await registrations.get(code)
    if view.state != LineState.confirmed:
        raise NotFound
    return view


def _choices(request: AnyRequest, form: Form) -> None:
    said = language_of(request)
    for name in SCORES:
        form[name].choices = [
            SelectChoice(str(n), language.text(said, f"evaluation.score.{n}"))
            for n in range(5, 0, -1)
        ]


async def _page(request: AnyRequest, view: RegistrationView, form: Form) -> Response[Any]:
    _choices(request, form)
    return secret(
        page(
            request,
            "evaluation/form.html",
            status=422 if form.errors else 200,
            registration=view,
            has_answered=await service.has_answered(view),
            is_open=service.is_open(view, clock.now()),
            form=form,
        )
    )
