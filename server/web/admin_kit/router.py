"""Piccolo Admin, built from desks: nothing is listed that has no desk, nobody signs in here.

Three names in `piccolo_admin.endpoints` are replaced while the application is built, and put back:
the endpoints of a table, their wrapping in FastAPI (whose own checks answer in English), the
session back end, and the CSRF layer (the front door checks where a request comes from, and this
layer would run every request in another task, outside the transaction).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from piccolo.table import Table
from piccolo_admin import endpoints
from piccolo_admin.translations.models import (
    Translation,
    TranslationListItem,
    TranslationListResponse,
)
from piccolo_admin.version import __VERSION__
from piccolo_api.crud.endpoints import OrderBy
from starlette.authentication import AuthCredentials, AuthenticationError, SimpleUser
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp

from server import language
from server.actors import Actor
from server.web.admin_kit import interface, names
from server.web.admin_kit.crud import DeskCRUD, actor_of, said_to
from server.web.admin_kit.desk import GROUPS, Desk


class Insider:
    """Trusts the actor that the front door found; the mount let only the board in."""

    def __init__(self, **_given: Any) -> None: ...

    async def authenticate(self, connection: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
        """The actor as Starlette knows people."""
        actor = connection.scope["state"].get("actor")
        if not isinstance(actor, Actor) or not actor.is_board:
            raise AuthenticationError
        return AuthCredentials(["authenticated"]), SimpleUser(actor.name)


class DeskAdmin(endpoints.AdminRouter):
    """The admin in words: what its menu, its titles and its translations say."""

    desks: Mapping[str, Desk]
    links: Mapping[str, str]

    def get_meta(self, request: Request) -> endpoints.MetaResponseModel:  # type: ignore[override]
        """The name of the admin."""
        return endpoints.MetaResponseModel(
            piccolo_admin_version=__VERSION__,
            site_name=language.text(said_to(request), "admin.site_name"),
        )

    def get_user(self, request: Request) -> endpoints.UserResponseModel:
        """Who is signed in."""
        actor = actor_of(request)
        return endpoints.UserResponseModel(username=actor.name, user_id=str(actor.person_id))

    def get_sidebar_links(self, request: Request) -> dict[str, str]:  # type: ignore[override]
        """From the admin to the pages of the board and the site."""
        said = said_to(request)
        return {language.text(said, key): path for key, path in self.links.items()}

    def get_table_list(self, request: Request) -> list[str]:  # type: ignore[override]
        """Every table, by the name that is its address."""
        return [names.address(said_to(request), name) for name in self.desks]

    def get_table_list_grouped(  # type: ignore[override]
        self, request: Request
    ) -> endpoints.GroupedTableNamesResponseModel:
        """The menu, in the order in which the desks were given."""
        said = said_to(request)
        grouped = {
            names.group(said, group): [
                names.address(said, desk.name)
                for desk in self.desks.values()
                if desk.group == group
            ]
            for group in GROUPS
        }
        return endpoints.GroupedTableNamesResponseModel(
            grouped={group: tables for group, tables in grouped.items() if tables}
        )

    def get_translation_list(  # type: ignore[override]
        self, request: Request
    ) -> TranslationListResponse:
        """Only the reader's own language: it is chosen on the site."""
        said = said_to(request)
        item = TranslationListItem(language_code=said, language_name=interface.NAMES[said])
        return TranslationListResponse(translations=[item], default_language_code=said)

    def get_translation(self, language_code: str = "nl") -> Translation:
        """The words of the interface."""
        said = language_code if language_code in language.LANGUAGES else "nl"
        return interface.translation(said)


def build(desks: Sequence[Desk], links: Mapping[str, str]) -> DeskAdmin:
    """The admin of these desks. `links`: message key → path, shown in the menu."""
    by_name = {desk.name: desk for desk in desks}
    with _replaced(by_name):
        admin = DeskAdmin(*(_config(desk) for desk in desks), production=True, site_name="admin")
    admin.desks, admin.links = by_name, links
    return admin


def _config(desk: Desk) -> endpoints.TableConfig:
    return endpoints.TableConfig(
        desk.table,
        visible_columns=[desk.column(name) for name in desk.list_columns],
        link_column=desk.column(desk.link_column),
        order_by=[
            OrderBy(desk.column(name.removeprefix("-")), ascending=not name.startswith("-"))
            for name in desk.order
        ],
    )


@contextmanager
def _replaced(desks: Mapping[str, Desk]) -> Iterator[None]:
    own = {
        "PiccoloCRUD": partial(_crud, desks),
        "FastAPIWrapper": _mounted,
        "SessionsAuthBackend": Insider,
        "CSRFMiddleware": _pass_through,
    }
    stock = {name: getattr(endpoints, name) for name in own}
    vars(endpoints).update(own)
    try:
        yield
    finally:
        vars(endpoints).update(stock)


def _crud(desks: Mapping[str, Desk], table: type[Table], **given: Any) -> DeskCRUD:
    return DeskCRUD(desks[table._meta.tablename], desks, table=table, **given)


def _mounted(*, root_url: str, fastapi_app: Any, piccolo_crud: DeskCRUD, **_given: Any) -> None:
    """Under its own name and under its address in every language."""
    name = piccolo_crud.desk.name
    addresses = [names.address(said, name) for said in language.LANGUAGES]
    for address in dict.fromkeys([name, *addresses]):
        fastapi_app.mount(f"/tables/{address}", piccolo_crud)


def _pass_through(app: ASGIApp, **_given: Any) -> ASGIApp:
    return app
