"""The endpoints of one table: Piccolo's reading, our writing.

A write happens in one transaction, which is over before the answer is given; what says no anywhere
inside undoes all of it and is answered in words. Seams used, of piccolo_api 1.11: the routes made
in `__init__`, `root`, `detail`, `get_schema`, `get_ids`, `get_count`, `get_references`, `get_new`,
`get_all`, `get_single` and `_clean_data`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from piccolo.columns import Column, ForeignKey, Text, Varchar
from piccolo_api.crud.endpoints import PiccoloCRUD
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server import clock, language
from server.actors import Actor
from server.database import transaction
from server.errors import NotFound
from server.web.admin_kit import download, names, reading, refusals, saving, schema
from server.web.admin_kit.desk import Desk, Values
from server.web.admin_kit.models import Model, Models

HIGHEST_ID = 2**63 - 1
Handler = Callable[[Request], Awaitable[Response]]


def said_to(request: Request) -> str:
    """The reader's language, put in the scope by the mount."""
    return str(request.scope["state"]["admin_language"])


def actor_of(request: Request) -> Actor:
    """The signed-in person, put in the scope by the front door."""
    actor = request.scope["state"]["actor"]
    if not isinstance(actor, Actor):
        raise TypeError("the scope holds no Actor")
    return actor


class DeskCRUD(PiccoloCRUD):
    """The endpoints of one desk."""

    def __init__(self, desk: Desk, desks: Mapping[str, Desk], **given: Any) -> None:
        self._models = Models()
        super().__init__(**{**given, "hooks": None, "allow_bulk_delete": False})
        self.desk, self.desks = desk, desks
        self.routes.insert(0, Route("/csv/", self._guarded(self.get_csv), methods=["GET"]))

    @property
    def pydantic_model(self) -> Model:
        """For the schema."""
        return self._models.get("in", lambda: super(DeskCRUD, self).pydantic_model)

    @property
    def pydantic_model_optional(self) -> Model:
        """For a new row's defaults."""
        return self._models.get("optional", lambda: super(DeskCRUD, self).pydantic_model_optional)

    @property
    def pydantic_model_filters(self) -> Model:
        """For filters."""
        return self._models.get("filters", lambda: super(DeskCRUD, self).pydantic_model_filters)

    def pydantic_model_plural(
        self,
        include_readable: bool = False,
        include_columns: tuple[Column, ...] = (),
        nested: bool | tuple[ForeignKey[Any], ...] = False,
    ) -> Model:
        """For lists, which always hold every column that is shown."""
        return self._models.get(
            ("plural", include_readable),
            lambda: super(DeskCRUD, self).pydantic_model_plural(
                include_readable, include_columns, nested
            ),
        )

    def _guarded(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            try:
                reading.check(self.desk, request.query_params)
                return await handler(request)
            except refusals.ALL_NOS as no:
                return refusals.answer(said_to(request), self.desk, no)

        return answer

    def _clean_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """A filter for the text "null" looks for that text."""
        cleaned: dict[str, Any] = super()._clean_data(data)
        texts = {c._meta.name for c in self.desk.columns if isinstance(c, Varchar | Text)}
        return {name: data[name] if name in texts else value for name, value in cleaned.items()}

    def _apply_filters(self, query: Any, params: Any) -> Any:
        """Some columns are found by another one: a name as people type it, by its search key.

        Rows that are kept from the reader are never found.
        """
        for name, (column, patterns) in self.desk.found_by.items():
            for pattern in patterns(str(params.fields.pop(name, None) or "")):
                query = query.where(getattr(self.table, column).like(pattern))
        for name, values in self.desk.rows_for.items():
            query = query.where(self.desk.column(name).not_in([*values]))
        return super()._apply_filters(query, params)

    async def root(self, request: Request) -> Response:
        """The list, or a new row."""
        return await self._guarded(self._post if request.method == "POST" else self._list)(request)

    async def detail(self, request: Request) -> Response:
        """One row: read, saved or removed."""
        handlers: dict[str, Handler] = {
            "GET": self._get,
            "HEAD": self._get,
            "PATCH": self._patch,
            "DELETE": self._delete,
        }
        handler = handlers.get(request.method)
        if handler is None:
            detail = language.text(said_to(request), "admin.method")
            return JSONResponse({"detail": detail}, status_code=405)
        return await self._guarded(handler)(request)

    async def _list(self, request: Request) -> Response:
        params = self._parse_params(request.query_params)
        params["__visible_fields"] = ",".join(self.desk.shown)
        response: Response = await self.get_all(request, params=params)
        if response.status_code != 200:
            return response
        rows = reading.parsed(bytes(response.body))["rows"]
        said = said_to(request)
        words = [reading.in_words(said, self.desk, row) for row in rows]
        return JSONResponse({"rows": words})

    async def _get(self, request: Request) -> Response:
        row_id = self._row_id(request)
        query = self.table.select(
            *(self.desk.column(name) for name in self.desk.shown),
            *(self.table._get_related_readable(key) for key in self._shown_keys()),
        )
        row = await query.where(self.desk.column("id") == row_id).first()
        if not row or not self.desk.has(row):
            raise NotFound
        model = self._models.get("out", self._output)
        plain = reading.parsed(model(**row).model_dump_json().encode())
        said = said_to(request)
        form = reading.for_form(said, self.desk, plain, self._states(said))
        return JSONResponse({k: v for k, v in form.items() if k not in self.desk.withheld})

    def _output(self) -> Model:
        shown = tuple(self.desk.column(name) for name in self.desk.shown)
        made: Model = self._pydantic_model_output(include_readable=True, include_columns=shown)
        return made

    def _shown_keys(self) -> list[Any]:
        keys = self.table._meta.foreign_key_columns
        return [key for key in keys if key._meta.name in self.desk.shown]

    def _states(self, said: str) -> Mapping[str, str]:
        column = self.desk.state_column
        return names.choices(said, self.desk.column(column)) or {} if column else {}

    async def _post(self, request: Request) -> Response:
        sent = await _sent(request)
        async with transaction():
            row_id = await saving.create(self.desk, actor_of(request), sent, now=clock.now())
        return JSONResponse([{"id": row_id}], status_code=201)

    async def _patch(self, request: Request) -> Response:
        row_id, sent = self._row_id(request), await _sent(request)
        async with transaction():
            await saving.save(self.desk, actor_of(request), row_id, sent, now=clock.now())
        return await self._get(request)

    async def _delete(self, request: Request) -> Response:
        row_id = self._row_id(request)
        async with transaction():
            await saving.remove(self.desk, actor_of(request), row_id, now=clock.now())
        return Response(status_code=204)

    def _row_id(self, request: Request) -> int:
        given = str(request.path_params["row_id"])
        is_number = given.isascii() and given.isdecimal() and len(given) <= len(str(HIGHEST_ID))
        if not is_number or not 0 < int(given) <= HIGHEST_ID:
            raise NotFound
        return int(given)

    async def get_schema(self, request: Request) -> JSONResponse:
        """The table in words."""
        plain = self.pydantic_model.model_json_schema()
        return JSONResponse(schema.described(said_to(request), self.desk, plain, self.desks))

    async def get_ids(self, request: Request) -> Response:
        """Rows to choose from, for foreign keys; never without a limit."""
        return await self._guarded(self._ids)(request)

    async def _ids(self, request: Request) -> Response:
        if "limit" not in request.query_params:
            raise refusals.Unreadable
        if self.desk.rows_for:  # no key of another table leads to these rows
            return JSONResponse({})
        found: Response = await super().get_ids(request)
        return found

    async def get_count(self, request: Request) -> Response:
        """How many rows a filter finds."""
        return await self._guarded(super().get_count)(request)

    async def get_csv(self, request: Request) -> Response:
        """The list as a file, safe for spreadsheets and written in the audit trail."""
        return await download.csv(self, request, said_to(request), actor_of(request))

    async def get_references(self, request: Request) -> JSONResponse:
        """Tables whose rows point here, if they have a desk and show that column."""
        said = said_to(request)
        found = [
            {
                "tableName": names.address(said, other.name),
                "columnName": key._meta.name,
                "tableTitle": names.tables(said, other.name),
                "columnTitle": names.column(said, other, key._meta.name),
            }
            for key in self.table._meta.foreign_key_references
            if (other := self.desks.get(str(key._meta.table._meta.tablename)))
            and key._meta.name in other.shown
        ]
        return JSONResponse({"references": found})

    async def get_new(self, request: Request) -> Response:
        """The defaults of a new row, only of columns that may be given; no moment is "now"."""
        response = await super().get_new(request)
        defaults = reading.parsed(bytes(response.body))
        given = self.desk.creatable_columns - self.desk.moments_to_give
        return JSONResponse({name: defaults[name] for name in defaults if name in given})


async def _sent(request: Request) -> Values:
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise refusals.Unreadable
    try:
        sent = await request.json()
    except (ValueError, RecursionError):
        raise refusals.Unreadable from None
    if not isinstance(sent, dict):
        raise refusals.Unreadable
    return sent
