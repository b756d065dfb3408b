"""The board's pages of webhooks: which there are, what was sent, and the secret, once."""

from typing import Any

from litestar import Request, Response
from litestar.params import FromPath
from wtforms import HiddenField, SelectMultipleField, StringField, URLField
from wtforms.fields.choices import SelectChoice

from server import clock, language
from server.actors import Actor
from server.errors import Invalid, Stale
from server.rights import Area
from server.web import outbound, shown_once
from server.web.forms import Form, at_most, required, stripped, whole
from server.web.pages import page, secret, see_other
from server.web.visitor import language_of, require_fresh, require_right
from server.webhooks import queries, rules, service
from server.webhooks.service import WebhookForm

AnyRequest = Request[Any, Any, Any]
WEBHOOKS, SHOWN = "/board/webhooks", "/board/webhooks/secret"
PURPOSE = "webhook secret"


class HookForm(Form):
    """Where to tell what."""

    url = URLField(
        "webhooks.field.url",
        [required(), at_most(outbound.LONGEST_URL)],
        filters=[stripped],
        description="webhooks.hint.url",
    )
    description = StringField(
        "webhooks.field.description",
        [at_most(service.DESCRIPTION_CHARACTERS)],
        filters=[stripped],
        description="webhooks.hint.description",
    )
    topics = SelectMultipleField(
        "webhooks.field.topics", [required("webhooks.field.topics.needed")]
    )
    revision = HiddenField()

    @property
    def asked(self) -> WebhookForm:
        """What the service is asked."""
        revision = self.revision.data or ""
        return WebhookForm(
            self.url.data,
            self.description.data,
            self.topics.data,
            int(revision) if revision.isascii() and revision.isdigit() else None,
        )


async def overview(request: AnyRequest) -> Response[Any]:
    """Every webhook."""
    _require(request)
    return page(request, "webhooks/list.html", webhooks=await queries.webhooks())


async def new(request: AnyRequest) -> Response[Any]:
    """The form of a new one."""
    _require_fresh(request)
    return _form(request, _choices(request, HookForm()))


async def create(request: AnyRequest) -> Response[Any]:
    """Make one; the next page shows its secret, once."""
    actor = _require_fresh(request)
    form = _choices(request, await HookForm.read(request))
    if not form.validate():
        return _form(request, form, status=422)
    try:
        _, made = await service.create(actor, form.asked, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return _form(request, form, status=422)
    return _with_secret(request, made)


async def shown(request: AnyRequest) -> Response[Any]:
    """The secret, this one time."""
    _require(request)
    found = shown_once.read(request, PURPOSE)
    if not found:
        return see_other(WEBHOOKS)
    response = page(request, "webhooks/secret.html", secret=found[0])
    shown_once.gone(response)
    return secret(response)


async def one(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """One webhook with its messages."""
    _require(request)
    before = whole(request.query_params.get("before"))
    hook = await queries.webhook(webhook_id)
    found = await queries.deliveries(webhook_id, before=before)
    older = f"?before={found[-1].id}" if len(found) == queries.PAGE else ""
    return page(request, "webhooks/one.html", hook=hook, deliveries=found, older=older)


async def edit(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """The form of one that there is."""
    _require_fresh(request)
    hook = await queries.webhook(webhook_id)
    data = {"url": hook.url, "description": hook.description, "topics": hook.topics}
    form = HookForm(data={**data, "revision": str(hook.revision)})
    return _form(request, _choices(request, form), hook=hook)


async def change(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Keep the form of one that there is."""
    actor, hook = _require_fresh(request), await queries.webhook(webhook_id)
    form = _choices(request, await HookForm.read(request))
    if not form.validate():
        return _form(request, form, status=422, hook=hook)
    try:
        await service.change(actor, webhook_id, form.asked, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return _form(request, form, status=422, hook=hook)
    except Stale:
        hook = await queries.webhook(webhook_id)
        form.revision.data = str(hook.revision)
        return _form(request, form, status=409, hook=hook)
    return see_other(_path(webhook_id), notice="webhooks.notice.changed")


async def renew_secret(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Another secret; the next page shows it, once."""
    made = await service.renew_secret(_require_fresh(request), webhook_id, now=clock.now())
    return _with_secret(request, made)


async def pause(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Tell it nothing more."""
    await service.pause(_require(request), webhook_id)
    return see_other(_path(webhook_id), notice="webhooks.notice.paused")


async def resume(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Tell it again."""
    await service.resume(_require(request), webhook_id)
    return see_other(_path(webhook_id), notice="webhooks.notice.resumed")


async def test(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Send a message that says nothing."""
    await service.send_test(_require(request), webhook_id, now=clock.now())
    return see_other(_path(webhook_id), notice="webhooks.notice.tested")


async def try_again(
    request: AnyRequest, webhook_id: FromPath[int], delivery_id: FromPath[int]
) -> Response[Any]:
    """Send a message that was given up after all."""
    await service.try_again(_require(request), webhook_id, delivery_id, now=clock.now())
    return see_other(_path(webhook_id), notice="webhooks.notice.queued")


async def remove(request: AnyRequest, webhook_id: FromPath[int]) -> Response[Any]:
    """Forget it."""
    await service.remove(_require_fresh(request), webhook_id, now=clock.now())
    return see_other(WEBHOOKS, notice="webhooks.notice.removed")


def _require(request: AnyRequest) -> Actor:
    return require_right(request, Area.machinery, to_change=True)


def _require_fresh(request: AnyRequest) -> Actor:
    _require(request)
    return require_fresh(request)


def _path(webhook_id: int) -> str:
    return f"{WEBHOOKS}/{webhook_id}"


def _with_secret(request: AnyRequest, made: str) -> Response[Any]:
    response = see_other(SHOWN)
    shown_once.put(response, request, PURPOSE, [made])
    return response


def _choices(request: AnyRequest, form: HookForm) -> HookForm:
    said = language_of(request)
    form.topics.choices = [
        SelectChoice(topic.name, language.text(said, topic.key)) for topic in rules.OFFERED
    ]
    return form


def _form(
    request: AnyRequest,
    form: HookForm,
    *,
    status: int = 200,
    hook: queries.WebhookView | None = None,
) -> Response[Any]:
    is_stale = status == 409
    return page(
        request, "webhooks/form.html", status=status, form=form, hook=hook, is_stale=is_stale
    )
