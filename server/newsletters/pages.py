"""Sign up, confirm, choose, leave. Links act on POST only; the same answer for every address."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import EmailField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from server import clock
from server.consent import queries as consents
from server.errors import Invalid
from server.language import LANGUAGES
from server.newsletters import queries, reasons, rules, service
from server.newsletters.rules import LinkExpired
from server.newsletters.service import SignUp
from server.newsletters.views import Standing
from server.people.rules import valid_email
from server.web import pace
from server.web.forms import at_most, required, sent, stripped
from server.web.pages import page, secret, see_other
from server.web.public_form import PublicForm
from server.web.visitor import actor_of, language_of, require_signed_in

AnyRequest = Request[Any, Any, Any]
ME = "/me/newsletters"


class SignUpForm(PublicForm):
    """Who wants which lists."""

    email = EmailField(
        "newsletters.field.email",
        [required("errors.field.email"), at_most(254)],
        filters=[stripped],
        description="newsletters.field.email.hint",
    )
    name = StringField(
        "newsletters.field.name",
        [at_most(rules.NAME_LENGTH)],
        filters=[stripped],
        description="newsletters.field.name.hint",
    )
    language = RadioField(
        "newsletters.field.language",
        [required()],
        choices=[SelectChoice("nl", "Nederlands"), SelectChoice("en", "English")],
        validate_choice=False,
    )
    lists = SelectMultipleField("newsletters.field.lists", validate_choice=False)

    def validate_email(self, field: Any) -> None:
        """One address, nothing else."""
        if field.data and not valid_email(field.data):
            raise StopValidation("errors.field.email")

    def validate_lists(self, field: Any) -> None:
        """At least one list."""
        if not field.data:
            raise StopValidation("newsletters.field.lists.choose")


async def sign_up(request: AnyRequest) -> Response[Any]:
    """The public lists and the form to come on them."""
    form = SignUpForm(data={"language": language_of(request)})
    wanted = request.query_params.get("list")
    form.lists.data = [wanted] if wanted else []
    return await _form(request, form)


async def ask(request: AnyRequest) -> Response[Any]:
    """Ask for lists; what follows is the same for known, unknown and suppressed addresses."""
    now = clock.now()
    form = await SignUpForm.read(request, language=language_of(request))
    if not form.validate():
        return await _form(request, form, status=422)
    asked = SignUp(
        form.email.data, form.name.data, _language(request, form), tuple(form.lists.data)
    )
    async with pace.steady():
        try:
            await service.sign_up(actor_of(request), asked, now=now)
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _form(request, form, status=422)
    return see_other("/newsletters/asked")


async def asked(request: AnyRequest) -> Response[Any]:
    """What happens next, for everybody alike."""
    return page(request, "newsletters/asked.html", days=rules.LINK_DAYS)


async def confirming(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What the link in the letter opens: a button, or what came of it before."""
    now = clock.now()
    try:
        first, waiting = await service.asked_by(token, now=now)
    except LinkExpired:
        return secret(page(request, "newsletters/expired.html", status=410))
    known = await queries.of_address(first.email_key, first.person_id)
    rows = waiting or [row for row in known if row.state == "confirmed"]
    if not rows:
        return secret(page(request, "newsletters/expired.html", status=410))
    named = await _names(request, {row.list_id for row in rows})
    words = await consents.find_words(rules.WORDS, first.asked_at)
    return secret(
        page(
            request,
            "newsletters/confirm.html",
            token=token,
            names=named,
            is_waiting=bool(waiting),
            words=words.text(language_of(request)) if words else "",
        )
    )


async def confirm(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Confirm what the letter asked."""
    await service.confirm(token, now=clock.now())
    return see_other(f"/newsletters/confirm/{token}")


async def preferences(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Every list, where the holder of the link stands, and why."""
    row = await queries.get_by_token(token)
    shown = await queries.shown_to_token(row)
    return secret(
        page(
            request,
            "newsletters/preferences.html",
            action=f"/newsletters/preferences/{token}",
            standings=shown,
            whys=await _whys(shown, row.email_key, row.person_id),
            address=rules.veiled(row.email),
        )
    )


async def prefer(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Save the preference page."""
    owed = await service.prefer(token, await _ticked(request), now=clock.now())
    return see_other(f"/newsletters/preferences/{token}", notice=_saved(owed))


async def object_to_all(token: FromPath[str]) -> Response[Any]:
    """Never mail this address a newsletter again."""
    await service.object_to_all(token, now=clock.now())
    return see_other(f"/newsletters/preferences/{token}", notice="newsletters.notice.nothing_more")


async def leaving(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """What an unsubscribe link opens: a button, since mail scanners follow links too."""
    return await _left(request, token)


async def leave(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """One click (RFC 8058): no cookie, no origin, any body; 200 without a redirect, also again."""
    await service.unsubscribe(token, channel="one_click", now=clock.now())
    return await _left(request, token)


async def mine(request: AnyRequest) -> Response[Any]:
    """A signed-in person's own lists."""
    actor = require_signed_in(request)
    who = await queries.get_address(actor)
    shown = await queries.shown_to_person(actor, who.email_key)
    return page(
        request,
        "newsletters/mine.html",
        action=ME,
        standings=shown,
        whys=await _whys(shown, who.email_key, who.person_id),
        address=who.email,
    )


async def choose(request: AnyRequest) -> Response[Any]:
    """Save one's own lists."""
    actor = require_signed_in(request)
    owed = await service.choose(actor, await _ticked(request), now=clock.now())
    return see_other(ME, notice=_saved(owed))


async def _form(request: AnyRequest, form: SignUpForm, *, status: int = 200) -> Response[Any]:
    words = await consents.find_words(rules.WORDS, clock.now())
    return page(
        request,
        "newsletters/sign_up.html",
        status=status,
        form=form,
        lists=await queries.public_lists(),
        words=words.text(language_of(request)) if words else "",
    )


async def _left(request: AnyRequest, token: str) -> Response[Any]:
    row = await queries.get_by_token(token)
    names = await _names(request, {row.list_id})
    return secret(
        page(
            request,
            "newsletters/leave.html",
            token=token,
            name=names[0],
            is_off=row.state == "unsubscribed",
        )
    )


async def _whys(
    shown: Sequence[Standing], key: str, person_id: int | None
) -> dict[int, reasons.Why]:
    """List → why it is mailed or not."""
    people = [] if person_id is None else [person_id]
    lists = [one.list for one in shown]
    return {one.list.id: one for one in await reasons.of_address(lists, key, people, clock.today())}


async def _names(request: AnyRequest, ids: set[int]) -> list[str]:
    said = language_of(request)
    return [one.name(said) for one in await queries.lists() if one.id in ids]


async def _ticked(request: AnyRequest) -> list[str]:
    posted = await sent(request)
    return [value for value in posted.getall("lists", []) if isinstance(value, str)]


def _language(request: AnyRequest, form: SignUpForm) -> str:
    return form.language.data if form.language.data in LANGUAGES else language_of(request)


def _saved(owed: bool) -> str:
    return "newsletters.notice.saved_confirm" if owed else "newsletters.notice.saved"
