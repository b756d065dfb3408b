"""The only assembly: settings in, application out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.routes import BaseRoute

from server import database, language
from server import settings as settings_module
from server.accounts.cookies import SESSION
from server.accreditation import deadlines as accreditation
from server.admission import deadlines as admission
from server.calendars import counting, feeds
from server.calendars.addresses import fast_lane
from server.events import deadlines as events
from server.events import news as event_news
from server.front_door import front_door
from server.groups import news as group_news
from server.knowledge import news as library_news
from server.readers import READERS
from server.routes import ROUTES
from server.settings import Settings
from server.talks import deadlines as talks
from server.talks import news as call_news
from server.web import cookies, pages, scopes
from server.web.refusals import HANDLERS

BODY_BYTES = 10 * 1024 * 1024
DEADLINES = (talks.SOURCE, events.SOURCE, admission.SOURCE, accreditation.SOURCE)
NEWS = (event_news.SOURCE, call_news.SOURCE, group_news.SOURCE, library_news.SOURCE)


class Unserved(Router):
    """Takes no route: the framework's pages of the API ask other hosts; ours is at /api."""

    def register(self, value: object) -> list[BaseRoute]:
        """Nothing is added."""
        return []


def create_app(settings: Settings) -> Litestar:
    """The application for these settings. The engine must have been pointed at a database."""
    settings_module.use(settings)
    for said in language.LANGUAGES:
        language.catalogue(said)
    pages.environment()
    app = Litestar(
        route_handlers=ROUTES,
        exception_handlers=HANDLERS,
        lifespan=[_pool, feeds.listening, counting.writing],
        state=State({"deadlines": DEADLINES, "readers": READERS, "news": NEWS}),
        openapi_config=OpenAPIConfig(
            title="Netwerk",
            version="1",
            openapi_router=Unserved("/schema", route_handlers=[]),
            use_handler_docstrings=True,
            components=Components(security_schemes=_ways_in()),
        ),
        request_max_body_size=BODY_BYTES,
        logging_config=None,
        pdb_on_exception=False,
    )
    app.asgi_handler = fast_lane(front_door(app.asgi_handler, settings))
    return app


def _ways_in() -> dict[str, SecurityScheme | Reference]:
    """How programs and people get in, for the OpenAPI document."""
    words = "\n".join(f"- `{one}`: {language.text('en', one.key)}" for one in scopes.Scope)
    return {
        scopes.TOKEN: SecurityScheme(
            type="http", scheme="bearer", description=f"An API token with these scopes:\n{words}"
        ),
        scopes.SESSION: SecurityScheme(
            type="apiKey",
            security_scheme_in="cookie",
            name=cookies.name_of(SESSION),
            description="The session of somebody who is signed in.",
        ),
    }


@asynccontextmanager
async def _pool(_app: Litestar) -> AsyncIterator[None]:
    opened_here = database.ENGINE.pool is None
    await database.open_pool()
    try:
        yield
    finally:
        if opened_here:
            await database.close_pool()
