"""Answer with a page, or send the reader on. Templates know the reader and their language."""

from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from litestar import Response
from litestar.enums import MediaType
from litestar.response import Redirect

from server import clock, language
from server.web import assets, cookies, links, markdown
from server.web.visitor import LANGUAGE_COOKIE, Connection, actor_of, language_of

NOTICE_COOKIE = "notice"
YEAR_SECONDS = 365 * 24 * 3600
NOTICE_SECONDS = 60
READERS_FILTERS = (
    "day",
    "long_day",
    "weekday",
    "day_number",
    "month",
    "clock_time",
    "moment",
    "money",
    "duration",
    "file_size",
)


@cache
def environment() -> Environment:
    """The templates of the product."""
    env = Environment(
        loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.globals |= {"t": _text, "static": assets.address, "absolute": links.absolute}
    env.globals |= {"span": _span, "hours": _hours}
    env.filters |= {name: _in_readers_language(name) for name in READERS_FILTERS}
    env.filters["markdown"] = markdown.render
    return env


@pass_context
def _text(context: Context, key: str, count: int | None = None, **values: object) -> str:
    return language.text(context["lang"], key, count=count, **values)


@pass_context
def _span(context: Context, starts: Any, ends: Any) -> str:
    return language.span(starts, ends, context["lang"])


@pass_context
def _hours(context: Context, starts: Any, ends: Any) -> str:
    return language.hours(starts, ends, context["lang"])


def _in_readers_language(name: str) -> Any:
    function = getattr(language, name)

    @pass_context
    def translate(context: Context, value: Any) -> str:
        return str(function(value, context["lang"]))

    return translate


def render(connection: Connection, template: str, **context: object) -> str:
    """A template filled for this reader."""
    return (
        environment()
        .get_template(template)
        .render(
            lang=language_of(connection),
            path=connection.url.path,
            in_language=partial(_in_language, connection),
            actor=actor_of(connection),
            notice=_notice(connection),
            now=clock.now(),
            **context,
        )
    )


def page(
    connection: Connection, template: str, *, status: int = 200, **context: object
) -> Response[str]:
    """A page for this reader; what is personal or just said is kept by nobody."""
    response = Response(
        render(connection, template, **context), status_code=status, media_type=MediaType.HTML
    )
    if actor_of(connection).is_signed_in:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers["Cache-Control"] = "private, no-cache"
    if cookies.read(connection, NOTICE_COOKIE):
        response.set_cookie(cookies.make(NOTICE_COOKIE, "", 0))
    if connection.query_params.get("lang") in language.LANGUAGES:
        chosen = cookies.make(LANGUAGE_COOKIE, language_of(connection), YEAR_SECONDS)
        response.set_cookie(chosen)
    return response


def secret(response: Response[Any]) -> Response[Any]:
    """A page whose address is a secret: no referrer, kept by nobody, in no search engine."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def see_other(path: str, *, notice: str = "") -> Redirect:
    """303 to a page of ours, which then shows `notice`, a message key."""
    response = Redirect(path, status_code=303)
    if notice:
        response.set_cookie(cookies.make(NOTICE_COOKIE, notice, NOTICE_SECONDS))
    return response


def _in_language(connection: Connection, language: str) -> str:
    """This very address, filters and all, in another language."""
    asked = [pair for pair in connection.query_params.multi_items() if pair[0] != "lang"]
    return f"{connection.url.path}?{urlencode([*asked, ('lang', language)])}"


def _notice(connection: Connection) -> str | None:
    """Only sentences of our own, and only those written as a notice, are ever shown."""
    key = cookies.read(connection, NOTICE_COOKIE)
    if ".notice." in key and language.knows(key):
        return language.text(language_of(connection), key)
    return None
