"""The only assembly: settings in, application out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar
from litestar.config.allowed_hosts import AllowedHostsConfig
from litestar.openapi import OpenAPIConfig

from server import database, language
from server import settings as settings_module
from server.front_door import front_door
from server.routes import ROUTES
from server.settings import Settings
from server.web import pages
from server.web.refusals import HANDLERS

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
BODY_BYTES = 10 * 1024 * 1024


def create_app(settings: Settings) -> Litestar:
    """The application for these settings. The engine must have been pointed at a database."""
    settings_module.use(settings)
    for said in language.LANGUAGES:
        language.catalogue(said)
    pages.environment()
    app = Litestar(
        route_handlers=ROUTES,
        exception_handlers=HANDLERS,
        lifespan=[_pool],
        allowed_hosts=AllowedHostsConfig(allowed_hosts=_hosts(settings)),
        openapi_config=OpenAPIConfig(title="Netwerk", version="1", path=None, render_plugins=[]),
        request_max_body_size=BODY_BYTES,
        logging_config=None,
        pdb_on_exception=False,
    )
    app.asgi_handler = front_door(app.asgi_handler, settings)
    return app


@asynccontextmanager
async def _pool(_app: Litestar) -> AsyncIterator[None]:
    opened_here = database.ENGINE.pool is None
    await database.open_pool()
    try:
        yield
    finally:
        if opened_here:
            await database.close_pool()


def _hosts(settings: Settings) -> list[str]:
    """The host of our address; on a private installation every name of this machine."""
    host: Any = urlsplit(settings.base_url).hostname
    return [str(host)] if settings.is_secure else [str(host), *LOOPBACK]
