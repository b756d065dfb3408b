"""The addresses that calendar programs fetch. No cookie, no login, no redirect, no negotiation."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from server import clock, settings
from server.calendars import feeds, keeping, news, programme, queries, rules, service
from server.calendars.counting import FETCHES
from server.calendars.feeds import COPIES, Feed
from server.calendars.queries import SecretAddress
from server.calendars.rules import TOKEN, Standing
from server.deadlines import Source
from server.errors import TooMany
from server.language import LANGUAGES
from server.web import rate_limit, tokens
from server.web.caching import METHODS, Answers, Reply, Stored, asked
from server.web.throttle import PerMinute

AnyRequest = Request[Any, Any, Any]
PER_ADDRESS = PerMinute(60)
PER_TOKEN = 30
MINUTE_SECONDS = 60
TEXT = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
SHARED = {
    "Content-Type": "text/calendar; charset=utf-8",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
OPEN = {
    "Cache-Control": "public, max-age=900",
    "Access-Control-Allow-Origin": "*",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
NEWS_TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
NEWS = frozenset(f"/calendars/public.{form}" for form in NEWS_TYPES)
SECRET = {
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


async def public(request: AnyRequest) -> ASGIApp:
    """`/calendars/public.ics`: everything that everybody may know of."""

    async def find(language: str) -> Feed:
        return feeds.public(language)

    return await _open(request, "agenda.ics", find)


async def public_atom(request: AnyRequest) -> ASGIApp:
    """`/calendars/public.atom`: the same as news, for readers of Atom."""
    return await _news(request, "atom")


async def public_json(request: AnyRequest) -> ASGIApp:
    """`/calendars/public.json`: the same as news, for readers of JSON Feed."""
    return await _news(request, "json")


async def _news(request: AnyRequest, form: str) -> ASGIApp:
    async def find(language: str) -> Feed:
        return news.feed(form, language)

    return await _open(request, f"agenda.{form}", find, content_type=NEWS_TYPES[form])


async def group(request: AnyRequest, file: FromPath[str]) -> ASGIApp:
    """`/calendars/groups/{slug}.ics`: the public events of one group."""
    slug, dot, _ = file.rpartition(".ics")
    if not dot:
        return _wrong_address(request)

    async def find(language: str) -> Feed | None:
        found = await queries.find_group(slug)
        return feeds.group(found, language) if found else None

    return await _open(request, f"{slug}.ics", find)


async def event(request: AnyRequest, slug: FromPath[str]) -> ASGIApp:
    """`/events/{slug}/event.ics`: one event that everybody may know of."""

    async def find(language: str) -> Feed | None:
        event_id = await queries.find_event(slug)
        return feeds.event(event_id, slug, language) if event_id else None

    return await _open(request, f"{slug}.ics", find)


async def event_programme(request: AnyRequest, slug: FromPath[str]) -> ASGIApp:
    """`/calendars/events/{slug}/programme.ics`: the parts of one event."""

    async def find(language: str) -> Feed | None:
        found = await programme.find(slug)
        return programme.feed(found, language) if found else None

    return await _open(request, f"{slug}-programme.ics", find)


async def deadlines(request: AnyRequest) -> ASGIApp:
    """`/calendars/deadlines.ics`: until when one can propose and register."""

    async def find(language: str) -> Feed:
        return feeds.deadlines(_sources(request), language)

    return await _open(request, "deadlines.ics", find)


async def personal(request: AnyRequest, file: FromPath[str]) -> ASGIApp:
    """`/calendars/personal/{token}.ics`: one person's own calendar, by a secret address.

    Unknown, malformed, foreign and long ended addresses are answered alike. One that ended is
    compared by ETag only: several changes in one second had dated what it gave out before ahead.
    """
    if (wait := PER_ADDRESS.wait(_peer(request.scope))) > 0:
        return _too_many(wait)
    now = clock.now()
    token, dot, _ = file.lstrip("/").rpartition(".ics")
    known = dot and TOKEN.fullmatch(token) and await queries.find_address(tokens.hash_of(token))
    if not known or rules.standing(known.revoked_at, now) is Standing.gone:
        return _wrong_address(request)
    request.scope["state"]["feed_token"] = known.id  # what the log keeps instead of the path
    try:
        await rate_limit.allow(f"feed:{known.id}", PER_TOKEN, MINUTE_SECONDS, now)
    except TooMany as refusal:
        return _too_many(int(str(refusal.values["seconds"])))
    stored = await _personal(request, known, now)
    wanted = asked(request.scope["headers"])
    if known.revoked_at is not None:
        wanted = replace(wanted, if_modified_since=None)
    answers = Answers(stored, _headers(SECRET, "agenda.ics"))
    return answers.to(request.method, wanted)


def fast_lane(inside: ASGIApp) -> ASGIApp:
    """Stand before the whole application and give out the copies that this process holds.

    What it does not know goes on to the handlers above, so both answer with the same bytes.
    """

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not _is_feed(scope["path"]):
            return await inside(scope, receive, send)
        method = str(scope.get("method"))
        if method not in METHODS:
            return await _reply(405, {**TEXT, "Allow": "GET, HEAD"}, b"")(scope, receive, send)
        answers = COPIES.fresh((scope["path"], scope["query_string"]))
        if answers is None:
            return await inside(scope, receive, send)
        if (wait := PER_ADDRESS.wait(_peer(scope))) > 0:
            return await _too_many(wait)(scope, receive, send)
        FETCHES.open(answers.name, scope)
        await answers.to(method, asked(scope["headers"]))(scope, receive, send)

    return enter


async def _open(
    request: AnyRequest,
    name: str,
    find: Callable[[str], Awaitable[Feed | None]],
    *,
    content_type: str = SHARED["Content-Type"],
) -> ASGIApp:
    """An open feed, from this process's copy or looked at anew."""
    if (wait := PER_ADDRESS.wait(_peer(request.scope))) > 0:
        return _too_many(wait)
    language = _language(request)
    now = clock.now()

    async def make() -> Answers | None:
        feed = await find(language)
        headers = _headers(OPEN | {"Content-Type": content_type}, name)
        return Answers(await feed.stored(now), headers, feed.key) if feed else None

    query = f"lang={language}".encode() if "lang" in request.query_params else b""
    answers = await COPIES.get((request.scope["path"], query), make)
    if answers is None:
        return _wrong_address(request)
    FETCHES.open(answers.name, request.scope)
    return answers.to(request.method, asked(request.scope["headers"]))


def _is_feed(path: str) -> bool:
    return path.endswith(".ics") or path in NEWS


def _sources(request: AnyRequest) -> Sequence[Source]:
    """The domains that have deadlines, as the assembly listed them."""
    listed: Sequence[Source] = request.app.state.deadlines
    return listed


def _language(request: AnyRequest) -> str:
    """By the address alone: a feed has the same bytes for everybody."""
    wanted = request.query_params.get("lang", "")
    return wanted if wanted in LANGUAGES else "nl"


def _headers(kind: dict[str, str], name: str) -> dict[str, str]:
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", name)
    disposition = {"Content-Disposition": f'inline; filename="{plain}"'}
    return SHARED | kind | disposition | (HSTS if settings.current().is_secure else {})


async def _personal(request: AnyRequest, known: SecretAddress, now: datetime) -> Stored:
    """What a known address gives out at this moment, dated after all it gave out before."""
    language = _language(request)
    if known.revoked_at is not None:
        ended = rules.dated_after(known.revoked_at.replace(microsecond=0), known.dated_at)
        return service.answer(feeds.revoked(language), ended, ended)
    feed = feeds.personal(known.person_id, language, _sources(request), known.scopes)
    found = await feed.stored(now)
    if request.method == "GET":
        await _note(known, request, found, now)
    return replace(found, last_modified=rules.dated_after(found.last_modified, known.dated_at))


async def _note(known: SecretAddress, request: AnyRequest, given: Stored, now: datetime) -> None:
    """Once a day, and when the bytes are others: what this program has been given by now."""
    today, client = clock.day_of(now), rules.client_family(request.headers.get("user-agent", ""))
    if known.fetched_on != today or known.served_etag != given.etag:
        await keeping.note_served(known.id, today, client, given.etag, now=now)
    FETCHES.personal(client, now, is_first=known.fetched_on != today)


def _wrong_address(request: AnyRequest) -> Reply:
    return _reply(404, TEXT, b"" if request.method == "HEAD" else b"Not found.\n")


def _too_many(wait: int) -> Reply:
    return _reply(429, {**TEXT, "Retry-After": str(wait)}, b"Too many requests.\n")


def _reply(status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return Reply(status, [*raw, (b"content-length", str(len(body)).encode())], body)


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"
