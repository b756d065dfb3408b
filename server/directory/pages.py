"""The directory as everybody sees it: search, a profile, its card, and a message to its holder."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.params import FromPath
from litestar.response import Redirect
from wtforms import EmailField, StringField, TextAreaField

from server import clock
from server.directory import cards, reading, relay
from server.directory.index import LONGEST_QUESTION, Asked
from server.directory.reading import Directory
from server.directory.rules import FACETS, Entry, seen
from server.errors import Invalid, NotFound
from server.web import structured
from server.web.forms import at_most, required, stripped
from server.web.pages import page, see_other
from server.web.public_form import PublicForm
from server.web.visitor import Connection, actor_of, language_of
from tables.directory import Visibility

AnyRequest = Request[Any, Any, Any]
PAGE = 20
LONGEST_MESSAGE = 3000


class MessageForm(PublicForm):
    """A message to somebody of the directory."""

    name = StringField("directory.field.sender", [required(), at_most(120)], filters=[stripped])
    email = EmailField(
        "directory.field.email",
        [required("errors.field.email"), at_most(254)],
        filters=[stripped],
        description="directory.hint.email",
    )
    text = TextAreaField(
        "directory.field.text",
        [required(), at_most(LONGEST_MESSAGE)],
        filters=[stripped],
        description="directory.hint.text",
        render_kw={"rows": 8},
    )


def reader_of(request: Connection) -> Visibility:
    """Members see what is for members; everybody else sees what is public."""
    return Visibility.members if actor_of(request).is_member else Visibility.public


def asked_in(request: AnyRequest, directory: Directory) -> Asked:
    """What the address asks for. Raises NotFound for a value that there is not (any more):
    leaving it out would show everybody to who asked for a few.
    """
    params = request.query_params
    known = directory.labels["nl"]
    chosen = {facet: tuple(dict.fromkeys(params.getall(facet, []))) for facet in FACETS}
    if any(code not in known[facet] for facet, codes in chosen.items() for code in codes):
        raise NotFound
    words = params.get("q", "").replace("\x00", "").strip()[:LONGEST_QUESTION]
    return Asked(words, {f: codes for f, codes in chosen.items() if codes}, "referrals" in params)


def address(asked: Asked, number: int = 1) -> str:
    """The same search as an address that can be shared."""
    pairs = [("q", asked.words)] if asked.words else []
    pairs += [(facet, code) for facet in FACETS for code in asked.chosen.get(facet, ())]
    pairs += [("referrals", "1")] if asked.takes_referrals else []
    pairs += [("page", str(number))] if number > 1 else []
    return "/directory" + (f"?{urlencode(pairs)}" if pairs else "")


def toggled(asked: Asked, facet: str, code: str) -> Asked:
    """The search with one value more, or one less."""
    now = asked.chosen.get(facet, ())
    codes = tuple(c for c in now if c != code) if code in now else (*now, code)
    return Asked(asked.words, {**asked.chosen, facet: codes}, asked.takes_referrals)


async def search(request: AnyRequest) -> Response[Any]:
    """Who fits what is asked; the counts say what each further choice would give."""
    directory = await reading.directory(clock.today())
    asked, number = asked_in(request, directory), page_number(request)
    index = directory.indexes[reader_of(request)]
    found = index.search(asked, start=(number - 1) * PAGE, size=PAGE)
    if number > 1 and not found.entries:
        raise NotFound
    more = found.total > number * PAGE
    return page(
        request,
        "directory/search.html",
        asked=asked,
        found=found,
        labels=directory.labels[language_of(request)],
        address=address,
        toggled=toggled,
        older=address(asked, number + 1) if more else "",
        newer=address(asked, number - 1) if number > 1 else "",
        number=number,
    )


def page_number(request: AnyRequest) -> int:
    """The page that is asked for, from 1."""
    given = request.query_params.get("page", "1")
    return int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < 6 else 1


async def find(slug: str, reader: Visibility) -> tuple[Entry, Directory]:
    """One profile, read afresh, as this reader sees it. Raises NotFound."""
    day = clock.today()
    found = await reading.findable(day, slug) if slug else []
    if not found:
        raise NotFound
    return seen(found[0], reader, day), await reading.directory(day)


async def show(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """One psychologist; who stands elsewhere by now is found there."""
    try:
        entry, directory = await find(slug, reader_of(request))
    except NotFound:
        elsewhere = await reading.moved_to(slug, clock.today())
        if elsewhere is None:
            raise
        return Redirect(f"/directory/{elsewhere}", status_code=301)
    said = language_of(request)

    def label(facet: str, code: str) -> str:
        return directory.label(facet, code, said)

    return page(
        request,
        "directory/profile.html",
        entry=entry,
        label=label,
        json_ld=structured.script(cards.json_ld(entry, said, label)),
    )


async def vcard(request: AnyRequest, slug: FromPath[str]) -> Response[str]:
    """One psychologist for an address book."""
    entry, directory = await find(slug, reader_of(request))
    said = language_of(request)
    text = cards.vcard(entry, lambda facet, code: directory.label(facet, code, said))
    named = {"Content-Disposition": f'attachment; filename="{entry.slug}.vcf"'}
    return Response(text, media_type="text/vcard; charset=utf-8", headers=named)


async def writing(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """The form for a message. Raises NotFound when the holder wants none."""
    entry = await _writable(request, slug)
    actor = actor_of(request)
    form = MessageForm(data={"name": actor.name, "email": actor.email})
    return page(request, "directory/contact.html", entry=entry, form=form)


async def write(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Pass a message on; nobody's address is shown."""
    entry, form = await _writable(request, slug), await MessageForm.read(request)
    if not form.validate():
        return page(request, "directory/contact.html", status=422, entry=entry, form=form)
    message = relay.Message(form.name.data, form.email.data, form.text.data)
    opened = form.opened.data or ""
    try:
        await relay.send(actor_of(request), slug, message, form=opened, now=clock.now())
    except Invalid as invalid:
        form.blame(invalid)
        return page(request, "directory/contact.html", status=422, entry=entry, form=form)
    return see_other(f"/directory/{slug}", notice="directory.notice.sent")


async def _writable(request: AnyRequest, slug: str) -> Entry:
    entry, _ = await find(slug, reader_of(request))
    if not entry.can_be_written:
        raise NotFound
    return entry
