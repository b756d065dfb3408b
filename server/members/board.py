"""The card of one person: where they stand, and every decision on their membership."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.params import FromPath

from server import clock
from server.actors import Actor
from server.errors import Invalid, NotFound
from server.members import farewell, forms, queries
from server.members.queries import Card
from server.memberships import deciding, notice, suspending
from server.memberships import queries as memberships
from server.memberships.periods import PeriodView
from server.rights import Area
from server.web.admin_kit.links import admin_row
from server.web.forms import Form
from server.web.pages import page, see_other
from server.web.visitor import language_of, require_fresh, require_right
from tables.memberships import Ground

AnyRequest = Request[Any, Any, Any]
Given = dict[str, Form]


async def one(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """One person, with what the board may decide."""
    require_right(request, Area.people)
    return await _page(request, await queries.card(person_id), {})


async def convert(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Go on as another type of member."""
    actor, card = await _deciding(request, person_id)
    form = await forms.ConversionForm.read(request)
    forms.offer_types(form, card, await memberships.types(clock.today()), language_of(request))

    async def decide() -> None:
        await deciding.convert(
            actor, current(card).id, form.type.data, from_on=form.from_on.data, now=clock.now()
        )

    return await _decide(request, card, "conversion", form, decide)


async def take_back_conversion(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """The membership stays of the same type."""
    actor, card = await _deciding(request, person_id)
    await deciding.take_back_conversion(actor, current(card).id, now=clock.now())
    return _back(card, "same_type")


async def give_notice(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Note a notice that came by mail."""
    actor, card = await _deciding(request, person_id)
    form = await forms.NoticeForm.read(request)

    async def decide() -> None:
        received_on = form.received_on.data
        await notice.give(actor, current(card).id, received_on=received_on, now=clock.now())

    return await _decide(request, card, "notice", form, decide)


async def withdraw_notice(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """The member stays, or never gave notice."""
    actor, card = await _deciding(request, person_id)
    await notice.withdraw(actor, current(card).id, now=clock.now())
    return _back(card, "notice_withdrawn")


async def end(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """The association ends the membership."""
    actor, card = await _deciding(request, person_id)
    form = await forms.EndingForm.read(request)
    _offer_grounds(request, card, form)

    async def decide() -> None:
        ground = Ground(form.ground.data)
        await deciding.end(actor, current(card).id, ground, form.reason.data, now=clock.now())

    return await _decide(request, card, "ending", form, decide)


async def take_back_end(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """The member stays after all."""
    actor, card = await _deciding(request, person_id)
    await deciding.take_back_end(actor, current(card).id, now=clock.now())
    return _back(card, "stays")


async def renew(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Another period for a membership that ends by itself."""
    actor, card = await _deciding(request, person_id)
    await notice.renew(actor, current(card).id, now=clock.now())
    return _back(card, "renewed")


async def suspend(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Take the rights of a member away for some days."""
    actor, card = await _deciding(request, person_id)
    form = await forms.SuspensionForm.read(request)

    async def decide() -> None:
        first_on, until_on = form.first_on.data, form.until_on.data
        await suspending.suspend(
            actor, card.id, form.why.data, from_on=first_on, until_on=until_on, now=clock.now()
        )

    return await _decide(request, card, "suspension", form, decide)


async def restore(
    request: AnyRequest, person_id: FromPath[int], suspension_id: FromPath[int]
) -> Response[Any]:
    """Give the rights back."""
    actor, card = await _deciding(request, person_id)
    if suspension_id not in {known.id for known in card.standing.suspensions}:
        raise NotFound
    await suspending.restore(actor, suspension_id, now=clock.now())
    return _back(card, "restored")


async def note_death(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """Note that somebody died: all mail stops."""
    actor, card = await _deciding(request, person_id)
    form = await forms.DeathForm.read(request)

    async def decide() -> None:
        await farewell.note(
            actor, card.id, form.died_on.data, source=form.source.data, now=clock.now()
        )

    return await _decide(request, card, "death", form, decide)


async def take_back_death(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """It was a mistake: the person lives."""
    actor, card = await _deciding(request, person_id)
    await farewell.take_back(actor, card.id, now=clock.now())
    return _back(card, "lives")


async def settle_death(request: AnyRequest, person_id: FromPath[int]) -> Response[Any]:
    """End what goes on, offices too."""
    require_fresh(request)
    actor, card = await _deciding(request, person_id)
    await farewell.settle(actor, card.id, now=clock.now())
    return _back(card, "settled")


def current(card: Card) -> PeriodView:
    """The period that the board decides on. Raises NotFound for who never was a member."""
    period = card.standing.current(clock.today())
    if period is None:
        raise NotFound
    return period


async def _deciding(request: AnyRequest, person_id: int) -> tuple[Actor, Card]:
    actor = require_right(request, Area.people, to_change=True)
    return actor, await queries.card(person_id)


async def _decide(
    request: AnyRequest, card: Card, what: str, form: Form, decide: Callable[[], Awaitable[None]]
) -> Response[Any]:
    """Decide if the form is right; else the page again, with what was typed."""
    if form.validate():
        try:
            await decide()
        except Invalid as invalid:
            form.blame(invalid)
    if form.errors:
        return await _page(request, card, {what: form})
    return _back(card, what)


def _back(card: Card, notice_key: str) -> Response[Any]:
    return see_other(f"/board/people/{card.id}", notice=f"members.notice.{notice_key}")


def _offer_grounds(request: AnyRequest, card: Card, form: forms.EndingForm) -> None:
    period, today = current(card), clock.today()
    forms.offer_grounds(
        form, lambda ground: period.association_ends_on(ground, today), language_of(request)
    )


def _may_decide(request: AnyRequest, card: Card) -> bool:
    actor = require_right(request, Area.people)
    is_somebody = card.anonymised_at is None and card.merged_into is None
    return is_somebody and actor.changes(Area.people) and actor.person_id != card.id


async def _page(request: AnyRequest, card: Card, given: Given) -> Response[Any]:
    today, said = clock.today(), language_of(request)
    shown: Given = {
        "conversion": forms.ConversionForm(),
        "notice": forms.NoticeForm(data={"received_on": today}),
        "ending": forms.EndingForm(),
        "suspension": forms.SuspensionForm(data={"first_on": today}),
        "death": forms.DeathForm(),
        **given,
    }
    conversion, ending = shown["conversion"], shown["ending"]
    if isinstance(conversion, forms.ConversionForm):
        forms.offer_types(conversion, card, await memberships.types(today), said)
    if isinstance(ending, forms.EndingForm) and card.standing.periods:
        _offer_grounds(request, card, ending)
    return page(
        request,
        "members/card.html",
        status=422 if given else 200,
        card=card,
        forms=shown,
        today=today,
        period=card.standing.current(today),
        may_decide=_may_decide(request, card),
        admin_row=admin_row("person", card.id, said),
    )
