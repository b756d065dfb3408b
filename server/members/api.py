"""Members over the API: the board's verbs, for offices that may see and change people."""

from datetime import date
from typing import Any

from litestar import Request
from litestar.params import FromPath, JSONBody

from server import clock
from server.actors import Actor
from server.errors import Invalid, NotFound
from server.members import farewell, queries
from server.members.schemas import (
    ConversionIn,
    DeathIn,
    EndingIn,
    MemberOut,
    NoticeIn,
    SuspensionIn,
    member_out,
)
from server.memberships import deciding, notice, suspending
from server.memberships import queries as memberships
from server.rights import Area
from server.web.forms import stripped
from server.web.visitor import require_fresh, require_right

AnyRequest = Request[Any, Any, Any]


async def one(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """One person and where they stand today."""
    require_right(request, Area.people)
    return await _out(person_id)


async def convert(
    request: AnyRequest, person_id: FromPath[int], data: JSONBody[ConversionIn]
) -> MemberOut:
    """Go on as another type from a day. 409 when it is ending, 422 for a type or day unfit."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    from_on = _needed(data.from_on, "from_on")
    types = {kind.code: kind.id for kind in await memberships.types(from_on)}
    type_id = types.get(data.type, 0)
    await deciding.convert(actor, period.id, type_id, from_on=from_on, now=clock.now())
    return await _out(person_id)


async def take_back_conversion(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """The membership stays of the same type. 409 when no conversion is planned."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    await deciding.take_back_conversion(actor, period.id, now=clock.now())
    return await _out(person_id)


async def give_notice(
    request: AnyRequest, person_id: FromPath[int], data: JSONBody[NoticeIn]
) -> MemberOut:
    """Note a notice that was received. 409 when it is ending, 422 for a day still to come."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    received_on = _needed(data.received_on, "received_on")
    await notice.give(actor, period.id, received_on=received_on, now=clock.now())
    return await _out(person_id)


async def withdraw_notice(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """The member stays. 409 when there is no notice, or the last day is past."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    await notice.withdraw(actor, period.id, now=clock.now())
    return await _out(person_id)


async def end(request: AnyRequest, person_id: FromPath[int], data: JSONBody[EndingIn]) -> MemberOut:
    """The association ends the membership. 409 when it is ending, 422 without ground or reason."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    if data.ground is None:
        raise Invalid(ground="memberships.field.ground.needed")
    reason = stripped(data.reason)
    await deciding.end(actor, period.id, data.ground, reason, now=clock.now())
    return await _out(person_id)


async def take_back_end(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """The member stays after all. 409 when the association did not end it."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    await deciding.take_back_end(actor, period.id, now=clock.now())
    return await _out(person_id)


async def renew(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """Another period. 409 when it does not end by itself, or not soon."""
    actor = _changing(request)
    period = await memberships.current(person_id, clock.today())
    await notice.renew(actor, period.id, now=clock.now())
    return await _out(person_id)


async def suspend(
    request: AnyRequest, person_id: FromPath[int], data: JSONBody[SuspensionIn]
) -> MemberOut:
    """Days without rights. 409 when there are some already, 422 without a first day or reason."""
    actor = _changing(request)
    await suspending.suspend(
        actor,
        person_id,
        stripped(data.reason),
        from_on=_needed(data.from_on, "from_on"),
        until_on=data.until_on,
        now=clock.now(),
    )
    return await _out(person_id)


async def restore(
    request: AnyRequest, person_id: FromPath[int], suspension_id: FromPath[int]
) -> MemberOut:
    """Give the rights back today."""
    actor = _changing(request)
    card = await queries.card(person_id)
    if suspension_id not in {known.id for known in card.standing.suspensions}:
        raise NotFound
    await suspending.restore(actor, suspension_id, now=clock.now())
    return await _out(person_id)


async def note_death(
    request: AnyRequest, person_id: FromPath[int], data: JSONBody[DeathIn]
) -> MemberOut:
    """Note a death: sign-in, mail and lists end. 409 when noted already, 422 without a day."""
    actor = _changing(request)
    died_on = _needed(data.died_on, "died_on")
    source = stripped(data.source)
    await farewell.note(actor, person_id, died_on, source=source, now=clock.now())
    return await _out(person_id)


async def take_back_death(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """The person lives. 409 when what went on has been ended."""
    await farewell.take_back(_changing(request), person_id, now=clock.now())
    return await _out(person_id)


async def settle_death(request: AnyRequest, person_id: FromPath[int]) -> MemberOut:
    """End what goes on; see `open_ends`. Asks a second step of the last ten minutes."""
    require_fresh(request)
    await farewell.settle(_changing(request), person_id, now=clock.now())
    return await _out(person_id)


def _changing(request: AnyRequest) -> Actor:
    return require_right(request, Area.people, to_change=True)


def _needed(day: date | None, field: str) -> date:
    if day is None:
        raise Invalid(**{field: "errors.field.required"})
    return day


async def _out(person_id: int) -> MemberOut:
    return member_out(await queries.card(person_id), clock.today())
