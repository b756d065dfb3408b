"""What a list has sent: a page for whoever may be on it, and an Atom feed of what is public."""

import re
from hashlib import sha256
from typing import Any
from xml.sax.saxutils import escape

from litestar import Request, Response
from litestar.params import FromPath
from markupsafe import Markup

from emails.issues import NAME
from server import language
from server.errors import NotFound
from server.issues import previewing, queries
from server.issues.views import Issue
from server.newsletters import queries as lists
from server.newsletters.views import MailingList
from server.rights import Area
from server.web import markdown
from server.web.forms import whole
from server.web.links import absolute
from server.web.pages import page
from server.web.visitor import actor_of, language_of, require_signed_in
from tables.newsletters import Audience

AnyRequest = Request[Any, Any, Any]
FEED_LENGTH = 20
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
PICTURE = re.compile(r"!\[(?=[^\]]+\]\()")


async def overview(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """Every issue, the newest first."""
    one = await _open(request, slug)
    before = whole(request.query_params.get("before"))
    found = await queries.archived(one.id, before=before, limit=queries.PAGE + 1)
    return page(
        request,
        "issues/archive.html",
        list=one,
        issues=found[: queries.PAGE],
        older=f"?before={found[queries.PAGE - 1].number}" if len(found) > queries.PAGE else "",
        newer="?" if before else "",
        is_public=one.audience == Audience.public,
    )


async def show(request: AnyRequest, slug: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """One issue, as nobody in particular gets it: no name, no link of anybody."""
    one = await _open(request, slug)
    issue = await queries.numbered(one.id, number)
    said = language_of(request)
    written = said if issue.words[said].is_written else "en" if said == "nl" else "nl"
    body = _of_nobody(issue, written)
    return page(
        request,
        "issues/archived.html",
        list=one,
        issue=issue,
        body=Markup(str(markdown.render(body)).replace("h3>", "h2>")),  # below the h1 of the page
        written=written,
        is_public=one.audience == Audience.public,
    )


async def atom(request: AnyRequest, slug: FromPath[str]) -> Response[Any]:
    """`/newsletters/archive/{slug}/atom.xml` (RFC 4287); of public lists only."""
    one = await lists.get_list(slug)
    if one.audience != Audience.public:
        raise NotFound
    said = language_of(request) if "lang" in request.query_params else "nl"
    text = _feed(one, await queries.archived(one.id, limit=FEED_LENGTH), said)
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "public, max-age=900"}
    if request.headers.get("if-none-match") == etag:
        return Response(None, status_code=304, headers=headers)
    return Response(text, media_type="application/atom+xml; charset=utf-8", headers=headers)


def _feed(one: MailingList, issues: list[Issue], said: str) -> str:
    """The whole of it, without signs that no XML may hold."""
    home = absolute(f"/newsletters/archive/{one.slug}")
    newest = max((i.started_at for i in issues if i.started_at), default=None)
    updated = newest.isoformat() if newest else "2020-01-01T00:00:00+00:00"
    entries = "".join(_entry(one, issue, said) for issue in issues)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{said}">\n'
        f"<id>urn:list:{escape(one.list_id)}</id>\n<title>{escape(one.name(said))}</title>\n"
        f"<subtitle>{escape(one.description(said))}</subtitle>\n<updated>{updated}</updated>\n"
        f'<author><name>Netwerk Pijnpsychologie</name></author>\n<link href="{escape(home)}"/>\n'
        f'<link rel="self" type="application/atom+xml" href="{escape(home)}/atom.xml"/>\n'
        f"{entries}</feed>\n"
    )
    return NO_XML.sub("", text)


def _entry(one: MailingList, issue: Issue, said: str) -> str:
    seen = previewing.for_nobody(issue, said)
    at = issue.started_at.isoformat() if issue.started_at else ""
    body = _of_nobody(issue, seen.language)
    return (
        f"<entry><id>urn:list:{escape(one.list_id)}:{issue.number}</id>"
        f"<title>{escape(seen.rendered.subject)}</title>"
        f'<link href="{escape(absolute(issue.public_path))}"/>'
        f"<published>{at}</published><updated>{at}</updated>"
        f'<content type="html" xml:lang="{seen.language}">{escape(str(markdown.render(body)))}'
        "</content></entry>\n"
    )


def _of_nobody(issue: Issue, said: str) -> str:
    """Its text without a name; a picture is a link, as it is in the mail."""
    body = issue.words[said].body.replace(NAME, language.text(said, "issues.reader"))
    return PICTURE.sub("[", body)


async def _open(request: AnyRequest, slug: str) -> MailingList:
    """The list, for whoever may be on it or sees the newsletters. Raises NotFound, SignInNeeded."""
    one, actor = await lists.get_list(slug), actor_of(request)
    if one.audience == Audience.public or actor.sees(Area.newsletters) or one.admits(actor):
        return one
    require_signed_in(request)
    raise NotFound
