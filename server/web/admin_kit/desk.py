"""A Desk: one table as the board sees it in the admin.

Each domain folder writes `<domain>/admin.py` with `DESKS: list[Desk]`. A desk says what may be
done; the doing is the domain's own services. Whatever a desk does not name is done generically:
named columns only, `revision` + 1, `changed_at`, an audit line with before and after.

    DESKS = [
        Desk(
            Event,
            group="events",
            area=Area.events,
            machine=EVENT,
            moves={"publish": publish, "cancel": cancel},
            create=create,
            fixed=("slug", "cancel_reason"),
            listed=("title", "starts_at", "state"),
            order=("-starts_at",),
            page="/events/{slug}",
        ),
    ]

Every call below happens inside one transaction of the admin, together with the audit line and the
letters; services open their own as a savepoint. Whatever they refuse (Refusal, Invalid, NotFound)
is shown to the board in words and nothing at all is kept.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from piccolo.columns import Column, ForeignKey, Timestamptz
from piccolo.table import Table

from server.actors import Actor
from server.rights import Area, may_change, may_see
from server.workflow import Machine

Values = dict[str, object]
Move = Callable[[Actor, int, str, datetime], Awaitable[object]]
Create = Callable[[Actor, Values, datetime], Awaitable[int]]
Change = Callable[[Actor, int, Values, datetime], Awaitable[object]]
Remove = Callable[[Actor, int, datetime], Awaitable[object]]
Lock = Callable[[int], Awaitable[object]]
Word = Callable[[str, Mapping[str, object]], str]
Patterns = Callable[[str], list[str]]
Page = str | Callable[[Mapping[str, object]], str | None]

GROUPS = ("events", "talks", "people", "newsletters", "knowledge", "machinery")
NOBODYS = frozenset(
    {"id", "created_at", "changed_at", "revision", "lock_seq", "sequence", "uid"}
    | {"code", "sort_key", "search_key", "email_key", "token_hash", "idempotency_key"}
)


def _without(closed: set[str], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in closed)


@dataclass(frozen=True)
class Desk:
    """One table in the admin. Columns are given by name; an unknown name fails at import.

    table      the Piccolo table.
    group      its menu group, one of GROUPS; the order in which desks are listed is kept.
    area       the part of the register it belongs to: who may not see the area has no such desk,
               who may not change it looks only.
    machine    the Machine of its state column. Choosing another state in the form *performs* the
               action that leads there; without one, there is a sentence with what is allowed.
    moves      action → `async (actor, row_id, reason, now)`: the domain's service. An action of
               the machine without a move here cannot be done in the admin (and is not offered).
               With other edits in the same save: first those, then the move; all or nothing.
               `reason` is what the board wrote under "Reden" in the form, or "".
    create     `async (actor, values, now) -> id`. Values hold only what the form may give, with
               the table's defaults filled in. None: a generic INSERT.
    change     `async (actor, row_id, values, now)`. Values hold *only the columns that changed*,
               never the state. None: a generic UPDATE. A service that writes must raise
               `revision` and audit by itself.
    remove     `async (actor, row_id, now)`. None, the default: rows of this table stay.
    first_lock `async (row_id)`: what the domain locks before this row (its event, for instance),
               so that the admin and the domain never wait for one another.
    creatable  False: new rows come from elsewhere.
    read_only  True: look, do not touch (append-only tables).
    fixed      columns shown but not changed by hand, beside NOBODYS, which are fixed everywhere.
               May be given when a row is made only if they are also in `given_once`.
    given_once columns that are chosen when a row is made and never change after (slug, event …).
    required   columns that may not stay empty.
    hidden     columns that are neither shown, nor filtered, nor sent; secret columns always are.
    listed     columns of the list, in this order; empty: all that are not hidden.
    filters    columns of the filter panel; empty: those of the list.
    found_by   column of the filter panel → (column, function): what is typed there is looked for in
               that other column, by all LIKE patterns that the function makes of it.
    order      columns to sort by; "-starts_at" is newest first.
    link       the column of the list that opens the row; empty: the first one that can be.
    words      column → function (language, row) that says its value in words, in lists and
               in the forms of read-only tables.
    only_for   column → area, for columns that only some of those who see the table may see, or
               change. For the others there is no such column.
    rows_for   column → value → area: rows with such a value exist only for those who see the area.
    page       where the row stands on the site: "/events/{slug}", filled with the row's columns,
               or a function of the row that may answer None.
    """

    table: type[Table]
    group: str
    area: Area
    machine: Machine | None = None
    moves: Mapping[str, Move] = field(default_factory=dict)
    create: Create | None = None
    change: Change | None = None
    remove: Remove | None = None
    first_lock: Lock | None = None
    creatable: bool = True
    read_only: bool = False
    fixed: tuple[str, ...] = ()
    given_once: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    found_by: Mapping[str, tuple[str, Patterns]] = field(default_factory=dict)
    order: tuple[str, ...] = ("-id",)
    link: str = ""
    words: Mapping[str, Word] = field(default_factory=dict)
    only_for: Mapping[str, Area] = field(default_factory=dict)
    rows_for: Mapping[str, Mapping[str, Area]] = field(default_factory=dict)
    page: Page | None = None

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"{self.name}: no menu group {self.group!r}")
        known = {column._meta.name for column in self.columns}
        for name in (*self._named, *(order.lstrip("-") for order in self.order)):
            if name not in known:
                raise ValueError(f"{self.name}: no column {name!r}")
        for action in self.moves:
            if self.machine is None or action not in self.machine.moves:
                raise ValueError(f"{self.name}: the machine has no action {action!r}")

    @property
    def _named(self) -> tuple[str, ...]:
        link = (self.link,) if self.link else ()
        chosen = (*self.only_for, *self.fixed, *self.given_once, *self.required, *self.hidden)
        return (*chosen, *self.listed, *self.filters, *link)

    def of(self, roles: frozenset[str]) -> "Desk | None":
        """This desk as somebody with these roles has it; None: they have none."""
        if not may_see(roles, self.area):
            return None
        closed = {name for name, area in self.only_for.items() if not may_see(roles, area)}
        fixed = {name for name, area in self.only_for.items() if not may_change(roles, area)}
        desk = self if may_change(roles, self.area) else self._but_for(set(self.only_for) - fixed)
        return replace(
            desk,
            only_for={},
            rows_for={
                column: closed_to
                for column, areas in self.rows_for.items()
                if (closed_to := {v: area for v, area in areas.items() if not may_see(roles, area)})
            },
            hidden=(*self.hidden, *sorted(closed)),
            fixed=(*desk.fixed, *sorted(fixed)),
            given_once=_without(closed | fixed, self.given_once),
            required=_without(closed | fixed, self.required),
            listed=_without(closed, self.listed),
            filters=_without(closed, self.filters),
            order=_without(closed | {f"-{name}" for name in closed}, self.order) or ("-id",),
            link="" if self.link in closed else self.link,
            words={name: word for name, word in self.words.items() if name not in closed},
        )

    def _but_for(self, columns: set[str]) -> "Desk":
        """This desk to look at, and to change nothing but these columns."""
        if not columns:
            return replace(self, read_only=True)
        rest = (name for name in self.shown if name not in columns)
        return replace(self, fixed=tuple(rest), creatable=False, moves={}, create=None, remove=None)

    @property
    def name(self) -> str:
        """The table's name in the database and in the admin's addresses."""
        return str(self.table._meta.tablename)

    @property
    def columns(self) -> list[Column]:
        """Every column of the table."""
        return list(self.table._meta.columns)

    @property
    def state_column(self) -> str | None:
        """The column whose editing performs a transition."""
        return self.machine.column if self.machine else None

    @property
    def withheld(self) -> frozenset[str]:
        """Columns that never leave the server: hidden and secret ones."""
        secret = {column._meta.name for column in self.columns if column._meta.secret}
        return frozenset(secret | set(self.hidden))

    @property
    def shown(self) -> tuple[str, ...]:
        """Columns that the admin may see, in the table's order."""
        names = (column._meta.name for column in self.columns)
        return tuple(name for name in names if name not in self.withheld)

    @property
    def list_columns(self) -> tuple[str, ...]:
        """Columns of the list, in order."""
        return self.listed or tuple(name for name in self.shown if name not in NOBODYS)

    @property
    def link_column(self) -> str:
        """The column of the list that opens the row: foreign keys already lead elsewhere."""
        own = (name for name in self.list_columns if not isinstance(self.column(name), ForeignKey))
        return self.link or next(own)

    def has(self, row: Mapping[str, object]) -> bool:
        """Whether a row of the table is there for who has this desk."""
        return not any(row[column] in values for column, values in self.rows_for.items())

    def column(self, name: str) -> Column:
        """One column by name."""
        return self.table._meta.get_column_by_name(name)

    @property
    def has_revision(self) -> bool:
        """Whether the table counts its changes, so that a stale form can be refused."""
        return any(column._meta.name == "revision" for column in self.columns)

    @property
    def creatable_columns(self) -> frozenset[str]:
        """Columns that a new row may be given by hand."""
        closed = (NOBODYS | set(self.fixed)) - set(self.given_once)
        return frozenset(self.shown) - closed - {self.state_column}

    @property
    def moments_to_give(self) -> frozenset[str]:
        """Moments that somebody must choose: "now" is only Piccolo's idea of a default."""
        return frozenset(
            name
            for name in self.creatable_columns
            if isinstance(column := self.column(name), Timestamptz) and not column._meta.null
        )

    @property
    def changeable_columns(self) -> frozenset[str]:
        """Columns that a hand may change, the state column not counted."""
        if self.read_only:
            return frozenset()
        return self.creatable_columns - set(self.given_once)

    @property
    def is_creatable(self) -> bool:
        """Whether "new" is offered."""
        return self.creatable and not self.read_only
