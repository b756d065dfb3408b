"""The page where people subscribe, and where they make and end their secret addresses."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import segno
from litestar import Request, Response
from litestar.params import FromPath
from markupsafe import Markup
from wtforms import SelectMultipleField, StringField

from server import clock
from server import language as words
from server.calendars import figures, keeping, programme, queries, rules, service
from server.calendars.queries import SecretAddress
from server.errors import Invalid
from server.web import shown_once
from server.web.calendar_links import SubscribeLinks, for_feed
from server.web.forms import Form, at_most, required, stripped
from server.web.links import absolute
from server.web.pages import page, secret, see_other
from server.web.visitor import actor_of, language_of, require_signed_in
from tables.calendars import EVERYTHING, FeedScope

AnyRequest = Request[Any, Any, Any]
SECRET = "/calendars/personal/"
SHOWN_ONCE = "/calendars/addresses/new"
NEW = "calendar address"


@dataclass(frozen=True)
class OfferedFeed:
    """A feed with every way of subscribing to it."""

    id: str
    name: str
    text: str
    links: SubscribeLinks
    qr: Markup
    page: str = ""


class AddressForm(Form):
    """What a secret address is for, "telefoon", and what it shows."""

    label = StringField("calendars.field.label", [required(), at_most(60)], filters=[stripped])
    scopes = SelectMultipleField(
        "calendars.field.scopes",
        [required("calendars.invalid.scopes")],
        description="calendars.hint.scopes",
    )

    def in_words(self, said: str) -> Self:
        """With the choices in a language."""
        self.scopes.choices = [
            (one.value, words.text(said, f"calendars.scope.{one}")) for one in FeedScope
        ]
        return self


async def index(request: AnyRequest) -> Response[Any]:
    """Subscribe to the open feeds; signed in, also to one's own calendar."""
    return await _index(request, AddressForm(data={"scopes": EVERYTHING}))


async def create(request: AnyRequest) -> Response[Any]:
    """Make a secret address; the next page shows it, once."""
    actor = require_signed_in(request)
    form = (await AddressForm.read(request)).in_words(language_of(request))
    if not form.validate():
        return await _index(request, form, status=422)
    try:
        token = await service.create_token(
            actor, form.label.data or "", form.scopes.data or [], now=clock.now()
        )
    except Invalid as invalid:
        form.blame(invalid)
        return await _index(request, form, status=422)
    response = see_other(SHOWN_ONCE)
    shown_once.put(response, request, NEW, [token])
    return response


async def shown(request: AnyRequest) -> Response[Any]:
    """The new address, this one time."""
    require_signed_in(request)
    found = shown_once.read(request, NEW)
    if not found:
        return see_other("/calendars")
    name = words.text(language_of(request), "calendars.name.personal")
    path = f"{SECRET}{found[0]}.ics"
    feed = _offered(request, "own", path, name)
    response = page(request, "calendars/address.html", feed=feed)
    shown_once.gone(response)
    return secret(response)


async def one(request: AnyRequest, address_id: FromPath[int]) -> Response[Any]:
    """One of one's own addresses, to be named anew or to show something else. Raises NotFound."""
    actor = require_signed_in(request)
    address = await queries.address_of(actor.person_id or 0, address_id)
    chosen = [one for one in EVERYTHING if one in address.scopes]
    return _one(request, address, AddressForm(data={"label": address.label, "scopes": chosen}))


async def change(request: AnyRequest, address_id: FromPath[int]) -> Response[Any]:
    """Save one of one's own addresses. Raises NotFound."""
    actor = require_signed_in(request)
    address = await queries.address_of(actor.person_id or 0, address_id)
    form = (await AddressForm.read(request)).in_words(language_of(request))
    if not form.validate():
        return _one(request, address, form, status=422)
    chosen = form.scopes.data or []
    await keeping.change(actor, address_id, form.label.data or "", chosen, now=clock.now())
    return see_other("/calendars", notice="calendars.notice.changed")


def _one(
    request: AnyRequest, address: SecretAddress, form: AddressForm, *, status: int = 200
) -> Response[Any]:
    shown = form.in_words(language_of(request))
    return page(request, "calendars/one.html", status=status, address=address, form=shown)


async def revoke(request: AnyRequest, address_id: FromPath[int]) -> Response[Any]:
    """End one of one's own secret addresses."""
    await service.revoke_token(require_signed_in(request), address_id, now=clock.now())
    return see_other("/calendars", notice="calendars.notice.revoked")


async def _index(request: AnyRequest, form: AddressForm, *, status: int = 200) -> Response[Any]:
    actor, said = actor_of(request), language_of(request)
    addresses: list[SecretAddress] = []
    ended: list[SecretAddress] = []
    if actor.person_id is not None:
        addresses = await queries.addresses_of(actor.person_id)
        ended = await queries.ended_of(actor.person_id, clock.now())
    return page(
        request,
        "calendars/index.html",
        status=status,
        public=_offered(
            request,
            "all",
            "/calendars/public.ics",
            words.text(said, "calendars.name.public"),
            page="/calendars/read/public",
        ),
        groups=[
            _offered(
                request,
                f"group-{group.id}",
                f"/calendars/groups/{group.slug}.ics",
                group.name(said),
                text=group.mission(said),
                page=f"/calendars/read/groups/{group.slug}",
            )
            for group in await queries.open_groups()
        ],
        programmes=[
            _offered(
                request,
                f"programme-{one.event_id}",
                f"/calendars/events/{one.slug}/programme.ics",
                one.title(said),
                page=f"/calendars/read/events/{one.slug}",
            )
            for one in await programme.coming(clock.now())
        ],
        deadlines=_offered(
            request,
            "deadlines",
            "/calendars/deadlines.ics",
            words.text(said, "calendars.name.deadlines"),
            page="/calendars/read/deadlines",
        ),
        addresses=addresses,
        ended=ended,
        form=form.in_words(said),
        pace=await figures.pace(clock.today()),
        clients=rules.CLIENTS,
        scopes=EVERYTHING,
    )


def _qr(address: str, title: str) -> Markup:
    """A QR code as SVG within the page: no style, no script, nothing from elsewhere."""
    code = segno.make(address, error="m", micro=False)
    # segno escapes the title; the rest is numbers
    svg = code.svg_inline(
        scale=4, border=4, svgclass="qr", lineclass=None, title=title, light="#fff"
    )
    return Markup(svg)


_qr_of_open_feed = lru_cache(maxsize=256)(_qr)  # drawing one takes as long as the rest of the page


def _offered(
    request: AnyRequest,
    feed_id: str,
    path: str,
    name: str,
    *,
    text: str = "",
    page: str = "",
) -> OfferedFeed:
    language = "?lang=en" if language_of(request) == "en" else ""
    address = absolute(path) + language
    draw = _qr if path.startswith(SECRET) else _qr_of_open_feed  # a secret is not kept in memory
    code = draw(address, name)
    return OfferedFeed(f"address-{feed_id}", name, text, for_feed(address, name), code, page)
